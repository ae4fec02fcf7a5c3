"""One question against a nameserver that fails in every way there is."""

import socket
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from auditor.model.dns import DnsStatus, Question

A = Question("a.test", "A")
RECORD = "a.test. 300 IN A 192.0.2.1"
SOA = "test. 600 IN SOA ns.test. root.test. 1 2 3 4 60"


async def test_an_answer_says_where_and_when_it_came_from(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, RECORD, flags=dns.flags.AD))
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, answer.records, answer.ttl_seconds) == (DnsStatus.ANSWERED, ("192.0.2.1",), 300)
    assert (answer.canonical_name, answer.aliases, answer.authenticated) == ("a.test", (), True)
    assert (answer.resolver, answer.attempts, answer.error) == (str(nameserver.server), 1, "")
    assert answer.asked_at is not None
    assert answer.asked_at.tzinfo is not None
    assert answer.elapsed_ms > 0


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        return probe.connect_ex(("::1", 53)) == 0


@pytest.mark.skipif(not has_ipv6(), reason="needs IPv6 on loopback")
async def test_a_nameserver_may_have_an_ipv6_address(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(
        lambda query, transport: reply(query, RECORD, flags=dns.flags.TC if transport == "udp" else 0), host="::1"
    )
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.records, answer.resolver) == (("192.0.2.1",), f"::1#{nameserver.server.port}")


async def test_a_query_asks_for_recursion_and_the_ad_bit_with_small_edns(
    serve: Any, resolver_of: Any, reply: Any
) -> None:
    nameserver = await serve(lambda query, _: reply(query, RECORD))
    await resolver_of(nameserver).ask(A)
    ((_, query),) = nameserver.queries
    assert query.flags == dns.flags.RD | dns.flags.AD
    assert (query.edns, query.payload, query.ednsflags) == (0, 1232, 0)


async def test_nodata_and_nxdomain_are_facts_and_asked_once(serve: Any, resolver_of: Any, reply: Any) -> None:
    nodata = await serve(lambda query, _: reply(query, authority=[SOA]))
    answer = await resolver_of(nodata).ask(A)
    assert (answer.status, answer.ttl_seconds, answer.canonical_name) == (DnsStatus.NODATA, 60, "a.test")
    nxdomain = await serve(lambda query, _: reply(query, authority=[SOA], rcode=dns.rcode.NXDOMAIN))
    answer = await resolver_of(nxdomain).ask(A)
    assert (answer.status, answer.ttl_seconds, answer.error) == (DnsStatus.NXDOMAIN, 60, "")
    assert len(nodata.queries) == len(nxdomain.queries) == 1


async def test_a_lost_packet_is_asked_for_again(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver: Any = await serve(lambda query, _: reply(query, RECORD) if len(nameserver.queries) > 1 else None)
    answer = await resolver_of(nameserver, timeout=0.1).ask(A)
    assert (answer.status, answer.attempts) == (DnsStatus.ANSWERED, 2)
    first, second = (query.id for _, query in nameserver.queries)
    assert first != second


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTAUTH])
async def test_a_passing_failure_is_hidden_by_a_retry(
    rcode: dns.rcode.Rcode, serve: Any, resolver_of: Any, reply: Any
) -> None:
    good = dns.rcode.NOERROR
    nameserver: Any = await serve(
        lambda query, _: reply(query, RECORD, rcode=good) if len(nameserver.queries) > 1 else reply(query, rcode=rcode)
    )
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, answer.attempts) == (DnsStatus.ANSWERED, 2)


@pytest.mark.parametrize(
    ("rcode", "status", "error"),
    [
        (dns.rcode.SERVFAIL, DnsStatus.SERVFAIL, "SERVFAIL"),
        (dns.rcode.REFUSED, DnsStatus.REFUSED, "REFUSED"),
        (dns.rcode.NOTAUTH, DnsStatus.SERVFAIL, "NOTAUTH"),
    ],
)
async def test_a_lasting_failure_keeps_its_kind(
    rcode: dns.rcode.Rcode, status: DnsStatus, error: str, serve: Any, resolver_of: Any, reply: Any
) -> None:
    nameserver = await serve(lambda query, _: reply(query, rcode=rcode))
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, answer.attempts, answer.error) == (status, 3, error)
    assert (answer.records, answer.canonical_name, answer.ttl_seconds) == ((), "", None)


async def test_silence_is_a_timeout(serve: Any, resolver_of: Any) -> None:
    nameserver = await serve(lambda *_: None)
    answer = await resolver_of(nameserver, timeout=0.01).ask(A)
    assert (answer.status, answer.error) == (DnsStatus.TIMEOUT, "no reply in 0.01 s")
    assert len(nameserver.queries) == 3


