"""The names of addresses, from answers in a dictionary."""

import pytest

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.reverse import ReverseNames
from auditor.policy.drive import replay
from auditor.policy.reverse import MAX_NAMES, look_up_reverse

V4, V4_PTR = "192.0.2.1", Question("1.2.0.192.in-addr.arpa", "PTR")
V6 = "2001:db8::1"
V6_PTR = Question("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR")


def answered(question: Question, *records: str) -> Answer:
    return Answer(question=question, status=DnsStatus.ANSWERED, records=records)


def failed(question: Question, status: DnsStatus) -> Answer:
    return Answer(question=question, status=status)


def names_of(address: str, *answers: Answer) -> ReverseNames:
    found = replay(look_up_reverse((address, address)), {one.question: one for one in answers}.get)
    assert found is not None
    return found[address]


def test_a_name_that_leads_back_is_confirmed() -> None:
    forward = answered(Question("mx.example", "A"), "192.0.2.9", V4)
    names = names_of(V4, answered(V4_PTR, "mx.example"), forward)
    assert (names.names, names.confirmed, names.is_confirmed) == (("mx.example",), ("mx.example",), True)


def test_of_an_ipv6_address_the_quad_a_records_are_asked_for_in_whatever_form() -> None:
    forward = answered(Question("mx.example", "AAAA"), "2001:0db8:0::1")
    assert names_of(V6, answered(V6_PTR, "mx.example"), forward).is_confirmed is True


def test_one_of_several_names_is_enough() -> None:
    there = answered(Question("b.example", "A"), V4)
    gone = failed(Question("a.example", "A"), DnsStatus.NXDOMAIN)
    lost = failed(Question("c.example", "A"), DnsStatus.TIMEOUT)
    names = names_of(V4, answered(V4_PTR, "a.example", "b.example", "c.example"), there, gone, lost)
    assert names.confirmed == ("b.example",)
    assert names.is_confirmed is True
    assert names.unknown == "c.example A: timeout"


@pytest.mark.parametrize("status", [DnsStatus.NODATA, DnsStatus.NXDOMAIN])
def test_an_address_without_a_name_is_not_confirmed(status: DnsStatus) -> None:
    names = names_of(V4, failed(V4_PTR, status))
    assert (names.names, names.unknown, names.is_confirmed) == ((), "", False)


def test_a_lookup_that_failed_leaves_it_open() -> None:
    assert names_of(V4, failed(V4_PTR, DnsStatus.SERVFAIL)).is_confirmed is None
    back = failed(Question("mx.example", "A"), DnsStatus.TIMEOUT)
    assert names_of(V4, answered(V4_PTR, "mx.example"), back).is_confirmed is None


def test_another_address_does_not_confirm() -> None:
    elsewhere = answered(Question("mx.example", "A"), "192.0.2.2")
    assert names_of(V4, answered(V4_PTR, "mx.example"), elsewhere).is_confirmed is False


def test_no_more_names_are_followed_than_a_receiver_would() -> None:
    many = [f"m{number:02}.example" for number in range(50)]
    asked = [failed(Question(name, "A"), DnsStatus.NXDOMAIN) for name in many[:MAX_NAMES]]
    assert len(names_of(V4, answered(V4_PTR, *many), *asked).names) == MAX_NAMES
