"""MTA-STS records, names, and why a fetch fails (RFC 8461)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.certificate import Certificate, TlsHandshake, VerifyError
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsPolicy, StsRecord
from auditor.policy.identity import matches
from auditor.policy.mta_sts import (
    content_type_fault,
    mx_matches,
    read_sts_record,
    uncovered,
    unused,
    why_fetch_fails,
)

QUESTION = Question("_mta-sts.example.com", "TXT")
HOST = "mta-sts.example.com"


def answer(*texts: str, status: DnsStatus = DnsStatus.ANSWERED, error: str = "") -> Answer:
    return Answer(question=QUESTION, status=status, records=texts, error=error)


def read(*texts: str) -> StsRecord:
    return read_sts_record(answer(*texts))


GOOD = {
    "v=STSv1; id=20160831085700Z;": "20160831085700Z",  # the example of §3.1 and of appendix A.1
    "v=STSv1;id=a": "a",
    "v=STSv1;\tid=a\t;\t": "a",
    "v=STSv1 \t; id=a": "a",
    "v=STSv1; id=a; ": "a",
    "v=STSv1; more=1; id=a": "a",
    "v=STSv1; id=a; 1.ext_-=a:b": "a",
    "v=STSv1; id=a; id=b": "a",
    "v=STSv1; id=a; id=no-id": "a",
    f"v=STSv1; id={'x' * 32}": "x" * 32,
    f"v=STSv1; id=a; {'n' * 32}=1": "a",
}

BAD = {
    "v=STSv1;": "no id",
    "v=STSv1; ID=a": "no id",
    "v=STSv1; ext=1": "no id",
    f"v=STSv1; id={'x' * 33}": f"the id is not 1 to 32 letters and digits: '{'x' * 33}'",
    "v=STSv1; id=2026-11-24": "the id is not 1 to 32 letters and digits: '2026-11-24'",
    "v=STSv1; id=\xe9": "the id is not 1 to 32 letters and digits: '\xe9'",
    "v=STSv1; id=a ": "the id is not 1 to 32 letters and digits: 'a '",
    "v=STSv1; id=a;; ": "not of the form name=value: ''",
    "v=STSv1;; id=a": "not of the form name=value: ''",
    "v=STSv1; id=a; ext": "not of the form name=value: 'ext'",
    "v=STSv1; id=a; ext=": "not of the form name=value: 'ext='",
    "v=STSv1; id=a; ext=b=c": "not of the form name=value: 'ext=b=c'",
    "v=STSv1; id=a; ext=b c": "not of the form name=value: 'ext=b c'",
    "v=STSv1; id=a; ext =b": "not of the form name=value: 'ext =b'",
    "v=STSv1; id=a; _ext=b": "not of the form name=value: '_ext=b'",
    f"v=STSv1; id=a; {'n' * 33}=1": f"not of the form name=value: '{'n' * 33}=1'",
    "v=STSv1; id=a, ext=b": "the id is not 1 to 32 letters and digits: 'a, ext=b'",
}


@pytest.mark.parametrize("text", GOOD)
def test_good_records_are_read(text: str) -> None:
    assert read(text) == StsRecord(text=text, id=GOOD[text])
    assert read(text).valid


@pytest.mark.parametrize("text", BAD)
def test_bad_records_say_why_they_do_not_count(text: str) -> None:
    assert (read(text).faults[0], read(text).valid) == (BAD[text], False)


@pytest.mark.parametrize("text", ["v=STSv1", "v=STSv10; id=a", "v=STSv2; id=a", "v=stsv1; id=a", " v=STSv1; id=a"])
def test_what_is_meant_as_a_record_is_told_of(text: str) -> None:
    assert read(text, "v=spf1 -all") == StsRecord(text=text, faults=("does not begin with v=STSv1;",))


def test_other_texts_beside_the_record_are_discarded() -> None:
    assert read("bogus", "v=STSv1; id=a", "v=STSv2; id=b") == StsRecord(text="v=STSv1; id=a", id="a")


def test_of_several_records_none_counts() -> None:
    texts = ("v=STSv1; id=a", "v=STSv1; id=b")
    assert read(*texts) == StsRecord(text=" | ".join(texts), faults=("2 records, of which none counts",))


@pytest.mark.parametrize("nothing", [answer(status=DnsStatus.NXDOMAIN), answer(status=DnsStatus.NODATA), answer("x")])
def test_no_record_is_no_fault(nothing: Answer) -> None:
    assert read_sts_record(nothing) == StsRecord()
    assert not read_sts_record(nothing).valid


@pytest.mark.parametrize("status", [status for status in DnsStatus if not status.known])
def test_a_failed_lookup_is_never_the_absence_of_a_record(status: DnsStatus) -> None:
    record = read_sts_record(answer(status=status, error="why"))
    assert record.unknown.startswith(f"TXT: {status}")
    assert (record.faults, record.valid) == ((), False)


octets = st.text(st.characters(max_codepoint=255), max_size=200)


@given(st.lists(octets | octets.map("v=STSv1;".__add__), max_size=3))
def test_any_texts_are_read_without_raising(texts: list[str]) -> None:
    record = read(*texts)
    assert record.valid == (bool(record.id) and not record.faults)
    assert all(len(fault) < 400 for fault in record.faults)


# §4.1, whose example is *.example.com
NAMES = [
    ("mail.example.com", "mail.example.com", True),
    ("Mail.Example.COM", "mail.example.com", True),
    ("mail.example.com", "MAIL.example.com", True),
    ("mail.example.com", "example.com", False),
    ("example.com", "mail.example.com", False),
    ("*.example.com", "mail.example.com", True),
    ("*.EXAMPLE.com", "mail.example.com", True),
    ("*.example.com", "example.com", False),
    ("*.example.com", "a.b.example.com", False),
    ("*.example.com", "mail.example.net", False),
    ("*.com", "example.com", True),
    ("*", "example", False),
    ("mail", "mail", True),
    ("", "mail.example.com", False),
    ("*.", "mail", False),
    ("*.", "mail.", False),
]


@pytest.mark.parametrize(("pattern", "exchange", "expected"), NAMES)
def test_patterns_name_exchanges(pattern: str, exchange: str, expected: bool) -> None:
    assert mx_matches(pattern, exchange) is expected
    assert uncovered(StsPolicy(mx=("other.example", pattern)), ("other.example", exchange)) == (
        () if expected else (exchange,)
    )


labels = st.sampled_from(["a", "b", "A", "mail", "xn--e1afmkfd", "com"])
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join)


@given(st.sampled_from(["", "*."]), hosts, hosts)
def test_patterns_name_what_certificates_of_that_name_do(wildcard: str, name: str, exchange: str) -> None:
    assert mx_matches(wildcard + name, exchange) is matches(wildcard + name, exchange)


@given(st.lists(st.tuples(st.sampled_from(["", "*."]), hosts).map("".join), unique=True), st.lists(hosts))
def test_patterns_without_an_exchange_are_those_that_match_none(patterns: list[str], exchanges: list[str]) -> None:
    expected = tuple(one for one in patterns if not any(mx_matches(one, exchange) for exchange in exchanges))
    assert unused(StsPolicy(mx=tuple(patterns)), exchanges) == expected


def handshake(*codes: int) -> TlsHandshake:
    errors = tuple(VerifyError(code, 0, "") for code in codes)
    return TlsHandshake(version="TLSv1.3", cipher="x", chain=("leaf",), verify_errors=errors)


def leaf(*names: str, common_name: str = "") -> Certificate:
    return Certificate(sha256="leaf", der=b"", names=names, common_name=common_name)


def fetch(outcome: FetchOutcome = FetchOutcome.FETCHED, **facts: Any) -> PolicyFetch:
    return PolicyFetch(host=HOST, outcome=outcome, **{"tls": handshake(), **facts})


NOT_TRUSTED = f"the certificate of {HOST} is not trusted"
NOT_NAMED = f"the certificate does not name {HOST}"

FETCHES = {
    "fetched": (fetch(status=200), leaf(HOST), ""),
    "a wildcard": (fetch(), leaf("*.example.com"), ""),
    "an unknown issuer": (fetch(tls=handshake(20, 21)), leaf(HOST), f"{NOT_TRUSTED} (unknown-issuer)"),
    "self-signed": (fetch(tls=handshake(18)), leaf(HOST), f"{NOT_TRUSTED} (self-signed)"),
    "expired": (fetch(tls=handshake(10)), leaf(HOST), f"{NOT_TRUSTED} (expired)"),
    "another name": (fetch(), leaf("example.com"), f"{NOT_NAMED} (mismatch)"),
    "the common name alone": (fetch(), leaf(common_name=HOST), f"{NOT_NAMED} (cn-only)"),
    "a certificate that was not kept": (fetch(), None, ""),
    "404": (fetch(FetchOutcome.STATUS, status=404), leaf(HOST), "HTTP status 404"),
    "a redirect": (
        fetch(FetchOutcome.STATUS, status=301, location="https://example.com/"),
        leaf(HOST),
        "HTTP status 301, to https://example.com/; senders do not follow it",
    ),
    "404 and another name": (
        fetch(FetchOutcome.STATUS, status=404),
        leaf("example.com"),
        f"{NOT_NAMED} (mismatch); HTTP status 404",
    ),
    "a time-out": (fetch(FetchOutcome.TIMEOUT, tls=None, error="no end"), None, "timeout: no end"),
    "without words": (fetch(FetchOutcome.SKIPPED, tls=None), None, "skipped"),
}


@pytest.mark.parametrize("case", FETCHES)
def test_why_a_fetch_fails(case: str) -> None:
    seen, certificate, expected = FETCHES[case]
    assert why_fetch_fails(seen, certificate) == expected


@pytest.mark.parametrize("outcome", [outcome for outcome in FetchOutcome if outcome is not FetchOutcome.FETCHED])
def test_every_other_outcome_is_a_failure(outcome: FetchOutcome) -> None:
    assert why_fetch_fails(fetch(outcome, tls=None, status=500), None)


@pytest.mark.parametrize(
    ("content_type", "fault"),
    [
        ("text/plain", ""),
        ("text/plain; charset=utf-8", ""),
        ("Text/Plain ;x", ""),
        ("text/html", "served as text/html, not text/plain"),
        ("text/plainer", "served as text/plainer, not text/plain"),
        ("", "served without a media type"),
        ("; charset=utf-8", "served without a media type"),
    ],
)
def test_the_media_type_is_plain_text(content_type: str, fault: str) -> None:
    assert content_type_fault(fetch(content_type=content_type)) == fault
