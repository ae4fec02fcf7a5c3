"""The lab's nameserver answers as a zone and its faults have it, over UDP and TCP."""

import socket
import struct
from collections.abc import Awaitable, Callable
from functools import partial

import dns.asyncbackend
import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest
import trio

from auditor.errors import UsageError
from auditor.lab.nameserver import FAULTS, Nameserver, load_zone, parse_faults

ZONE = """
$TTL 300
@ SOA ns hostmaster 1 2 3 4 5
@ NS ns
mail MX 10 mx
mx A 192.0.2.1
mx AAAA 2001:db8::1
a.deep A 192.0.2.2
alias CNAME mx
far CNAME alias
out CNAME elsewhere.test.
gone CNAME nowhere
round CNAME square
square CNAME round
big TXT "{0}" "{0}" "{0}" "{0}"
huge TXT "{0}" "{0}" "{0}" "{0}" "{0}" "{0}"
"""


@pytest.fixture
def nameserver() -> Nameserver:
    faults = "\n".join(f"{fault}.example TXT {fault}  # as it says" for fault in FAULTS)
    records = "\n".join(f'{fault} TXT "here"' for fault in FAULTS)
    return Nameserver(load_zone(ZONE.format("x" * 240) + records, "example."), parse_faults(faults, "inline"))


Ask = Callable[..., Awaitable[dns.message.Message]]


@pytest.fixture
async def port(nameserver: Nameserver, nursery: trio.Nursery) -> int:
    """Where the nameserver answers, over UDP and TCP."""
    while True:
        udp = trio.socket.socket(type=trio.socket.SOCK_DGRAM)
        await udp.bind(("127.0.0.1", 0))
        number: int = udp.getsockname()[1]
        try:
            listeners = await trio.open_tcp_listeners(number, host="127.0.0.1")
        except OSError:  # another program has this TCP port
            udp.close()
            continue
        nursery.start_soon(_serve_udp, nameserver, udp)
        nursery.start_soon(trio.serve_listeners, nameserver.serve_tcp, listeners)
        return number


async def _serve_udp(nameserver: Nameserver, udp: trio.socket.SocketType) -> None:
    with udp:
        await nameserver.serve_udp(udp)


@pytest.fixture
def ask(port: int) -> Ask:
    backend = dns.asyncbackend.get_backend("trio")

    async def send(
        name: str, kind: str, *, tcp: bool = False, patience: float = 1, payload: int = 0, flags: int = 0
    ) -> dns.message.Message:
        query = dns.message.make_query(name, kind, use_edns=bool(payload), payload=payload or None)
        query.flags |= flags
        ways = {True: partial(dns.asyncquery.tcp), False: partial(dns.asyncquery.udp)}
        return await ways[tcp](query, "127.0.0.1", port=port, timeout=patience, backend=backend)

    return send


def shown(reply: dns.message.Message) -> list[str]:
    return [
        f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {record}" for rrset in reply.answer for record in rrset
    ]


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("mail.example", "MX", ["mail.example. MX 10 mx.example."]),
        ("MX.Example", "AAAA", ["mx.example. AAAA 2001:db8::1"]),
        ("alias.example", "A", ["alias.example. CNAME mx.example.", "mx.example. A 192.0.2.1"]),
        ("alias.example", "CNAME", ["alias.example. CNAME mx.example."]),
        (
            "far.example",
            "A",
            ["far.example. CNAME alias.example.", "alias.example. CNAME mx.example.", "mx.example. A 192.0.2.1"],
        ),
    ],
)
async def test_records_are_found_through_their_aliases(
    ask: Ask, name: str, kind: str, answer: list[str], tcp: bool
) -> None:
    reply = await ask(name, kind, tcp=tcp)
    assert reply.rcode() == dns.rcode.NOERROR
    assert [line.lower() for line in shown(reply)] == [line.lower() for line in answer]
    assert reply.flags & dns.flags.RA
    assert not reply.flags & dns.flags.AD


async def test_a_client_that_resets_its_connection_ends_nothing_but_that(ask: Ask, port: int) -> None:
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    await stream.send_all(b"\x00")
    stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await trio.aclose_forcefully(stream)
    assert shown(await ask("mx.example", "A", tcp=True)) == ["mx.example. A 192.0.2.1"]


@pytest.mark.parametrize(
    ("name", "rcode", "aliases"),
    [
        ("nowhere.example", dns.rcode.NXDOMAIN, 0),
        ("gone.example", dns.rcode.NXDOMAIN, 1),
        ("mx.example", dns.rcode.NOERROR, 0),
        ("deep.example", dns.rcode.NOERROR, 0),
        ("example", dns.rcode.NOERROR, 0),
    ],
)
async def test_what_is_missing_comes_with_the_start_of_authority(
    ask: Ask, name: str, rcode: dns.rcode.Rcode, aliases: int
) -> None:
    reply = await ask(name, "MX")
    assert (reply.rcode(), len(reply.answer)) == (rcode, aliases)
    assert [rrset.rdtype for rrset in reply.authority] == [dns.rdatatype.SOA]


async def test_a_circle_of_aliases_ends(ask: Ask) -> None:
    assert 2 <= len(shown(await ask("round.example", "A"))) <= 10


async def test_an_alias_that_leads_out_is_followed_no_further(ask: Ask) -> None:
    reply = await ask("out.example", "A")
    assert shown(reply) == ["out.example. CNAME elsewhere.test."]


