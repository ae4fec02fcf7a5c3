"""Reading messages: records as text, and octets from anyone."""

from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import DnsStatus, Question
from auditor.net.dns_answer import read_reply
from auditor.net.dns_wire import Failure, read_message

RENDERED = [
    ("MX", "10 Mail.Example.COM.", "10 mail.example.com"),
    ("MX", "0 .", "0 ."),
    ("MX", r"5 a\032b\.c.Test.", r"5 a\032b\.c.test"),
    ("NS", "NS1.Test.", "ns1.test"),
    ("PTR", "Mail.Test.", "mail.test"),
    ("SRV", "0 1 993 IMAP.Test.", "0 1 993 imap.test"),
    ("SRV", "0 0 0 .", "0 0 0 ."),
    ("SOA", "NS.Test. Root.Test. 1 2 3 4 5", "ns.test root.test 1 2 3 4 5"),
    ("TXT", '"v=spf1 " "-all"', "v=spf1 -all"),
    ("TXT", r'"\195\164\000\"" ""', 'Ã¤\x00"'),
    ("AAAA", "2606:4700:0:0:0:0:0:1111", "2606:4700::1111"),
    ("TLSA", "3 1 1 " + "AB" * 32, "3 1 1 " + "ab" * 32),
    ("CAA", '0 issue "ca.test"', '0 issue "ca.test"'),
]


@pytest.mark.parametrize(("rdtype", "text", "rendered"), RENDERED)
def test_records_are_rendered_with_plain_lower_case_names(rdtype: str, text: str, rendered: str, reply: Any) -> None:
    query = dns.message.make_query("a.test", rdtype)
    answer = read_reply(reply(query, f"A.Test. 300 IN {rdtype} {text}"), Question("a.test", rdtype)).answer
    assert answer.records == (rendered,)


def test_records_are_sorted_and_their_order_does_not_matter(reply: Any) -> None:
    query = dns.message.make_query("a.test", "A")
    records = [f"a.test. 300 IN A 192.0.2.{number}" for number in (3, 1, 2)]
    answer = read_reply(reply(query, *records), Question("a.test", "A")).answer
    assert answer.records == ("192.0.2.1", "192.0.2.2", "192.0.2.3")


def test_records_under_nxdomain_are_malformed(reply: Any) -> None:
    query = dns.message.make_query("a.test", "A")
    message = reply(query, "a.test. 300 IN A 192.0.2.1", rcode=dns.rcode.NXDOMAIN)
    assert read_reply(message, Question("a.test", "A")).answer.status is DnsStatus.MALFORMED


def test_the_soa_of_another_zone_says_nothing_of_the_end_of_the_aliases(reply: Any) -> None:
    query = dns.message.make_query("a.test", "A")
    soa = "test. 600 IN SOA ns.test. root.test. 1 2 3 4 60"
    reading = read_reply(reply(query, "a.test. 1 IN CNAME b.example.", authority=[soa]), Question("a.test", "A"))
    assert reading.unfinished


QUERY = dns.message.make_query("a.test", "A", use_edns=0)
REPLY = dns.message.make_response(QUERY)
REPLY.answer.append(dns.rrset.from_text("a.test.", 300, "IN", "CNAME", "b.test."))
REPLY.answer.append(dns.rrset.from_text("b.test.", 300, "IN", "A", "192.0.2.1"))
OCTETS = REPLY.to_wire()


@given(st.binary(max_size=200))
def test_no_octets_from_elsewhere_are_a_reply(octets: bytes) -> None:
    other = bytes([octets[0] ^ 1]) + octets[1:] if octets[:2] == QUERY.id.to_bytes(2) else octets
    assert read_message(QUERY, other) is None


@given(st.binary(max_size=200))
def test_octets_with_the_right_id_never_raise(octets: bytes) -> None:
    read = read_message(QUERY, QUERY.id.to_bytes(2) + octets)
    assert read is None or isinstance(read, Failure | dns.message.Message)


@given(st.lists(st.tuples(st.integers(2, len(OCTETS) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_reply_with_altered_octets_never_raises(changes: list[tuple[int, int]]) -> None:
    octets = bytearray(OCTETS)
    for place, value in changes:
        octets[place] = value
    read = read_message(QUERY, bytes(octets))
    if isinstance(read, dns.message.Message):
        assert read_reply(read, Question("a.test", "A")).answer.question == Question("a.test", "A")


@pytest.mark.parametrize("length", range(len(OCTETS)))
def test_a_reply_that_breaks_off_anywhere_is_never_an_answer(length: int) -> None:
    read = read_message(QUERY, OCTETS[:length])
    assert read is None if length < 2 else isinstance(read, Failure)


@pytest.mark.parametrize("pointer", [b"\xc0\x0c", b"\xc0\x22", b"\xff\xff", b"\x80\x00"])
def test_compression_pointers_that_lead_nowhere_are_malformed(pointer: bytes) -> None:
    header = QUERY.id.to_bytes(2) + dns.flags.QR.to_bytes(2) + bytes([0, 1, 0, 1, 0, 0, 0, 0])
    read = read_message(QUERY, header + pointer + b"\x00\x01\x00\x01")
    assert isinstance(read, Failure)
    assert read.status is DnsStatus.MALFORMED
