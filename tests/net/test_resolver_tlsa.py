"""TLSA records that dnspython refuses: answers all the same, as their zone has them."""

import struct
from collections.abc import Callable, Sequence
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dns_answer import read_reply
from auditor.net.dns_wire import Failure, read_message

NAME = "_25._tcp.mx.test"
ASKED = Question(NAME, "TLSA")
QUERY = dns.message.make_query(NAME, "TLSA")
TLSA, CNAME, MX = 52, 5, 15
GOOD = b"\x03\x01\x01" + b"\xab" * 32
SHORT = b"\x03\x01\x01" + b"\xcd" * 20
QUESTION_OCTETS = len(f".{NAME}.") + 4
OWNER, TARGET = b"\xc0\x0c", b"\x04dane\x04test\x00"  # a pointer to the question, and a name written out

Record = tuple[bytes, int, bytes]


def wire(records: Sequence[Record], query: dns.message.Message = QUERY, flags: int = 0) -> bytes:
    """A reply in octets, since dnspython does not make such ones: the query's question, and these as its answers."""
    header = struct.pack("!HHHHHH", query.id, dns.flags.QR | dns.flags.RA | flags, 1, len(records), 0, 0)
    question = query.to_wire()[12 : 12 + QUESTION_OCTETS]
    answers = (owner + struct.pack("!HHIH", kind, 1, 300, len(data)) + data for owner, kind, data in records)
    return header + question + b"".join(answers)


def answer(*records: Record, flags: int = 0) -> Answer:
    message = read_message(QUERY, wire(records, flags=flags))
    assert isinstance(message, dns.message.Message)
    return read_reply(message, ASKED).answer


PRESENTED = [
    ([SHORT], ["3 1 1 " + "cd" * 20]),
    ([GOOD, SHORT], ["3 1 1 " + "ab" * 32, "3 1 1 " + "cd" * 20]),
    ([SHORT, GOOD, SHORT], ["3 1 1 " + "ab" * 32, "3 1 1 " + "cd" * 20]),
    ([b"\x03\x01\x02" + b"\xee" * 32], ["3 1 2 " + "ee" * 32]),
    ([b"\x03\x01\x01"], ["3 1 1 "]),
    ([b"\x03\x01"], [r"\# 2 0301"]),
    ([b""], [r"\# 0"]),
    ([b"\xff\xff\xff\x01"], ["255 255 255 01"]),
]


@pytest.mark.parametrize(("data", "presented"), PRESENTED)
def test_records_whatever_their_length_are_answers(data: list[bytes], presented: list[str]) -> None:
    found = answer(*((OWNER, TLSA, one) for one in data), flags=dns.flags.AD)
    assert (found.status, list(found.records)) == (DnsStatus.ANSWERED, presented)
    assert (found.ttl_seconds, found.authenticated, found.canonical_name) == (300, True, NAME)


def test_they_are_found_at_the_end_of_an_alias() -> None:
    found = answer((OWNER, CNAME, TARGET), (TARGET, TLSA, SHORT))
    assert (found.status, found.aliases, found.records) == (DnsStatus.ANSWERED, ("dane.test",), ("3 1 1 " + "cd" * 20,))


def test_what_else_is_broken_still_makes_a_reply_malformed() -> None:
    for record in ((OWNER, MX, b"\x00"), (TARGET, 1, b"\x7f\x00\x00")):
        read = read_message(QUERY, wire([record, (OWNER, TLSA, SHORT)]))
        assert isinstance(read, Failure)
        assert read.status is DnsStatus.MALFORMED


@pytest.mark.parametrize("length", range(3, len(wire([(OWNER, TLSA, SHORT)]))))
def test_a_reply_that_breaks_off_is_never_an_answer(length: int) -> None:
    assert isinstance(read_message(QUERY, wire([(OWNER, TLSA, SHORT)])[:length]), Failure)


@given(st.lists(st.tuples(st.sampled_from([TLSA, CNAME, MX, 1]), st.binary(max_size=40)), max_size=5))
def test_no_data_raise(records: list[tuple[int, bytes]]) -> None:
    read = read_message(QUERY, wire([(OWNER, kind, data) for kind, data in records]))
    if isinstance(read, dns.message.Message):
        found = read_reply(read, ASKED).answer
        assert len(found.records) == len({data for kind, data in records if kind == TLSA}) or not found.records


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_the_resolver_hands_them_on(transport: str, serve: Callable[..., Any], resolver_of: Any) -> None:
    def respond(query: dns.message.Message, over: str) -> bytes:
        if over != transport:
            return wire([], query, flags=dns.flags.TC)
        return wire([(OWNER, TLSA, SHORT)], query)

    found = await resolver_of(await serve(respond)).ask(ASKED)
    assert (found.status, found.records, found.attempts) == (DnsStatus.ANSWERED, ("3 1 1 " + "cd" * 20,), 1)
