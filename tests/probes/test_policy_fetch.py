"""What fetching a policy makes of every kind of policy host."""

import errno
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.config import Config
from auditor.journal.codec import decode, encode
from auditor.lab.certificates import Authority
from auditor.lab.mail_server import MailServer, Visit
from auditor.lab.script import parse_scripts
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyFetch
from auditor.model.published import RecordStatus
from auditor.model.session import Blame, Outcome
from auditor.net.failure import ContactFailure, from_os_error
from auditor.net.limits import AddressLimits
from auditor.net.network import Network
from auditor.net.resolver import Resolver
from auditor.net.tcp import TcpStream
from auditor.net.tls import make_context
from auditor.policy.sts_effect import sts_effect
from auditor.probes.policy_fetch import Fetched, fetch_policy
from tests.policy.sts_builders import DOMAIN, GOOD, POLICY, POLICY_HOST, facts

V4, OTHER_V4, V6 = "192.0.2.1", "192.0.2.2", "2001:db8::1"
ANSWER = "STARTTLS\nC: GET\nS: HTTP/1.1 200 OK\nS: Content-Type: text/plain\n"
LINES = [f"S: {line}" for line in POLICY.splitlines()]
GOOD_SCRIPT = "\n".join((ANSWER, "S:", *LINES, "EOF"))
RAW_POLICY = f"RAW: {POLICY}".replace("\n", "\\n")


class Answers(Resolver):
    """Answers from a dictionary by record type: addresses, or how the lookup ends."""

    def __init__(self, by_type: Mapping[str, Sequence[str] | DnsStatus]) -> None:
        super().__init__((), timeout=1, tries=1, lookup_timeout=1, concurrency=1)
        self.by_type = by_type

    async def ask_all(self, questions: Sequence[Question], *, hurried: bool = False) -> tuple[Answer, ...]:  # noqa: ARG002
        await trio.lowlevel.checkpoint()
        assert {question.name for question in questions} == {POLICY_HOST}
        return tuple(map(self._answer, questions))

    def _answer(self, question: Question) -> Answer:
        found = self.by_type.get(question.type, DnsStatus.NODATA)
        if isinstance(found, DnsStatus):
            return Answer(question=question, status=found)
        alias = "policies.hosting.example"
        return Answer(
            question=question, status=DnsStatus.ANSWERED, records=tuple(found), canonical_name=alias, aliases=(alias,)
        )


@dataclass
class World:
    """What there is to be fetched from, and what was seen of it."""

    config: Config
    authority: Authority
    nursery: trio.Nursery
    limits: AddressLimits = field(default_factory=lambda: AddressLimits(0, 0, 0))
    dialled: list[Endpoint] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    own_name: str = ""

    async def fetch(
        self,
        *servers: str | Exception | float,
        certificate: str = "good",
        addresses: Sequence[str] = (V4, V6, OTHER_V4),
        port: int = 443,
    ) -> Fetched:
        """Fetch from a host whose addresses lead to these, one after the other.

        Each is a script, what dialling raises, or the seconds it takes to no end.
        """
        places = iter(servers)

        async def dial(endpoint: Endpoint) -> TcpStream:
            self.dialled.append(endpoint)
            place = next(places)
            if isinstance(place, Exception):
                raise place
            if isinstance(place, float):
                await trio.sleep(place)
            return self._connect(str(place), certificate)

        network = Network(dial=dial, tls_context=make_context(self.config), limits=self.limits, own_name=self.own_name)
        used = addresses[: len(servers)]
        by_family = {"A": [one for one in used if ":" not in one], "AAAA": [one for one in used if ":" in one]}
        resolver = Answers({rdtype: found or DnsStatus.NODATA for rdtype, found in by_family.items()})
        return await fetch_policy(DOMAIN, resolver, network, self.config, port)

    def _connect(self, body: str, certificate: str) -> TcpStream:
        (script,) = parse_scripts(f"=== {POLICY_HOST}\naddresses: {V4}\ncertificate: {certificate}\n{body}", "inline")
        context = self.authority.server_context(certificate, script.names, script.tls) if certificate else None
        server = MailServer(script, V4, context)
        ours, theirs = socket.socketpair()
        self.nursery.start_soon(self._serve, server, trio.SocketStream(trio.socket.from_stdlib_socket(theirs)))
        return TcpStream(ours)

    async def _serve(self, server: MailServer, stream: trio.SocketStream) -> None:
        async with stream:
            self.visits = server.visits
            await server.serve(stream)


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(nursery: trio.Nursery, authority: Authority, make_config: Callable[..., Config]) -> MakeWorld:
    def make(limits: AddressLimits | None = None, **settings: Any) -> World:
        config = make_config(**{"allow_private": True, **settings})
        return World(config, authority, nursery, limits or AddressLimits(0, 0, 0))

    return make


