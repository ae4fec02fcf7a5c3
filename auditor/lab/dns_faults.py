"""Replies that no nameserver should send, as octets: what they are called in the lab's list of faults."""

from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode

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


BROKEN: dict[str, Callable[[dns.message.Message, bytes], bytes]] = {
    "garbage": _garbage,
    "wrong-id": _wrong_id,
    "wrong-question": _wrong_question,
    "five-octets": _five_octets,
    "pointer-loop": _pointer_loop,
    "short-tlsa": _short_tlsa,
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