async def test_other_zones_are_refused(ask: Ask) -> None:
    assert (await ask("example.com", "MX")).rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize(
    ("name", "payload", "truncated"),
    [("mx", 0, False), ("big", 0, True), ("big", 512, True), ("big", 1232, False), ("huge", 4096, True)],
)
async def test_what_does_not_fit_comes_over_tcp(ask: Ask, name: str, payload: int, truncated: bool) -> None:
    kind = "A" if name == "mx" else "TXT"
    reply = await ask(f"{name}.example", kind, payload=payload)
    assert bool(reply.flags & dns.flags.TC) is truncated
    assert bool(reply.answer) is not truncated
    over_tcp = await ask(f"{name}.example", kind, payload=payload, tcp=True)
    assert over_tcp.answer
    assert not over_tcp.flags & dns.flags.TC


@pytest.mark.parametrize("fault", ["servfail", "refused"])
async def test_faults_of_the_whole_answer(ask: Ask, fault: str) -> None:
    reply = await ask(f"{fault}.example", "TXT")
    assert dns.rcode.to_text(reply.rcode()) == fault.upper()
    assert reply.answer == []
    assert (await ask(f"{fault}.example", "A")).rcode() == dns.rcode.NOERROR, "only this question"


async def test_what_is_bogus_is_told_by_whom_does_not_check(ask: Ask) -> None:
    reply = await ask("bogus.example", "TXT", payload=1232)
    assert reply.rcode() == dns.rcode.SERVFAIL
    assert [error.code for error in reply.extended_errors()] == [dns.edns.EDECode.DNSSEC_BOGUS]
    unchecked = await ask("bogus.example", "TXT", flags=dns.flags.CD)
    assert shown(unchecked) == ['bogus.example. TXT "here"']


async def test_what_is_secure_says_so(ask: Ask) -> None:
    reply = await ask("secure.example", "TXT")
    assert reply.flags & dns.flags.AD
    assert shown(reply) == ['secure.example. TXT "here"']


async def test_truncation_may_be_feigned(ask: Ask) -> None:
    reply = await ask("truncate.example", "TXT")
    assert reply.flags & dns.flags.TC
    assert reply.answer == []
    assert shown(await ask("truncate.example", "TXT", tcp=True)) == ['truncate.example. TXT "here"']


async def test_the_first_answer_may_fail(ask: Ask) -> None:
    first = await ask("first-servfail.example", "TXT")
    second = await ask("first-servfail.example", "TXT")
    assert (first.rcode(), second.rcode()) == (dns.rcode.SERVFAIL, dns.rcode.NOERROR)


async def test_the_first_answer_may_be_lost(ask: Ask) -> None:
    with pytest.raises(dns.exception.Timeout):
        await ask("first-lost.example", "TXT", patience=0.03)
    assert shown(await ask("first-lost.example", "TXT")) == ['first-lost.example. TXT "here"']


@pytest.mark.parametrize("tcp", [False, True])
async def test_silence_is_silence(ask: Ask, nameserver: Nameserver, tcp: bool) -> None:
    with pytest.raises(dns.exception.Timeout):
        await ask("timeout.example", "TXT", patience=0.03, tcp=tcp)
    assert nameserver.questions == {("timeout.example", "TXT"): 1}


async def test_garbage_cannot_be_read(ask: Ask) -> None:
    with pytest.raises(dns.exception.DNSException):
        await ask("garbage.example", "TXT", tcp=True, patience=0.2)


async def test_questions_are_counted(ask: Ask, nameserver: Nameserver) -> None:
    for name in ("MX.example", "mx.example.", "mail.example"):
        await ask(name, "A")
    assert nameserver.questions == {("mx.example", "A"): 2, ("mail.example", "A"): 1}


async def test_several_questions_go_over_one_connection(port: int) -> None:
    queries = [dns.message.make_query(name, "A").to_wire() for name in ("mx.example", "nowhere.example")]
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        for query in queries:
            await stream.send_all(len(query).to_bytes(2))
            await stream.send_all(query[:5])
            await stream.send_all(query[5:])
        await stream.send_eof()
        octets = b"".join([bytes(some) async for some in stream])
    assert len(octets) > 60


@pytest.mark.parametrize("octets", [b"", b"nonsense", b"\0" * 12, b"\xff" * 40])
async def test_what_is_no_query_gets_no_answer(nameserver: Nameserver, octets: bytes) -> None:
    assert list(nameserver._replies(octets, over_tcp=False)) == []


@pytest.mark.parametrize("line", ["mx.example MX", "mx.example MX explode", "mx.example MX timeout now", "oops"])
def test_a_fault_that_is_not_understood_is_named_with_its_place(line: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_faults(f"# first\n\n{line}\n", "inline.txt")
    assert str(caught.value) == f"inline.txt, line 3: not understood: {line}"


def test_a_zone_that_is_none_is_an_error_of_use() -> None:
    with pytest.raises(UsageError, match=r"^zone example\.: "):
        load_zone("@ SOA oops", "example.")


async def test_a_zone_without_authority_has_nothing_to_say() -> None:
    zone = load_zone("@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nmx A 192.0.2.1", "example.")
    zone.delete_rdataset("example.", "SOA")
    query = dns.message.make_query("mx.example", "MX")
    (reply,) = Nameserver(zone)._replies(query.to_wire(), over_tcp=False)
    assert dns.message.from_wire(reply).authority == []