def verdict(fetched: Fetched) -> tuple[RecordStatus, str]:
    """What it comes to for the domain, and why."""
    known = facts(GOOD, policy=fetched.fetch)
    certificates = {certificate.sha256: certificate for certificate in fetched.certificates}
    effect = sts_effect(facts(GOOD, policy=fetched.fetch, certificates={**known.certificates, **certificates}))
    return effect.status, effect.reason


async def test_a_policy_is_fetched_with_all_that_was_seen_of_its_host(make_world: MakeWorld) -> None:
    world = make_world()
    fetched = await world.fetch(GOOD_SCRIPT)
    seen = fetched.fetch
    assert (seen.host, seen.outcome, seen.error, seen.address) == (POLICY_HOST, FetchOutcome.FETCHED, "", V4)
    assert (seen.status, seen.content_type, seen.body) == (200, "text/plain", POLICY.replace("\n", "\r\n"))
    assert seen.tls is not None
    assert (seen.tls.server_name, seen.tls.verify_errors) == (POLICY_HOST, ())
    assert seen.tls.chain == tuple(certificate.sha256 for certificate in fetched.certificates)
    assert [certificate.common_name for certificate in fetched.certificates] == [POLICY_HOST, "Lab Issuing CA"]
    assert seen.started_at is not None
    assert seen.elapsed_ms is not None
    assert verdict(fetched) == (RecordStatus.VALID, "")
    assert world.dialled == [Endpoint(POLICY_HOST, V4, 443)]


