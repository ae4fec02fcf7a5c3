"""Nameservers asked themselves: a parent and two that serve the zones below it, all Knot; Unbound resolves."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from auditor.config import Config
from auditor.model.delegation import Delegation, DelegationVerdict, NameserverStatus
from auditor.net.dns_servers import Server
from auditor.net.resolver import Resolver
from auditor.policy.delegation import audit_delegation
from auditor.policy.drive import drive
from tests.real.dns_servers import free_server, knot, stub, unbound

pytestmark = [pytest.mark.real, pytest.mark.slow]

PARENT, FIRST, SECOND = "203.0.113.53", "203.0.113.1", "198.51.100.1"
SOA = "$TTL 300\n@ SOA ns1 root {} 3600 600 86400 60\n"
HOSTS = f"@ NS ns1\n@ NS ns2\nns1 A {FIRST}\nns2 A {SECOND}\n"
MAIL = '@ MX 10 mx\n@ TXT "v=spf1 mx -all"\n_dmarc TXT "v=DMARC1; p=reject"\n'
OTHER_MAIL = MAIL.replace("MX 10 mx", "MX 10 old").replace("reject", "none")
CHILDREN = ("agree.test", "disagree.test", "lame.test", "moved.test")
DELEGATIONS = "".join(
    f"{zone}. NS ns1.{zone}.\n{zone}. NS ns2.{zone}.\nns1.{zone}. A {FIRST}\nns2.{zone}. A {SECOND}\n"
    for zone in CHILDREN
)
ZONES: dict[str, dict[str, str]] = {
    PARENT: {"test": SOA.format(1) + f"@ NS a.nic\na.nic A {PARENT}\n" + DELEGATIONS},
    FIRST: {zone: SOA.format(7) + HOSTS + MAIL for zone in CHILDREN[:3]}
    | {"moved.test": SOA.format(7) + HOSTS.replace("@ NS ns2", "@ NS ns3") + "ns3 A 198.51.100.1\n" + MAIL},
    SECOND: {
        "agree.test": SOA.format(7) + HOSTS + MAIL,
        "disagree.test": SOA.format(6) + HOSTS + OTHER_MAIL,
        "moved.test": SOA.format(7) + HOSTS.replace("@ NS ns2", "@ NS ns3") + "ns3 A 198.51.100.1\n" + MAIL,
    },
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """The settings under which the addresses of the zones lead to the three Knots."""
    with ExitStack() as running:
        places: dict[str, Server] = {}
        for address, zones in ZONES.items():
            places[address] = running.enter_context(knot(tmp_path_factory.mktemp("knot"), zones, signed=())).server
        stubs = [stub("test", places[PARENT]), *(stub(zone, places[FIRST]) for zone in CHILDREN)]
        settings = ['module-config: "iterator"', 'local-zone: "test." nodefault', *stubs]
        place = free_server("127.0.0.12")
        folder = tmp_path_factory.mktemp("unbound")
        running.enter_context(unbound(folder, place, settings, until=(CHILDREN[0], "SOA")))
        yield Config(
            resolver=(f"{place.address}:{place.port}",),
            connect_to=tuple(f"{address}:53:{one.address}:{one.port}" for address, one in places.items()),
            allow_net=("203.0.113.0/24", "198.51.100.0/24"),
            dns_timeout=5,
        )


async def audited(domain: str, config: Config) -> Delegation:
    return await drive(audit_delegation(domain, config.route_policy()), Resolver.from_config(config).ask_all)


async def test_nameservers_that_say_the_same(config: Config) -> None:
    found = await audited("agree.test", config)
    assert (found.verdict, found.parent) == (DelegationVerdict.CONSISTENT, "test")
    assert found.parent_set == found.child_set == ("ns1.agree.test", "ns2.agree.test")
    assert {one.status for _, one in found.addresses} == {NameserverStatus.OK}
    assert (found.serials, found.unknown) == ((7,), ())


async def test_nameservers_that_do_not(config: Config) -> None:
    found = await audited("disagree.test", config)
    assert found.verdict is DelegationVerdict.DIFFERS
    assert found.serials == (6, 7)
    assert {(one.name, one.type): [variant.records for variant in one.variants] for one in found.differences} == {
        ("disagree.test", "MX"): [("10 mx.disagree.test",), ("10 old.disagree.test",)],
        ("_dmarc.disagree.test", "TXT"): [("v=DMARC1; p=none",), ("v=DMARC1; p=reject",)],
    }


async def test_one_that_does_not_serve_the_zone(config: Config) -> None:
    found = await audited("lame.test", config)
    assert {one.address: one.status for _, one in found.addresses} == {
        FIRST: NameserverStatus.OK,
        SECOND: NameserverStatus.REFUSED,
    }


async def test_a_parent_that_was_not_told_of_a_move(config: Config) -> None:
    found = await audited("moved.test", config)
    assert found.parent_set == ("ns1.moved.test", "ns2.moved.test")
    assert found.child_set == ("ns1.moved.test", "ns3.moved.test")
    assert [one.name for one in found.nameservers] == ["ns1.moved.test", "ns3.moved.test", "ns2.moved.test"]
    assert found.verdict is DelegationVerdict.DIFFERS


async def test_a_name_below_a_zone_is_of_that_zone(config: Config) -> None:
    found = await audited("nowhere.agree.test", config)
    assert (found.apex, found.verdict) == ("agree.test", DelegationVerdict.CONSISTENT)
