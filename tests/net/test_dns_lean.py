"""The fast way of reading replies says what the plain way says, of whatever octets, or nothing."""

import string
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import Question
from auditor.net.dns_answer import Reading, read_reply
from auditor.net.dns_lean import read_lean
from auditor.net.dns_query import Query, make_query
from auditor.net.dns_wire import read_message

NUMBER = 4711
NAME = "mail.a.test"
SOA = "a.test. 600 IN SOA ns.a.test. root.a.test. 1 2 3 4 60"
RECORDS = {
    "A": ["192.0.2.1", "192.0.2.2"],
    "AAAA": ["2001:db8::1", "::ffff:192.0.2.1", "::192.0.2.1", "2001:db8:0:1:1:1:1:1"],
    "MX": ["10 MX1.a.test.", "0 .", "20 mx.b.test."],
    "NS": ["ns.a.test.", "ns.b.test."],
    "PTR": ["mail.a.test."],
    "TXT": ['"v=spf1 " "-all"', r'"\195\164"', '""'],
    "TLSA": ["3 1 1 " + "AB" * 32, "2 0 0 00"],
    "CAA": ['0 issue "ca.test"', '128 iodef "mailto:x@a.test"'],
    "SRV": ["0 1 993 IMAP.a.test.", "0 0 0 ."],
    "SOA": ["ns.a.test. root.a.test. 1 2 3 4 60"],
    "CNAME": ["b.test."],
}


def reply(
    query: Query, *answer: str, authority: str = "", additional: str = "", rcode: int = 0, flags: int = 0
) -> bytes:
    message = dns.message.make_response(query.message(NUMBER), recursion_available=True)
    message.set_rcode(dns.rcode.Rcode(rcode))
    message.flags |= flags
    for section, texts in (
        (message.answer, answer),
        (message.authority, [authority]),
        (message.additional, [additional]),
    ):
        for name, ttl, rdclass, rdtype, rdata in (text.split(" ", 4) for text in texts if text):
            section.append(dns.rrset.from_text(name, int(ttl), rdclass, rdtype, rdata))
    return message.to_wire(max_size=65535)


def plainly(query: Query, octets: bytes) -> Reading | None:
    message = read_message(query.message(NUMBER), octets)
    return read_reply(message, query.question) if isinstance(message, dns.message.Message) else None


def usual() -> list[Any]:
    """(query, reply) of each kind that servers send."""
    cases = []
    for rdtype, data in RECORDS.items():
        query = make_query(Question(NAME, rdtype))
        records = [f"{NAME}. {300 + place} IN {rdtype} {one}" for place, one in enumerate(data)]
        cases += [(query, reply(query, one, flags=dns.flags.AD)) for one in records]
        cases += [
            (query, reply(query, *records[:2], authority="a.test. 9 IN NS ns.c.test.", flags=dns.flags.AA)),
            (query, reply(query, records[0], additional="mx1.a.test. 300 IN A 192.0.2.7")),
            (query, reply(query, authority=SOA)),
            (query, reply(query, authority=SOA, rcode=3)),
            (query, reply(query, authority=". 5 IN SOA a.root. b.root. 1 2 3 4 60", rcode=3)),
            (query, reply(query)),
        ]
    return cases


USUAL = usual()
UNUSUAL = [
    {"rcode": 2},
    {"rcode": 5},
    {"flags": dns.flags.TC},
    {"authority": "b.test. 600 IN SOA ns.b.test. root.b.test. 1 2 3 4 60"},
    {"authority": "a.test. 600 IN NS ns.a.test."},
    {"answer": f"{NAME}. 300 IN CNAME b.test."},
    {"answer": "other.test. 300 IN A 192.0.2.1"},
    {"answer": f"{NAME}. 300 CH TXT x"},
    {"answer": f"{NAME}. 300 IN A 192.0.2.1", "rcode": 3},
]


@pytest.mark.parametrize(("query", "octets"), USUAL)
def test_a_usual_reply_is_read_the_same(query: Query, octets: bytes) -> None:
    lean = read_lean(query, octets)
    assert lean is not None
    assert lean == plainly(query, octets)


@pytest.mark.parametrize("parts", UNUSUAL, ids=str)
def test_an_unusual_reply_is_left_to_the_plain_way(parts: dict[str, Any]) -> None:
    query = make_query(Question(NAME, "A"))
    answer = [parts["answer"]] if "answer" in parts else []
    others = {key: value for key, value in parts.items() if key != "answer"}
    assert read_lean(query, reply(query, *answer, **others)) is None


@given(st.data())
def test_of_altered_octets_both_ways_say_the_same(data: st.DataObject) -> None:
    query, octets = data.draw(st.sampled_from(USUAL))
    altered = bytearray(octets)
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(2, len(octets) - 1), st.integers(0, 255)), max_size=4)
    ):
        altered[place] = value
    cut = data.draw(st.integers(0, len(octets)) | st.just(len(octets)))
    wire = bytes(altered[:cut]) + data.draw(st.binary(max_size=3) | st.just(b""))
    lean = read_lean(query, wire)
    assert lean is None or lean == plainly(query, wire)


@given(st.binary(max_size=120), st.sampled_from(list(RECORDS)), st.integers(0, 3), st.integers(0, 3))
def test_of_any_octets_after_the_question_both_ways_say_the_same(
    rest: bytes, rdtype: str, answers: int, authority: int
) -> None:
    query = make_query(Question(NAME, rdtype))
    counts = bytes([0x81, 0x80, 0, 1, 0, answers, 0, authority, 0, 0])
    wire = NUMBER.to_bytes(2) + counts + query.asked + rest
    lean = read_lean(query, wire)
    assert lean is None or lean == plainly(query, wire)


LABELS = st.text(string.ascii_letters + string.digits + "-_\\@é", min_size=1, max_size=70)


@given(st.lists(LABELS, min_size=1, max_size=5), st.sampled_from(list(RECORDS)), st.booleans(), st.booleans())
def test_queries_by_hand_are_those_of_dnspython(labels: list[str], rdtype: str, edns: bool, direct: bool) -> None:
    question = Question(".".join(labels), rdtype, "192.0.2.1" if direct else "")
    try:
        query = make_query(question, dns.flags.CD, edns=edns)
    except Exception as error:  # noqa: BLE001 - the same that dnspython makes of it
        with pytest.raises(type(error)):
            dns.message.make_query(question.name, rdtype)
        return
    assert NUMBER.to_bytes(2) + query.octets == query.message(NUMBER).to_wire()
