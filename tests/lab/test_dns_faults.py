"""Replies of the lab's nameserver that no nameserver should send are wrong in the way they are called."""

import dns.exception
import dns.message
import dns.name
import dns.rcode
import pytest

from auditor.lab.dns_faults import BROKEN

QUERY = dns.message.make_query("a.example", "MX", use_edns=0)
OCTETS = QUERY.to_wire()


def replied(fault: str) -> bytes:
    return BROKEN[fault](QUERY, OCTETS)


@pytest.mark.parametrize("fault", ["garbage", "five-octets", "pointer-loop", "short-record", "missing-records"])
def test_a_broken_reply_has_the_right_id_and_cannot_be_read(fault: str) -> None:
    assert replied(fault)[:2] == OCTETS[:2]
    with pytest.raises(dns.exception.DNSException):
        dns.message.from_wire(replied(fault))


def test_an_echo_is_no_reply() -> None:
    assert replied("echo") == OCTETS
    assert not QUERY.is_response(dns.message.from_wire(replied("echo")))


@pytest.mark.parametrize("fault", ["wrong-id", "wrong-question"])
def test_a_reply_to_somebody_else_is_none_to_this_query(fault: str) -> None:
    assert not QUERY.is_response(dns.message.from_wire(replied(fault)))


def test_a_foreign_answer_answers_this_query_with_records_of_another_name() -> None:
    message = dns.message.from_wire(replied("foreign-answer"))
    assert QUERY.is_response(message)
    assert [one.name for one in message.answer] == [dns.name.from_text("elsewhere.example")]


def test_a_type_without_a_foreign_record_gets_an_empty_answer() -> None:
    query = dns.message.make_query("a.example", "CAA")
    assert dns.message.from_wire(BROKEN["foreign-answer"](query, query.to_wire())).answer == []


def test_a_format_error_says_so_of_this_query() -> None:
    message = dns.message.from_wire(replied("format-error"))
    assert QUERY.is_response(message)
    assert message.rcode() == dns.rcode.FORMERR
