"""The resolver against Knot (authoritative, signing) and Unbound (validating), as processes on loopback."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import pytest

from auditor.config import Config
from auditor.model.dns import Answer, Dnssec, DnsStatus, Question
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.target import Target
from auditor.net.dns_servers import Server
from auditor.net.resolver import Resolver
from auditor.policy.drive import drive
from auditor.policy.route import mail_route
from tests.real.dns_servers import Knot, free_server, knot, stub, unbound

pytestmark = [pytest.mark.real, pytest.mark.slow]

CONTRACT = Path(__file__).resolve().parents[1] / "net"
CASES = json.loads((CONTRACT / "contract.json").read_text(encoding="utf-8"))
UNDER_TEST = [case for case in CASES if case["question"][0].endswith(".test")]
"""Without the name for which Unbound would turn to the root servers of the Internet."""
BIG = "\n".join(f'big TXT "{number} {"x" * 100}"\nbig MX {number} mail-exchange-{number}' for number in range(40))
SOA = "@ 300 SOA ns root 1 3600 600 86400 60\n@ 300 NS ns\nns 300 A 127.0.0.1\n"
ZONES = {
    "good.test": (CONTRACT / "contract.zone").read_text(encoding="utf-8") + BIG + "\n",
    "broken.test": SOA + "@ 300 MX 10 mx\nmx 300 A 192.0.2.1\n",
    "plain.test": SOA + "@ 300 MX 10 mx\nmx 300 A 192.0.2.1\n",
}


@dataclass(frozen=True)
class World:
    """Knot, and two Unbounds that validate: one that tells why (RFC 8914), one that does not."""

    knot: Server
    telling: Server
    terse: Server


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("dns")
    with knot(folder, ZONES, signed={"good.test", "broken.test"}) as served:
        key = served.key_signing_key("good.test")
        keys = {"good.test": key, "broken.test": key}  # for broken.test, the wrong anchor
        with start_unbound(folder, served, keys, tell="yes") as telling, start_unbound(folder, served, keys) as terse:
            yield World(served.server, telling, terse)


@contextmanager
def start_unbound(folder: Path, served: Knot, keys: dict[str, str], *, tell: str = "no") -> Iterator[Server]:
    settings = [
        'module-config: "validator iterator"',
        f"ede: {tell}",
        'local-zone: "test." nodefault',
        'local-zone: "refused.test." refuse',
        *(f'trust-anchor: "{zone}. DNSKEY {key}"' for zone, key in keys.items()),
        *(stub(zone, served.server) for zone in (*ZONES, "lame.test")),
    ]
    with unbound(folder, free_server("127.0.0.12"), settings, ("plain.test", "SOA")) as server:
        yield server


def resolver_of(*servers: Server) -> Resolver:
    return Resolver(servers, timeout=5, tries=2, lookup_timeout=15, concurrency=10)


async def ask(server: Server, name: str, rdtype: str) -> Answer:
    return await resolver_of(server).ask(Question(name, rdtype))


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["question"]))
async def test_knot_keeps_the_contract(case: dict[str, Any], world: World) -> None:
    answer = await ask(world.knot, *case["question"])
    assert answer.status == case["status"]
    assert list(answer.records) == case.get("records", [])
    if answer.status.known:
        assert list(answer.aliases) == case.get("aliases", [])
        assert answer.ttl_seconds == (300 if answer.records else 60)
    assert case.get("error", "") in answer.error
    assert not answer.authenticated


@pytest.mark.parametrize("case", UNDER_TEST, ids=lambda case: " ".join(case["question"]))
async def test_unbound_keeps_the_contract_and_vouches_for_facts(case: dict[str, Any], world: World) -> None:
    answer = await ask(world.telling, *case["question"])
    assert answer.status == case["status"]
    assert list(answer.records) == case.get("records", [])
    if answer.status.known:
        assert list(answer.aliases) == case.get("aliases", [])
    assert answer.authenticated is answer.status.known


@pytest.mark.parametrize("server", ["knot", "telling"])
@pytest.mark.parametrize("rdtype", ["TXT", "MX"])
async def test_an_rrset_beyond_1232_octets_comes_over_tcp(server: str, rdtype: str, world: World) -> None:
    asked: Server = getattr(world, server)
    query = dns.message.make_query("big.good.test", rdtype, use_edns=0, payload=1232)
    assert dns.query.udp(query, asked.address, timeout=5, port=asked.port).flags & dns.flags.TC
    answer = await ask(asked, "big.good.test", rdtype)
    assert (answer.status, len(answer.records), answer.attempts) == (DnsStatus.ANSWERED, 40, 1)


@pytest.mark.parametrize("server", ["telling", "terse"])
@pytest.mark.parametrize("name", ["broken.test", "nowhere.broken.test"])
async def test_a_zone_that_does_not_validate_is_bogus(server: str, name: str, world: World) -> None:
    answer = await ask(getattr(world, server), name, "MX")
    assert (answer.status, answer.records, answer.authenticated) == (DnsStatus.BOGUS, (), False)
    assert ("EDE" if server == "telling" else "checking is disabled") in answer.error


@pytest.mark.parametrize("server", ["telling", "terse"])
async def test_a_zone_that_its_server_does_not_serve_is_servfail(server: str, world: World) -> None:
    answer = await ask(getattr(world, server), "lame.test", "MX")
    assert (answer.status, answer.attempts) == (DnsStatus.SERVFAIL, 2)


async def test_a_refusal_is_refused(world: World) -> None:
    assert (await ask(world.telling, "refused.test", "MX")).status is DnsStatus.REFUSED
    assert (await ask(world.knot, "unserved.test", "MX")).status is DnsStatus.REFUSED


async def test_a_resolver_that_refuses_is_passed_over(world: World) -> None:
    answer = await resolver_of(world.knot, world.telling).ask(Question("refused.test", "MX"))
    assert answer.status is DnsStatus.REFUSED
    answer = await resolver_of(free_server("127.0.0.13"), world.telling).ask(Question("good.test", "MX"))
    assert (answer.status, answer.attempts, answer.resolver) == (DnsStatus.ANSWERED, 2, str(world.telling))


@pytest.mark.parametrize(
    ("domain", "status", "dnssec"),
    [
        ("good.test", MxStatus.MX, Dnssec.SECURE),
        ("plain.test", MxStatus.MX, Dnssec.INSECURE),
        ("broken.test", MxStatus.BOGUS, Dnssec.BOGUS),
        ("null.good.test", MxStatus.NULL, Dnssec.SECURE),
        ("mx2.good.test", MxStatus.IMPLICIT, Dnssec.SECURE),
        ("text.good.test", MxStatus.NONE, Dnssec.SECURE),
        ("nowhere.good.test", MxStatus.NXDOMAIN, Dnssec.SECURE),
        ("lame.test", MxStatus.SERVFAIL, Dnssec.INDETERMINATE),
        ("refused.test", MxStatus.REFUSED, Dnssec.INDETERMINATE),
    ],
)
async def test_a_route_has_its_status_and_security(
    domain: str, status: MxStatus, dnssec: Dnssec, world: World, target_of: Callable[[str], Target]
) -> None:
    config = Config(resolver=(str(world.terse).replace("#", ":"),), allow_net=("192.0.2.0/24",))
    policy = replace(config.route_policy(), trust_ad=True)
    route = await drive(mail_route(target_of(domain), policy), Resolver.from_config(config).ask_all)
    assert (route.status, route.dnssec) == (status, dnssec)


async def test_the_exchanges_of_a_real_route(world: World, target_of: Callable[[str], Target]) -> None:
    config = Config(allow_net=("192.0.2.0/24",), trust_ad=True)
    route = await drive(mail_route(target_of("good.test"), config.route_policy()), resolver_of(world.telling).ask_all)
    assert [(e.preference, e.exchange, e.status, e.dnssec) for e in route.exchanges] == [
        (10, "mx1.good.test", ExchangeStatus.OK, Dnssec.SECURE),
        (20, "alias.good.test", ExchangeStatus.ALIAS, Dnssec.SECURE),
        (20, "mx2.good.test", ExchangeStatus.OK, Dnssec.SECURE),
    ]
    assert route.exchanges[0].addresses == ("192.0.2.1", "2001:db8::1", "192.0.2.2")
    assert route.exchanges[0].usable == ("192.0.2.1", "192.0.2.2")
    assert route.exchanges[1].canonical_name == "mx1.good.test"


@pytest.fixture
def target_of() -> Callable[[str], Target]:
    return lambda domain: Target(domain=domain, domain_unicode=domain, input=domain, input_line=1, source="-")