# script, certificate, outcome, verdict, words in the reason
SERVERS: dict[str, tuple[str, str, FetchOutcome, RecordStatus, str]] = {
    "CRLF": (GOOD_SCRIPT, "good", FetchOutcome.FETCHED, RecordStatus.VALID, ""),
    "LF": (f"{ANSWER}S:\n{RAW_POLICY}\nEOF", "good", FetchOutcome.FETCHED, RecordStatus.VALID, ""),
    "CR": (
        f"{ANSWER}S:\n{RAW_POLICY}\nEOF".replace("\\n", "\\r"),
        *("good", FetchOutcome.FETCHED, RecordStatus.INVALID, "a CR without LF"),
    ),
    "missing keys": (
        f"{ANSWER}S:\nS: version: STSv1\nEOF",
        *("good", FetchOutcome.FETCHED, RecordStatus.INVALID, "no mode; no max_age"),
    ),
    "chunked": (
        f"{ANSWER}S: Transfer-Encoding: chunked\nS:\nS: {len(POLICY):x}\n{RAW_POLICY}\\r\\n0\\r\\n\\r\\n\nHANG",
        *("good", FetchOutcome.FETCHED, RecordStatus.VALID, ""),
    ),
    "a length": (
        f"{ANSWER}S: Content-Length: {len(POLICY)}\nS:\n{RAW_POLICY}\nHANG",
        *("good", FetchOutcome.FETCHED, RecordStatus.VALID, ""),
    ),
    "content coding identity": (
        f"{ANSWER}S: Content-Encoding: Identity\nS:\n{RAW_POLICY}\nEOF",
        *("good", FetchOutcome.FETCHED, RecordStatus.VALID, ""),
    ),
    "content coding gzip": (
        f"{ANSWER}S: Content-Encoding: gzip\nS:\nRAW: \\x1f\\x8b\\x08\nEOF",
        *("good", FetchOutcome.ENCODED, RecordStatus.INVALID, "content coding gzip"),
    ),
    "early end": (
        f"{ANSWER}S: Content-Length: 4000\nS:\n{RAW_POLICY}\nEOF",
        *("good", FetchOutcome.UNREACHABLE, RecordStatus.UNKNOWN, "ended too early"),
    ),
    "a reset": (
        f"{ANSWER}S: Content-Length: 4000\nS:\n{RAW_POLICY}\nRESET",
        *("good", FetchOutcome.UNREACHABLE, RecordStatus.UNKNOWN, "unreachable"),
    ),
    "no answer": ("STARTTLS\nC: GET\nEOF", "good", FetchOutcome.UNREACHABLE, RecordStatus.UNKNOWN, "ended too early"),
    "301": (
        "STARTTLS\nC: GET\nS: HTTP/1.1 301 Moved\nS: Location: https://example.com/p\nS: Content-Length: 0\nS:\nHANG",
        *("good", FetchOutcome.STATUS, RecordStatus.INVALID, "HTTP status 301, to https://example.com/p;"),
    ),
    "404": (
        "STARTTLS\nC: GET\nS: HTTP/1.1 404 Not Found\nS:\nHANG",
        *("good", FetchOutcome.STATUS, RecordStatus.INVALID, "HTTP status 404"),
    ),
    "204": (
        "STARTTLS\nC: GET\nS: HTTP/1.1 204 No Content\nS:\nHANG",
        *("good", FetchOutcome.STATUS, RecordStatus.INVALID, "HTTP status 204"),
    ),
    "70 KiB": (
        f"{ANSWER}S: Content-Length: 71680\nS:\nFLOOD: x-padding: 0123456789\\r\\n\nHANG",
        *("good", FetchOutcome.OVERSIZED, RecordStatus.INVALID, "a body of over 65536 octets"),
    ),
    "an endless head": (
        f"{ANSWER}FLOOD: X: y\\r\\n\nHANG",
        *("good", FetchOutcome.OVERSIZED, RecordStatus.INVALID, "a head of over 32768 octets"),
    ),
    "no HTTP": (
        f"STARTTLS\nC: GET\n{RAW_POLICY}\nEOF",
        *("good", FetchOutcome.NOT_HTTP, RecordStatus.INVALID, "no HTTP response"),
    ),
    "HTTP without TLS": (
        "S: HTTP/1.1 400 Bad Request\nS:\nEOF",
        *("", FetchOutcome.TLS_FAILED, RecordStatus.INVALID, "tls-failed: "),
    ),
    "SMTP": ("S: 220 mx.example.com ESMTP\nHANG", "", FetchOutcome.TLS_FAILED, RecordStatus.INVALID, "tls-failed: "),
    "broken at once": ("EOF", "", FetchOutcome.UNREACHABLE, RecordStatus.UNKNOWN, "unreachable: ECONNRESET"),
    "silence for TLS": ("HANG", "", FetchOutcome.TIMEOUT, RecordStatus.UNKNOWN, "no handshake within 15 s"),
    "silence for HTTP": ("STARTTLS\nHANG", "good", FetchOutcome.TIMEOUT, RecordStatus.UNKNOWN, "no end within 60 s"),
    "another name": (
        *(GOOD_SCRIPT, "wrong-name", FetchOutcome.FETCHED, RecordStatus.INVALID),
        f"the certificate does not name {POLICY_HOST} (mismatch)",
    ),
    "the common name alone": (
        *(GOOD_SCRIPT, "cn-only", FetchOutcome.FETCHED, RecordStatus.INVALID),
        f"the certificate does not name {POLICY_HOST} (cn-only)",
    ),
    "self-signed": (GOOD_SCRIPT, "self-signed", FetchOutcome.FETCHED, RecordStatus.INVALID, "(self-signed)"),
    "expired": (GOOD_SCRIPT, "expired", FetchOutcome.FETCHED, RecordStatus.INVALID, "(expired)"),
    "no issuer sent": (GOOD_SCRIPT, "incomplete", FetchOutcome.FETCHED, RecordStatus.INVALID, "(unknown-issuer)"),
    "expired, and silent": (
        *("STARTTLS\nHANG", "expired", FetchOutcome.TIMEOUT, RecordStatus.INVALID),
        "is not trusted (expired); timeout: ",
    ),
}