async def test_a_dead_port_is_a_timeout_that_says_so(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, RECORD), dead=True)
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, answer.error) == (DnsStatus.TIMEOUT, "no reply: Connection refused")


async def test_the_longest_time_bounds_all_tries(serve: Any, resolver_of: Any) -> None:
    nameserver = await serve(lambda *_: None)
    answer = await resolver_of(nameserver, timeout=60, lookup_timeout=0.02).ask(A)
    assert (answer.status, answer.error) == (DnsStatus.TIMEOUT, "no answer in 0.02 s, tries included")
    assert answer.elapsed_ms >= 20


async def test_replies_that_do_not_belong_are_ignored(serve: Any, resolver_of: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        forged, question = (reply(query, "a.test. 300 IN A 203.0.113.66") for _ in range(2))
        forged.id ^= 1
        question.flags &= ~dns.flags.QR
        other = reply(dns.message.make_query("b.test", "A", id=query.id), "b.test. 300 IN A 203.0.113.66")
        return [forged, question, other, b"", b"\x00\x01\x02\x03\x04", reply(query, RECORD)]

    answer = await resolver_of(await serve(respond)).ask(A)
    assert (answer.records, answer.attempts) == (("192.0.2.1",), 1)


async def test_a_broken_message_is_malformed_and_tried_elsewhere(serve: Any, resolver_of: Any, reply: Any) -> None:
    broken = await serve(lambda query, _: reply(query, RECORD).to_wire()[:-3])
    answer = await resolver_of(broken).ask(A)
    assert (answer.status, answer.attempts) == (DnsStatus.MALFORMED, 3)
    assert answer.error.startswith("malformed reply: ")
    good = await serve(lambda query, _: reply(query, RECORD))
    assert (await resolver_of(broken, good).ask(A)).status is DnsStatus.ANSWERED


async def test_a_record_that_cannot_be_parsed_is_malformed_not_absent(serve: Any, resolver_of: Any, reply: Any) -> None:
    """An address of three octets."""
    record = r"a.test. 300 IN TYPE65280 \# 3 c00002"
    octets = await serve(lambda query, _: _with_unknown_as(reply(query, record), dns.rdatatype.A))
    answer = await resolver_of(octets).ask(A)
    assert (answer.status, answer.records) == (DnsStatus.MALFORMED, ())


def _with_unknown_as(message: dns.message.Message, rdtype: int) -> bytes:
    return message.to_wire().replace((65280).to_bytes(2), rdtype.to_bytes(2))


async def test_a_reply_that_was_cut_off_is_fetched_over_tcp(serve: Any, resolver_of: Any, reply: Any) -> None:
    many = [f"a.test. 300 IN A 192.0.2.{number}" for number in range(250)]

    def respond(query: dns.message.Message, transport: str) -> Any:
        return reply(query, *many) if transport == "tcp" else reply(query, RECORD, flags=dns.flags.TC).to_wire()[:-3]

    nameserver = await serve(respond)
    answer = await resolver_of(nameserver).ask(A)
    assert (len(answer.records), answer.attempts, nameserver.transports) == (250, 1, ["udp", "tcp"])


@pytest.mark.parametrize("how", ["closed", "silent", "early end", "cut off", "other query"])
async def test_a_cut_off_reply_without_tcp_is_a_failure_never_nodata(
    how: str, serve: Any, resolver_of: Any, reply: Any
) -> None:
    def respond(query: dns.message.Message, transport: str) -> Any:
        if transport == "udp" or how == "cut off":
            return reply(query, flags=dns.flags.TC)
        other = reply(query, RECORD)
        other.id ^= 1
        return {"silent": None, "early end": [], "other query": other}[how]

    answer = await resolver_of(await serve(respond, tcp=how != "closed"), tries=1).ask(A)
    words = {
        "closed": "cut off over UDP; over TCP: no reply: Connection refused",
        "silent": "cut off over UDP; over TCP: no reply: connection closed early",
        "early end": "cut off over UDP; over TCP: no reply: connection closed early",
        "cut off": "cut off over TCP too",
        "other query": "cut off over UDP; over TCP: the reply belongs to another query",
    }
    assert answer.error == words[how]
    malformed = how in {"cut off", "other query"}
    assert answer.status is (DnsStatus.MALFORMED if malformed else DnsStatus.TIMEOUT)


@pytest.mark.parametrize("rcode", [dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS])
async def test_a_server_without_edns_is_asked_in_plain_dns(
    rcode: dns.rcode.Rcode, serve: Any, resolver_of: Any, reply: Any
) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        return reply(query, rcode=rcode) if query.edns >= 0 else reply(query, RECORD)

    nameserver = await serve(respond)
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, answer.attempts, len(nameserver.queries)) == (DnsStatus.ANSWERED, 1, 2)


