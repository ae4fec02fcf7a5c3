"""CAA records: found at the domain or above it, and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import DnsStatus
from auditor.model.published import CaaSet
from auditor.policy.caa import look_up_caa
from tests.policy.zone import Content, Zone


def found(*records: str) -> CaaSet:
    return Zone({"example.com": records}).run(look_up_caa("example.com"))


ISSUERS = {
    # RFC 8659 §4.2 and §4.3
    ('0 issue "ca1.example.net"', '0 issue "ca2.example.org"'): (("ca1.example.net", "ca2.example.org"), ()),
    ('0 issue ";"',): ((";",), ()),
    ('0 issue ""',): ((";",), ()),
    ('0 issue ";"', '0 issue "ca1.example.net"'): (("ca1.example.net",), ()),
    ('0 issue "ca1.example.net; account=230123"',): (("ca1.example.net",), ()),
    ('0 issue "ca1.example.net"', '0 issuewild ";"'): (("ca1.example.net",), (";",)),
    ('0 issuewild "ca1.example.org"',): ((), ("ca1.example.org",)),
    # RFC 8657 §3 and §4
    ('0 issue "example.net; accounturi=https://example.net/account/1234; validationmethods=dns-01,http-01"',): (
        ("example.net",),
        (),
    ),
    ('128 ISSUE " CA.Example ;a=;"',): (("ca.example",), ()),
    ('0 issue "ca.example"', '0 issue "CA.EXAMPLE; a = b"'): (("ca.example",), ()),
    ('0 issue "ca\\046example"',): (("ca.example",), ()),
    ("0 issue ca.example",): (("ca.example",), ()),
    ('0 iodef "mailto:security@example.com"', '0 iodef "https://iodef.example.com/"'): ((), ()),
    ('0 issuemail "ca.example"', '0 contactemail "a@example.com"', '0 tbs "unknown"', '1 tbs "not critical"'): ((), ()),
}


@pytest.mark.parametrize("records", ISSUERS)
def test_issuers(records: tuple[str, ...]) -> None:
    issue, issue_wild = ISSUERS[records]
    assert found(*records) == CaaSet(name="example.com", found_at="example.com", issue=issue, issue_wild=issue_wild)


FAULTS = {
    '128 tbs "unknown"': "tbs: unknown and marked critical, so that no authority issues anything (RFC 8659 §4.5)",
    '255 tbs "unknown"': "tbs: unknown and marked critical, so that no authority issues anything (RFC 8659 §4.5)",
    '0 issue "ca example"': "issue: 'ca example' names no issuer, and counts as nobody (RFC 8659 §4.2)",
    '0 issue "%%%%%"': "issue: '%%%%%' names no issuer, and counts as nobody (RFC 8659 §4.2)",
    '0 issue "-ca.example"': "issue: '-ca.example' names no issuer, and counts as nobody (RFC 8659 §4.2)",
    '0 issue "ca.example; policy"': "issue: 'ca.example; policy' names no issuer, and counts as nobody (RFC 8659 §4.2)",
    '0 issue "ca.example;;a=b"': "issue: 'ca.example;;a=b' names no issuer, and counts as nobody (RFC 8659 §4.2)",
    '0 issuewild "https://ca.example"': (
        "issuewild: 'https://ca.example' names no issuer, and counts as nobody (RFC 8659 §4.2)"
    ),
    '0 issuemail "\\"ca.example\\""': (
        "issuemail: '\"ca.example\"' names no issuer, and counts as nobody (RFC 8659 §4.2)"
    ),
    '0 issue "ca.example; accounturi=a:1; AccountURI =a:2"': (
        "issue: 'ca.example; accounturi=a:1; AccountURI =a:2' "
        "names several accounts, and counts as nobody (RFC 8657 §3)"
    ),
    '0 iodef "security@example.com"': ("iodef: 'security@example.com' is no mailto, http or https URL (RFC 8659 §4.4)"),
    "\\# 3 000102": "'\\\\# 3 000102' is no CAA record",
}


@pytest.mark.parametrize("record", FAULTS)
def test_faults(record: str) -> None:
    assert found(record).faults == (FAULTS[record],)


def test_an_issuer_that_cannot_be_read_is_nobody_beside_whom_others_may_issue() -> None:
    assert found('0 issue "ca example"').issue == (";",)
    assert found('0 issue "ca.example; accounturi=a:1; accounturi=a:2;"').issue == (";",)
    assert found('0 issue "ca example"', '0 issue "ca.example"').issue == ("ca.example",)


CLIMBING: dict[str, tuple[dict[str, Content], str, str]] = {
    "its own": ({"a.b.example.com": ('0 issue ";"',), "example.com": ('0 issue "x"',)}, "a.b.example.com", ""),
    "the closest parent's": ({"b.example.com": ('0 issue ";"',), "com": ('0 issue "x"',)}, "b.example.com", ""),
    "the top level's": ({"com": ('0 issue "x"',)}, "com", ""),
    "none": ({}, "", ""),
    "at an alias": ({"a.b.example.com": "->x.example.net", "x.example.net": ('0 issue "x"',)}, "a.b.example.com", ""),
    "above an alias": (
        {"a.b.example.com": "->x.example.net", "example.net": ('0 issue "n"',), "example.com": ('0 issue "c"',)},
        "example.com",
        "",
    ),
    "a failure before": (
        {"b.example.com": DnsStatus.SERVFAIL, "example.com": ('0 issue "x"',)},
        "",
        "b.example.com CAA: servfail",
    ),
    "a failure behind": ({"example.com": ('0 issue "x"',), "com": DnsStatus.TIMEOUT}, "example.com", ""),
    "a failure and nothing": ({"com": DnsStatus.TIMEOUT}, "", "com CAA: timeout"),
}


@pytest.mark.parametrize("case", CLIMBING)
def test_climbing(case: str) -> None:
    names, found_at, unknown = CLIMBING[case]
    zone = Zone(names, otherwise=DnsStatus.NODATA)
    records = zone.run(look_up_caa("a.b.example.com"))
    assert (records.name, records.found_at, records.unknown) == ("a.b.example.com", found_at, unknown)
    assert zone.asked == ["a.b.example.com", "b.example.com", "example.com", "com"]


octets = st.text(st.characters(max_codepoint=255))
values = octets.map('0 issue "{}"'.format) | octets.map("128 iodef {}".format)


@given(st.lists(octets | values, min_size=1))
def test_any_records_are_read(records: list[str]) -> None:
    assert found(*records).found_at == "example.com"


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
issuers = st.lists(labels, min_size=1, max_size=4).map(".".join)
parameters = st.lists(st.tuples(labels, st.from_regex(r"[!-:<-~]{0,6}", fullmatch=True)), max_size=3)


@given(issuers, parameters, st.sampled_from(["", " ", "\t "]))
def test_an_issuer_written_by_the_grammar_is_read_back(issuer: str, named: list[tuple[str, str]], blank: str) -> None:
    value = f"{blank};{blank}".join([issuer, *(f"{name}{blank}={blank}{text}" for name, text in named)])
    written = value.replace("\\", "\\\\").replace('"', '\\"')
    records = found(f'0 issue "{blank}{written}{blank}"')
    assert (records.issue, records.faults) == ((issuer,), ())