@pytest.mark.parametrize("case", SERVERS)
async def test_every_server_has_its_outcome_and_its_verdict(
    make_world: MakeWorld, autojump_clock: MockClock, case: str
) -> None:
    body, certificate, outcome, status, words = SERVERS[case]
    began_at = autojump_clock.current_time()
    fetched = await make_world().fetch(body, certificate=certificate)
    assert autojump_clock.current_time() - began_at < 61
    assert fetched.fetch.outcome == outcome
    assert (fetched.fetch.error == "") is (outcome is FetchOutcome.FETCHED)
    seen_status, reason = verdict(fetched)
    assert (seen_status, words in reason) == (status, True)
    assert decode(PolicyFetch, encode(fetched.fetch)) == fetched.fetch


async def test_a_slow_drip_ends_with_the_whole_time(make_world: MakeWorld, autojump_clock: MockClock) -> None:
    began_at = autojump_clock.current_time()
    fetched = await make_world().fetch(f"{ANSWER}S:\nDRIP: 0.5 {'x' * 500}\nHANG")
    assert fetched.fetch.outcome == FetchOutcome.TIMEOUT
    assert (fetched.fetch.status, fetched.fetch.body) == (200, "")
    assert fetched.fetch.elapsed_ms == pytest.approx(60_000, abs=1)
    assert autojump_clock.current_time() - began_at == pytest.approx(60, abs=1.5)


async def test_an_end_that_was_not_announced_is_noted_where_it_matters(make_world: MakeWorld) -> None:
    note = "the connection ended without a TLS alert, so the body may be cut off"
    with_length = f"{ANSWER}S: Content-Length: {len(POLICY)}\nS:\n{RAW_POLICY}\nCUT"
    assert (await make_world().fetch(GOOD_SCRIPT.replace("EOF", "CUT"))).fetch.notes == (note,)
    assert (await make_world().fetch(GOOD_SCRIPT)).fetch.notes == ()
    assert (await make_world().fetch(with_length)).fetch.notes == ()


@pytest.mark.parametrize(("own_name", "agent"), [("", "auditor"), ("scan.example", "auditor (scan.example)")])
async def test_the_host_is_told_its_name_and_port_and_who_asks(
    make_world: MakeWorld, own_name: str, agent: str
) -> None:
    world = make_world()
    world.own_name = own_name
    await world.fetch(GOOD_SCRIPT.replace("C: GET\n", "C: GET\nC: USER-AGENT:\n"), port=8443)
    request = ["GET /.well-known/mta-sts.txt HTTP/1.1", f"Host: {POLICY_HOST}:8443", f"User-Agent: {agent}"]
    assert world.visits[0].commands[:3] == request
    assert [endpoint.port for endpoint in world.dialled] == [8443]


REFUSED = from_os_error(OSError(errno.ECONNREFUSED, "refused"))
NO_ROUTE = ContactFailure(Outcome.SKIPPED, Blame.OURS, "no IPv6 route from here")
BROKEN = from_os_error(OSError(errno.EHOSTUNREACH, "unreachable"))

# what the addresses lead to, the outcome, the address it is of, how many were dialled
TURNS: dict[str, tuple[Sequence[str | Exception | float], FetchOutcome, str, int]] = {
    "the second works": ([REFUSED, GOOD_SCRIPT], FetchOutcome.FETCHED, V6, 2),
    "IPv6 fails": ([REFUSED, BROKEN, GOOD_SCRIPT], FetchOutcome.FETCHED, OTHER_V4, 3),
    "no route for IPv6": ([REFUSED, NO_ROUTE, GOOD_SCRIPT], FetchOutcome.FETCHED, OTHER_V4, 3),
    "no TLS at the first": (["S: 220 no TLS\nEOF", GOOD_SCRIPT], FetchOutcome.FETCHED, V6, 2),
    "the first is slow": ([100.0, GOOD_SCRIPT], FetchOutcome.FETCHED, V6, 2),
    "one that speaks TLS is the last": (["STARTTLS\nEOF", GOOD_SCRIPT], FetchOutcome.UNREACHABLE, V4, 1),
    "all fail": ([BROKEN, REFUSED, BROKEN], FetchOutcome.UNREACHABLE, OTHER_V4, 3),
    "no route for IPv6, and refused": ([REFUSED, NO_ROUTE], FetchOutcome.REFUSED, V4, 2),
    "all left alone": ([NO_ROUTE, NO_ROUTE], FetchOutcome.SKIPPED, V4, 2),
}