async def test_a_formerr_to_plain_dns_too_is_a_failure(serve: Any, resolver_of: Any, reply: Any) -> None:
    answer = await resolver_of(await serve(lambda query, _: reply(query, rcode=dns.rcode.FORMERR))).ask(A)
    assert (answer.status, answer.error) == (DnsStatus.SERVFAIL, "FORMERR")


@pytest.mark.parametrize("failure", ["refused", "servfail", "silent", "dead"])
async def test_the_next_resolver_answers_for_one_that_fails(
    failure: str, serve: Any, resolver_of: Any, reply: Any
) -> None:
    rcodes = {"refused": dns.rcode.REFUSED, "servfail": dns.rcode.SERVFAIL}
    bad = await serve(
        lambda query, _: reply(query, rcode=rcodes[failure]) if failure in rcodes else None, dead=failure == "dead"
    )
    good = await serve(lambda query, _: reply(query, RECORD))
    answer = await resolver_of(bad, good, timeout=0.1).ask(A)
    assert (answer.status, answer.resolver, answer.attempts) == (DnsStatus.ANSWERED, str(good.server), 2)


async def test_of_many_failures_the_most_telling_is_reported(serve: Any, resolver_of: Any, reply: Any) -> None:
    silent = await serve(lambda *_: None)
    refused = await serve(lambda query, _: reply(query, rcode=dns.rcode.REFUSED))
    servfail = await serve(lambda query, _: reply(query, rcode=dns.rcode.SERVFAIL))
    answer = await resolver_of(silent, servfail, refused, timeout=0.1).ask(A)
    assert (answer.status, answer.resolver, answer.attempts) == (DnsStatus.SERVFAIL, str(servfail.server), 3)


async def test_a_referral_is_no_nodata(serve: Any, resolver_of: Any, reply: Any) -> None:
    answer = await resolver_of(await serve(lambda query, _: reply(query, authority=["test. 60 IN NS ns.test."]))).ask(A)
    assert (answer.status, answer.error) == (DnsStatus.SERVFAIL, "a referral: this server does not resolve for us")


@pytest.mark.parametrize("name", ["a" * 64 + ".test", ".".join(["a" * 63] * 4) + ".test", "a..test", "a\\.test\\"])
async def test_a_name_that_no_query_can_carry_is_malformed(name: str, serve: Any, resolver_of: Any) -> None:
    nameserver = await serve(lambda *_: None)
    answer = await resolver_of(nameserver).ask(Question(name, "A"))
    assert (answer.status, answer.question.name, nameserver.queries) == (DnsStatus.MALFORMED, name, [])
    assert answer.error.startswith("cannot be asked: ")


@pytest.mark.parametrize(("first", "status"), [(1, DnsStatus.ANSWERED), (0, DnsStatus.MALFORMED)])
async def test_so_many_records_are_read_by_hand_over_tcp_or_not_at_all(
    first: int, status: DnsStatus, serve: Any, resolver_of: Any, reply: Any
) -> None:
    """dnspython would take seconds for thousands of records that point to a name of 120 labels."""
    deep = b"\x01x" * 110 + b"\x00"
    owner, kind, ttl = b"\xc0\x0c", b"\x00\x0f\x00\x01", b"\x00\x00\x01\x2c"
    mx = b"".join(owner + kind + ttl + b"\x00\x04" + number.to_bytes(2) + b"\xc0\x26" for number in range(1, 1_001))
    records = owner + kind + ttl + (2 + len(deep)).to_bytes(2) + b"\x00\x00" + deep + mx
    odd = b"" if first else b"\xc0\x26\x00\x10\x00\x01" + ttl + b"\x00\x02\x01x"  # a reply that is not a plain one

    def respond(query: dns.message.Message, transport: str) -> Any:
        if transport == "udp":
            return reply(query, flags=dns.flags.TC)
        counts = (1).to_bytes(2) + (1_001 + bool(odd)).to_bytes(2) + bytes(4)
        return query.id.to_bytes(2) + b"\x84\x00" + counts + b"\x01a\x04test\x00" + kind + records + odd

    nameserver = await serve(respond)
    answer = await resolver_of(nameserver, tries=1).ask(Question("a.test", "MX"))
    assert answer.status is status
    assert nameserver.transports == ["udp", "tcp"]
    if not first:
        assert "more than 1,000 records" in answer.error
