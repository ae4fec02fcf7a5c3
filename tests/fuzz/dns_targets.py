"""DNS replies: the fast way against the plain way, whatever the plain way says, TLSA put back, queries by hand."""

import struct

import dns.exception
import dns.flags
import dns.message

from auditor.model.dns import DnsStatus, Question
from auditor.net.dns_answer import MAX_ALIASES, Reading, joined, read_reply
from auditor.net.dns_lean import read_lean
from auditor.net.dns_query import Query, make_query
from auditor.net.dns_servers import Server
from auditor.net.dns_wire import Failure, read_message, read_reply_octets
from tests.fuzz.target import Pieces, Target

NUMBER = 4711
NAME = "mail.a.test"
TYPES = ("A", "AAAA", "MX", "TXT", "NS", "PTR", "CNAME", "SOA", "SRV", "CAA", "TLSA")
SERVER = Server("192.0.2.53")
_SERVERS = ("", "192.0.2.1")


def reply_in(pieces: Pieces) -> tuple[Query, bytes]:
    """A query, and octets that came: after the right id and question, or whatever they are."""
    kind = pieces.octet()
    query = make_query(Question(NAME, TYPES[kind % 16 % len(TYPES)], _SERVERS[kind >> 4 & 1]))
    if kind & 0x80:
        return query, pieces.rest()
    return query, NUMBER.to_bytes(2) + pieces.take(10) + query.asked + pieces.rest()


def plainly(query: Query, octets: bytes) -> Reading | None:
    message = read_message(query.message(NUMBER), octets)
    return read_reply(message, query.question) if isinstance(message, dns.message.Message) else None


def check_fast_path(octets: bytes) -> None:
    query, reply = reply_in(Pieces(octets))
    lean = read_lean(query, reply)
    if lean is not None:
        if reply[:2] != NUMBER.to_bytes(2):  # which is another's to look at
            reply = NUMBER.to_bytes(2) + reply[2:]
        assert lean == plainly(query, reply)


def check_plain_way(octets: bytes) -> None:
    query, reply = reply_in(Pieces(octets))
    read = read_reply_octets(SERVER, query, NUMBER, reply)
    if isinstance(read, dns.message.Message):
        read = read_reply(read, query.question)
    if isinstance(read, Failure):
        assert not read.status.known
        assert "\n" not in read.error
    elif read is not None:
        _assert_reading(read, query)


def _assert_reading(read: Reading, query: Query) -> None:
    answer = read.answer
    assert answer.question == query.question
    assert (answer.status is DnsStatus.ANSWERED) == bool(answer.records)
    assert answer.records == tuple(sorted(set(answer.records)))
    assert answer.status.known or answer.error
    assert len(answer.aliases) <= MAX_ALIASES + 1
    assert not read.unfinished or (answer.aliases and answer.status is DnsStatus.NODATA)
    assert not read.doubtful or answer.status is DnsStatus.SERVFAIL
    assert answer.ttl_seconds is None or 0 <= answer.ttl_seconds < 2**32
    further = joined(answer, answer)
    assert not further.status.known or len(further.aliases) <= MAX_ALIASES


_FIXED = struct.Struct("!HHHIH")  # a pointer to the name asked for, type, class, TTL, length of data


def check_tlsa(octets: bytes) -> None:
    """Whatever the data of TLSA records, each is told as it was sent."""
    pieces = Pieces(octets)
    sent: list[bytes] = []
    while pieces and len(sent) < 60:
        sent.append(pieces.take(pieces.octet() % 70))
    query = make_query(Question(NAME, "TLSA"))
    records = b"".join(_FIXED.pack(0xC00C, query.rdtype, 1, 300, len(data)) + data for data in sent)
    reply = struct.pack("!6H", NUMBER, 0x8180, 1, len(sent), 0, 0) + query.asked + records
    plain, lean = plainly(query, reply), read_lean(query, reply)
    assert plain is not None
    assert plain.answer.records == tuple(sorted(set(map(_presented, sent))))
    assert lean in {None, plain}


def _presented(data: bytes) -> str:
    if len(data) < 3:
        return f"\\# {len(data)} {data.hex()}".strip()
    return f"{data[0]} {data[1]} {data[2]} {data[3:].hex()}"


def check_query(octets: bytes) -> None:
    pieces = Pieces(octets)
    kind, edns, server = pieces.one_of(TYPES), bool(pieces.octet() & 1), pieces.one_of(_SERVERS)
    question = Question(pieces.rest().decode(errors="replace"), kind, server)
    try:
        query = make_query(question, dns.flags.CD, edns=edns)
    except (dns.exception.DNSException, ValueError):
        return
    wire = NUMBER.to_bytes(2) + query.octets
    assert wire == query.message(NUMBER).to_wire()
    asked = dns.message.from_wire(wire).question[0]
    assert (asked.name, asked.rdtype) == (query.message(NUMBER).question[0].name, query.rdtype)


_WORDS = (
    *(b"\xc0\x0c", b"\xc0\x11", b"\xc0\x13", b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xc0\x00\x02\x01"),
    *(b"\x00\x05\x00\x01", b"\x00\x06\x00\x01", b"\x00\x0f\x00\x01", b"\x00\x10\x00\x01", b"\x00\x34\x00\x01"),
    *(b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00", b"\x81\x80", b"\x85\x80", b"\x81\x82", b"\x81\x83", b"\x83\x80"),
    *(b"\x00\x00\x00\x3c", b"\x04mail\xc0\x11", b"\x02mx\xc0\x11", b"\x00\x0f\x00\x02\x00\x06", b"\xff\xff\xff\xff"),
)
_NAME_WORDS = (b"a.test", b".", b"..", b"\\.", b"\\046", b"_dmarc.", b"xn--", b"\xc3\xbc", b"a  ", b"@", b"*.")

TARGETS = (
    Target("dns-fast", check_fast_path, _WORDS, longest=1400, share=24),
    Target("dns-plain", check_plain_way, _WORDS, longest=4096, share=3, corpus="dns-fast"),
    Target("dns-tlsa", check_tlsa, (b"\x23\x03\x01\x01", b"\x00", b"\x02\x03\x01"), longest=1400, share=3),
    Target("dns-query", check_query, _NAME_WORDS, longest=400, share=3),
)