@pytest.mark.parametrize("case", TURNS)
async def test_addresses_are_tried_in_turn_until_one_speaks_tls(
    make_world: MakeWorld, autojump_clock: MockClock, case: str
) -> None:
    servers, outcome, address, dialled = TURNS[case]
    world = make_world()
    began_at = autojump_clock.current_time()
    fetched = await world.fetch(*servers)
    assert autojump_clock.current_time() - began_at < 11
    assert (fetched.fetch.outcome, fetched.fetch.address, len(world.dialled)) == (outcome, address, dialled)


async def test_no_more_than_three_addresses_are_tried(make_world: MakeWorld) -> None:
    world = make_world()
    fetched = await world.fetch(*[REFUSED] * 5, addresses=[f"192.0.2.{number}" for number in range(1, 6)])
    assert (fetched.fetch.outcome, fetched.fetch.address) == (FetchOutcome.REFUSED, "192.0.2.3")
    assert len(world.dialled) == 3
    assert verdict(fetched)[0] is RecordStatus.INVALID


async def test_all_addresses_share_one_deadline(make_world: MakeWorld, autojump_clock: MockClock) -> None:
    began_at = autojump_clock.current_time()
    world = make_world(policy_timeout=25.0, connect_timeout=20.0)
    fetched = await world.fetch(100.0, 100.0, GOOD_SCRIPT)
    assert (fetched.fetch.outcome, fetched.fetch.elapsed_ms) == (FetchOutcome.TIMEOUT, 25_000)
    assert (autojump_clock.current_time() - began_at, len(world.dialled)) == (25, 2)
    assert verdict(fetched)[0] is RecordStatus.UNKNOWN


