"""BIMI records: found at the domain or above it, and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import DnsStatus
from auditor.model.published import BimiRecord, RecordStatus
from auditor.policy.bimi import look_up_bimi
from tests.policy.zone import Content, Zone

OWN, ABOVE = "default._bimi.news.example.com", "default._bimi.example.com"
GOOD = "v=BIMI1; l=https://example.com/logo.svg"
LOCATION = "https://example.com/logo.svg"


def record_of(*texts: str) -> BimiRecord:
    return Zone({ABOVE: texts}).run(look_up_bimi("example.com"))


VALID = {
    GOOD: (LOCATION, ""),
    "v=BIMI1; a=https://example.com/logo.pem; l=https://example.com/logo.svg;": (
        LOCATION,
        "https://example.com/logo.pem",
    ),
    "v = BIMI1;l=https://example.com/LOGO.SVGZ?v=2%2C5#x": (
        "https://example.com/LOGO.SVGZ?v=2%2C5#x",
        "",
    ),
    "v=BIMI1; l=https://cdn.example.com:8443/logo": ("https://cdn.example.com:8443/logo", ""),
    "v=BIMI1; l=https://example.com/v1.5/logo!(1).svg": ("https://example.com/v1.5/logo!(1).svg", ""),
    "v=BIMI1; l=; a=;": ("", ""),  # a declination (§4.3.1)
    "v=BIMI1; l=; a=; lps=true;": ("", ""),
    "v=BIMI1; l=https://example.com/logo.svg; avp=personal; later=x": (LOCATION, ""),
}


@pytest.mark.parametrize("text", VALID)
def test_valid_record(text: str) -> None:
    location, authority = VALID[text]
    assert record_of(text) == BimiRecord(
        status=RecordStatus.VALID, found_at="example.com", text=text, location=location, authority=authority
    )


FAULTS = {
    "v=BIMI1": "l is missing",
    "v=BIMI1; a=https://example.com/logo.pem": "l is missing",
    "v=BIMI1; L=https://example.com/logo.svg": "l is missing",
    "v=BIMI1; l=http://example.com/logo.svg": "l: 'http://example.com/logo.svg' is no https URI",
    "v=BIMI1; l=https://localhost/logo.svg": "l: 'https://localhost/logo.svg' is no https URI",
    "v=BIMI1; l=https://example.com/a,b.svg": "l: 'https://example.com/a,b.svg' is no https URI",
    "v=BIMI1; l=https://example.com/a b.svg": "l: 'https://example.com/a b.svg' is no https URI",
    "v=BIMI1; l=https://example.com/logo.PNG": "l: '.PNG' is no picture that is shown, only SVG is",
    "v=BIMI1; l=https://example.com/logo.jpeg?x=.svg": "l: '.jpeg' is no picture that is shown, only SVG is",
    "v=BIMI1; l=; a=logo.pem": "a: 'logo.pem' is no https URI",
    "v=BIMI1; l=; l=": "tag l more than once",
    "v=BIMI1; l=;; a=": "nothing between two semicolons",
    "v=BIMI2; l=": "it does not begin with v=BIMI1 to the letter",
    "v=bimi1; l=": "it does not begin with v=BIMI1 to the letter",
}


@pytest.mark.parametrize("text", FAULTS)
def test_invalid_record_says_why(text: str) -> None:
    record = record_of(text)
    assert (record.status, record.found_at, record.text) == (RecordStatus.INVALID, "example.com", text)
    assert record.faults == (FAULTS[text],)


@pytest.mark.parametrize("texts", [(), ("v=spf1 -all",), ("l=; v=BIMI1",)])
def test_no_record(texts: tuple[str, ...]) -> None:
    assert record_of(*texts) == BimiRecord(status=RecordStatus.NONE)


def test_of_several_records_none_counts_but_others_are_discarded_first() -> None:
    several = record_of(GOOD, "v=BIMI1; l=")
    assert (several.status, several.faults) == (RecordStatus.INVALID, ("2 records, of which none counts",))
    assert several.text == f"{GOOD}|v=BIMI1; l="
    assert record_of("v=spf1 -all", GOOD, "v=BIMI2; l=").text == GOOD


DECLINED = "v=BIMI1; l=; a="
DISCOVERY: dict[str, tuple[Content, Content, RecordStatus, str]] = {
    "its own before that above": ((DECLINED,), (GOOD,), RecordStatus.VALID, "news.example.com"),
    "that above where there is none": (DnsStatus.NXDOMAIN, (GOOD,), RecordStatus.VALID, "example.com"),
    "that above where others are discarded": (("v=bimi1; l=",), (GOOD,), RecordStatus.VALID, "example.com"),
    "what is meant, where none is above": (("v=bimi1; l=",), (), RecordStatus.INVALID, "news.example.com"),
    "several of its own end the search": ((GOOD, DECLINED), (GOOD,), RecordStatus.INVALID, "news.example.com"),
    "a fault of its own does too": (("v=BIMI1",), (GOOD,), RecordStatus.INVALID, "news.example.com"),
    "its own, though the other lookup fails": ((GOOD,), DnsStatus.TIMEOUT, RecordStatus.VALID, "news.example.com"),
    "none anywhere": (DnsStatus.NODATA, DnsStatus.NXDOMAIN, RecordStatus.NONE, ""),
    "none that is meant for the name": (DnsStatus.NODATA, ("v=bimi1; l=",), RecordStatus.NONE, ""),
    "its own not known": (DnsStatus.SERVFAIL, (GOOD,), RecordStatus.UNKNOWN, ""),
    "that above not known": (DnsStatus.NXDOMAIN, DnsStatus.TIMEOUT, RecordStatus.UNKNOWN, ""),
}


@pytest.mark.parametrize("case", DISCOVERY)
def test_discovery(case: str) -> None:
    own, above, status, found_at = DISCOVERY[case]
    zone = Zone({OWN: own, ABOVE: above})
    record = zone.run(look_up_bimi("news.example.com"))
    assert (record.status, record.found_at) == (status, found_at)
    assert zone.asked == [OWN, ABOVE]


def test_an_unknown_record_names_the_lookup_that_failed() -> None:
    record = Zone({ABOVE: DnsStatus.TIMEOUT}).run(look_up_bimi("news.example.com"))
    assert record.unknown == f"{ABOVE} TXT: timeout"


octets = st.text(st.characters(max_codepoint=255))


@given(octets | octets.map("v=BIMI1;".__add__))
def test_any_text_is_read_and_only_what_is_valid_has_no_fault(text: str) -> None:
    record = record_of(text)
    assert bool(record.faults) is (record.status is RecordStatus.INVALID)
    assert record.status is not RecordStatus.VALID or not record.location or record.location.startswith("https://")
