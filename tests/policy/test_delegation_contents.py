"""What a zone's nameservers say one by one, and whether that is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.delegation import DelegationVerdict
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.delegation import audit_delegation
from auditor.policy.drive import replay
from tests.policy.nameservers import (
    FIRST,
    GOOD,
    NAMES,
    PARENTS,
    POLICY,
    ROOMY,
    SECOND,
    SECOND6,
    SOA,
    Said,
    seen,
    serving,
    soa,
    without_authority,
)

DIFFERENT: dict[str, tuple[dict[str, Said | Answer], str, str, tuple[str, ...]]] = {
    "another exchange": ({"mx": ("20 mx.example.com",)}, "example.com", "MX", ("20 mx.example.com",)),
    "no exchange": ({"mx": DnsStatus.NODATA}, "example.com", "MX", ()),
    "more text": ({"txt": ("v=spf1 -all",)}, "example.com", "TXT", ("v=spf1 -all",)),
    "no policy": ({"dmarc": DnsStatus.NXDOMAIN}, "_dmarc.example.com", "TXT", ()),
    "another nameserver": ({"ns": ("ns1.example.com",)}, "example.com", "NS", ("ns1.example.com",)),
    "an alias": (
        {
            "dmarc": Answer(
                question=Question("", ""), status=DnsStatus.NODATA, aliases=("d.example.org",), authoritative=True
            )
        },
        "_dmarc.example.com",
        "TXT",
        ("CNAME d.example.org",),
    ),
}


@pytest.mark.parametrize("how", DIFFERENT)
def test_nameservers_that_say_different_things(how: str) -> None:
    changes, name, kind, records = DIFFERENT[how]
    found = seen(GOOD, serving(FIRST, **changes))
    (difference,) = found.differences
    assert (difference.name, difference.type) == (name, kind)
    most, odd = difference.variants
    assert most.nameservers == (("ns2.example.net", SECOND), ("ns2.example.net", SECOND6))
    assert (odd.records, odd.nameservers) == (records, (("ns1.example.com", FIRST),))
    assert found.verdict is DelegationVerdict.DIFFERS


def test_ttl_and_how_nothing_is_put_are_no_difference() -> None:
    long = Answer(
        question=Question("", ""),
        status=DnsStatus.ANSWERED,
        records=("10 mx.example.com",),
        ttl_seconds=99,
        authoritative=True,
    )
    nothing = [serving(server, mx=long, dmarc=DnsStatus.NODATA) for server in (FIRST, SECOND)]
    found = seen(GOOD, *nothing, serving(SECOND6, dmarc=DnsStatus.NXDOMAIN))
    assert found.differences == ()
    assert found.verdict is DelegationVerdict.CONSISTENT


@pytest.mark.parametrize(
    "said", [DnsStatus.TIMEOUT, DnsStatus.SERVFAIL, DnsStatus.MALFORMED, without_authority("99 other")]
)
def test_what_a_nameserver_does_not_say_with_authority_is_no_difference(said: Said | Answer) -> None:
    found = seen(GOOD, serving(FIRST, mx=said))
    assert found.differences == ()
    assert [reason.partition(": ")[0] for reason in found.unknown] == [f"ns1.example.com ({FIRST}) example.com MX"]
    assert found.verdict is DelegationVerdict.UNKNOWN


def test_serials_are_told_apart_and_are_no_difference() -> None:
    found = seen(GOOD, serving(FIRST, soa=soa(4_294_967_295)))
    assert found.serials == (7, 4_294_967_295)
    assert (found.differences, found.verdict) == ((), DelegationVerdict.CONSISTENT)


@pytest.mark.parametrize("text", ["", "a b c d e f g", "a b ² 1 1 1 1", "a b"])
def test_a_serial_that_is_none_is_not_read(text: str) -> None:
    assert seen(GOOD, serving(FIRST, soa=(text,))).nameservers[0].addresses[0].serial is None


TEXTS = st.text(max_size=8) | st.sampled_from((*NAMES, ".", "ns", SOA.format(8), "10 mx.example.com", "\x00\xff"))
ADDRESSES = st.sampled_from((FIRST, SECOND, SECOND6, PARENTS))


@st.composite
def anything(draw: st.DrawFn, question: Question) -> Answer:
    texts = ADDRESSES if question.type in {"A", "AAAA"} else TEXTS
    status = draw(st.sampled_from(DnsStatus))
    records = draw(st.lists(texts, min_size=1, max_size=3, unique=True)) if status is DnsStatus.ANSWERED else []
    return Answer(
        question=question,
        status=status,
        records=tuple(sorted(records)),
        aliases=draw(st.sampled_from(((), ("alias.example",)))),
        authoritative=draw(st.booleans()),
    )


@ROOMY
@given(st.data())
def test_whatever_is_answered_it_ends_and_claims_nothing_unknown(data: st.DataObject) -> None:
    def answer(question: Question) -> Answer:
        return data.draw(anything(question))

    found = replay(audit_delegation("mail.example.com", POLICY), answer)
    assert found is not None
    assert all(len(difference.variants) > 1 for difference in found.differences)
    if found.verdict is DelegationVerdict.CONSISTENT:
        assert found.child_set
        assert not found.unknown
    if not found.child_set:
        assert found.verdict is not DelegationVerdict.CONSISTENT


@ROOMY
@given(st.lists(st.sampled_from(("1 a", "2 b")), min_size=3, max_size=3))
def test_variants_are_what_was_said_by_whom(said: list[str]) -> None:
    servers = (FIRST, SECOND, SECOND6)
    found = seen(GOOD, *(serving(one, mx=(text,)) for one, text in zip(servers, said, strict=True)))
    by_value = {value: said.count(value) for value in said}
    if len(by_value) == 1:
        assert found.differences == ()
    else:
        (difference,) = found.differences
        assert {one.records[0]: len(one.nameservers) for one in difference.variants} == by_value