async def test_the_wait_for_a_place_takes_nothing_of_the_time(
    make_world: MakeWorld, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    world = make_world(AddressLimits(1, 0, 0), policy_timeout=5.0)
    began_at = autojump_clock.current_time()

    async def hold() -> None:
        async with world.limits.slot(V4):
            await trio.sleep(1000)

    nursery.start_soon(hold)
    await trio.testing.wait_all_tasks_blocked()
    fetched = await world.fetch(GOOD_SCRIPT)
    assert fetched.fetch.outcome == FetchOutcome.FETCHED
    assert fetched.fetch.elapsed_ms is not None
    assert fetched.fetch.elapsed_ms < 5000
    assert autojump_clock.current_time() - began_at >= 1000


# A, AAAA, settings, outcome, verdict, error
LOOKUPS: dict[str, tuple[Any, Any, dict[str, Any], FetchOutcome, RecordStatus, str]] = {
    "NXDOMAIN": (
        *(DnsStatus.NXDOMAIN, DnsStatus.NXDOMAIN, {}, FetchOutcome.NO_ADDRESS, RecordStatus.INVALID),
        f"{POLICY_HOST} does not exist",
    ),
    "no address": (
        *(DnsStatus.NODATA, DnsStatus.NODATA, {}, FetchOutcome.NO_ADDRESS, RecordStatus.INVALID),
        f"{POLICY_HOST} has no address",
    ),
    "SERVFAIL": (
        *(DnsStatus.SERVFAIL, DnsStatus.SERVFAIL, {}, FetchOutcome.DNS_FAILED, RecordStatus.UNKNOWN),
        "A: servfail; AAAA: servfail",
    ),
    "half a time-out": (
        *(DnsStatus.TIMEOUT, DnsStatus.NODATA, {}, FetchOutcome.DNS_FAILED, RecordStatus.UNKNOWN),
        "A: timeout",
    ),
    "bogus": (
        *(DnsStatus.BOGUS, DnsStatus.BOGUS, {}, FetchOutcome.DNS_FAILED, RecordStatus.UNKNOWN),
        "A: bogus; AAAA: bogus",
    ),
    "IPv6 alone, which is not asked for": (
        *(DnsStatus.NODATA, [V6], {"ipv4_only": True}, FetchOutcome.SKIPPED, RecordStatus.UNKNOWN),
        f"{POLICY_HOST} {V6}: IPv6 is not contacted",
    ),
    "loopback": (
        *(["127.0.0.1"], DnsStatus.NODATA, {}, FetchOutcome.SKIPPED, RecordStatus.UNKNOWN),
        "loopback (RFC 1122); see --allow-net",
    ),
    "private": (
        *(["10.0.0.1"], ["fd00::1"], {}, FetchOutcome.SKIPPED, RecordStatus.UNKNOWN),
        "private use (RFC 1918); see --allow-net",
    ),
}


@pytest.mark.parametrize("case", LOOKUPS)
async def test_no_packet_goes_where_none_may(make_config: Callable[..., Config], case: str) -> None:
    ipv4, ipv6, settings, outcome, status, error = LOOKUPS[case]
    config = make_config(**settings)
    resolver = Answers({"A": ipv4, "AAAA": ipv6})
    fetched = await fetch_policy(DOMAIN, resolver, Network.from_config(config), config)
    assert (fetched.fetch.outcome, fetched.fetch.error, fetched.certificates) == (outcome, error, ())
    assert verdict(fetched)[0] is status


async def test_one_family_is_enough_where_the_other_cannot_be_looked_up(make_world: MakeWorld) -> None:
    world = make_world()

    async def dial(endpoint: Endpoint) -> TcpStream:
        assert endpoint.address == V6
        return world._connect(GOOD_SCRIPT, "good")

    network = Network(dial=dial, tls_context=make_context(world.config), limits=world.limits, own_name="")
    resolver = Answers({"A": DnsStatus.SERVFAIL, "AAAA": [V6]})
    fetched = await fetch_policy(DOMAIN, resolver, network, world.config)
    assert fetched.fetch.outcome == FetchOutcome.FETCHED


async def test_those_who_asked_are_not_contacted(make_config: Callable[..., Config]) -> None:
    class Blocks:
        def blocks_host(self, name: str) -> str | None:
            return f"asked not to: {name}"

        def blocks_address(self, text: str) -> str | None:
            return f"nor there: {text}"

    config = make_config(allow_private=True)
    network = Network.from_config(config, Blocks())
    fetched = await fetch_policy(DOMAIN, Answers({"A": ["127.0.0.1"]}), network, config)
    assert (fetched.fetch.outcome, fetched.fetch.error) == (FetchOutcome.SKIPPED, f"asked not to: {POLICY_HOST}")


async def test_a_redirection_of_the_user_is_followed(
    nursery: trio.Nursery, make_config: Callable[..., Config], authority: Authority
) -> None:
    (script,) = parse_scripts(f"=== {POLICY_HOST}\naddresses: {V4}\ncertificate: good\n{GOOD_SCRIPT}", "inline")
    server = MailServer(script, V4, authority.server_context("good", script.names, script.tls))
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, server.serve, [listener])
    port = listener.socket.getsockname()[1]
    config = make_config(connect_to=(f"{POLICY_HOST}:443:127.0.0.1:{port}",))
    fetched = await fetch_policy(DOMAIN, Answers({"A": [V4]}), Network.from_config(config), config)
    assert (fetched.fetch.outcome, fetched.fetch.address) == (FetchOutcome.FETCHED, V4)


async def test_a_fault_of_ours_is_logged_and_said(make_world: MakeWorld, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        fetched = await make_world().fetch(RuntimeError("oops"))
    assert (fetched.fetch.outcome, fetched.fetch.error) == (FetchOutcome.INTERNAL_ERROR, "RuntimeError: oops")
    assert "internal error while fetching from mta-sts.example.com" in caplog.text
    assert verdict(fetched)[0] is RecordStatus.UNKNOWN
