"""Replies that no nameserver should send, as octets: what they are called in the lab's list of faults."""

from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

_HEADER = 12  # octets (RFC 1035 §4.1.1)


def _garbage(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - one form for all
    return octets[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + b"\xff" * 7


def _wrong_id(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - one form for all
    reply = dns.message.make_response(query)
    reply.id = query.id ^ 1
    return reply.to_wire()


def _wrong_question(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - one form for all
    other = dns.message.make_query("elsewhere.example", query.question[0].rdtype, id=query.id)
    return dns.message.make_response(other).to_wire()


def _five_octets(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - one form for all
    return octets[:2] + b"\x84\x00\x00"


def _pointer_loop(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - one form for all
    """The name of the question is a pointer to itself (§4.1.4)."""
    return octets[:2] + b"\x84\x00\x00\x01\x00\x00\x00\x00\x00\x00" + bytes((0xC0, _HEADER)) + b"\x00\x0f\x00\x01"


def _short_tlsa(query: dns.message.Message, octets: bytes) -> bytes:
    """A record for SHA-256 that has 20 octets of it, authenticated (RFC 6698 §2.1.3)."""
    question = (query.question[0].name.to_wire() or b"") + b"\x00\x34\x00\x01"
    record = b"\xc0\x0c\x00\x34\x00\x01\x00\x00\x01\x2c\x00\x17\x03\x01\x01" + bytes(20)
    return octets[:2] + b"\x85\xa0\x00\x01\x00\x01\x00\x00\x00\x00" + question + record


def _echo(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - what came, as it came
    return octets


def _foreign_answer(query: dns.message.Message, octets: bytes) -> bytes:  # noqa: ARG001 - one form for all
    """The right question, and an answer for another name (RFC 2181 §5.4.1)."""
    reply = dns.message.make_response(query, recursion_available=True)
    kind = dns.rdatatype.to_text(query.question[0].rdtype)
    if kind in _RECORDS:
        reply.answer.append(dns.rrset.from_text("elsewhere.example.", 300, "IN", kind, _RECORDS[kind]))
    return reply.to_wire()


def _missing_records(query: dns.message.Message, octets: bytes) -> bytes:
    """A header that counts 65,535 records, and none of them."""
    question = (query.question[0].name.to_wire() or b"") + query.question[0].rdtype.to_bytes(2, "big") + b"\x00\x01"
    return octets[:2] + b"\x84\x00\x00\x01\xff\xff\x00\x00\x00\x00" + question


def _short_record(query: dns.message.Message, octets: bytes) -> bytes:
    """A record whose data ends after one octet."""
    kind = query.question[0].rdtype.to_bytes(2, "big")
    question = (query.question[0].name.to_wire() or b"") + kind + b"\x00\x01"
    record = b"\xc0\x0c" + kind + b"\x00\x01\x00\x00\x01\x2c\x00\x01\x00"
    return octets[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + question + record


def _format_error(query: dns.message.Message, octets: bytes) -> bytes:
    """That the query is not understood, whatever it is (§4.1.1)."""
    question = (query.question[0].name.to_wire() or b"") + query.question[0].rdtype.to_bytes(2, "big") + b"\x00\x01"
    return octets[:2] + b"\x84\x01\x00\x01\x00\x00\x00\x00\x00\x00" + question


_RECORDS = {"MX": "10 mx.elsewhere.example.", "A": "203.0.113.254", "AAAA": "2001:db8::bad", "TXT": '"v=spf1 +all"'}

BROKEN: dict[str, Callable[[dns.message.Message, bytes], bytes]] = {
    "garbage": _garbage,
    "wrong-id": _wrong_id,
    "wrong-question": _wrong_question,
    "five-octets": _five_octets,
    "pointer-loop": _pointer_loop,
    "short-tlsa": _short_tlsa,
    "echo": _echo,
    "foreign-answer": _foreign_answer,
    "missing-records": _missing_records,
    "short-record": _short_record,
    "format-error": _format_error,
}
"""By fault, what is replied to a query."""


def refuses_edns(query: dns.message.Message) -> bytes:
    """What a server replies that does not know EDNS (RFC 6891 §7)."""
    reply = dns.message.make_response(query)
    reply.use_edns(False)
    reply.set_rcode(dns.rcode.FORMERR)
    return reply.to_wire()


def truncated(query: dns.message.Message) -> bytes:
    """That the reply was cut off."""
    reply = dns.message.make_response(query, recursion_available=True)
    reply.flags |= dns.flags.TC
    return reply.to_wire()
