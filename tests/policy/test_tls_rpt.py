"""TLS-RPT records: what counts, and what is wrong with what does not."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import DnsStatus
from auditor.model.published import RecordStatus, TlsRptRecord
from auditor.policy.tls_rpt import read_tls_rpt
from tests.policy.zone import txt

VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "vectors"))
FILE = VECTORS / "tls-rpt" / "mox-tlsrpt.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text())["cases"] if FILE.is_file() else []


@pytest.mark.skipif(not CASES, reason="the public test vectors are not here")
def test_all_published_cases_are_read() -> None:
    assert len(CASES) == 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["txt"])
def test_published_case(case: dict[str, Any]) -> None:
    record = read_tls_rpt(txt(case["txt"]))
    assert (record.status is RecordStatus.VALID) is case["valid"]
    assert record.status is not RecordStatus.UNKNOWN
    assert bool(record.faults) is not case["valid"]


VALID = {
    # RFC 8460 §3.1.1 and §3.1.2
    "v=TLSRPTv1;rua=mailto:reports@example.com": ("mailto:reports@example.com",),
    "v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt": ("https://reporting.example.com/v1/tlsrpt",),
    "v=TLSRPTv1; rua=mailto:a@example.com,https://example.com/r ; x.y-z_1=!;": (
        "mailto:a@example.com",
        "https://example.com/r",
    ),
    "v=TLSRPTv1; 1st=x; rua=mailto:a@example.com; rua=mailto:b@example.com": (
        "mailto:a@example.com",
        "mailto:b@example.com",
    ),
}


@pytest.mark.parametrize("text", VALID)
def test_valid_record(text: str) -> None:
    assert read_tls_rpt(txt(text)) == TlsRptRecord(status=RecordStatus.VALID, text=text, rua=VALID[text])


FAULTS = {
    "v=TLSRPTv1;": "rua is missing",
    "v=TLSRPTv1; rua=": "rua: an empty URI",
    "v=TLSRPTv1; rua=tls@example.com": "rua: 'tls@example.com' is no mailto or https URI",
    "v=TLSRPTv1; rua=mailto:a!10m@example.com": "rua: 'mailto:a!10m@example.com' is no mailto or https URI",
    "v=TLSRPTv1; rua=http://example.com/": "rua: 'http://example.com/' is no mailto or https URI",
    "v=TLSRPTv1; rua =mailto:a@example.com": "rua is missing",
    "v=TLSRPTv1; rua= mailto:a@example.com": "white space after rua=",
    "v=TLSRPTv1; rua=\tmailto:a@example.com": "white space after rua=",
    "v=TLSRPTv1;; rua=mailto:a@example.com": "nothing between two semicolons",
    "v=TLSRPTv1; rua=mailto:a@example.com; note": "'note' is no field of the form name=value",
    "v=TLSRPTv2; rua=mailto:a@example.com": "it does not begin with v=TLSRPTv1; to the letter",
    "v=tlsrptv1; rua=mailto:a@example.com": "it does not begin with v=TLSRPTv1; to the letter",
    " v=TLSRPTv1; rua=mailto:a@example.com": "it does not begin with v=TLSRPTv1; to the letter",
    '"v=TLSRPTv1; rua=mailto:a@example.com"': "it does not begin with v=TLSRPTv1; to the letter",
}


@pytest.mark.parametrize("text", FAULTS)
def test_invalid_record_says_why(text: str) -> None:
    record = read_tls_rpt(txt(text))
    assert (record.status, record.text, record.faults[0]) == (RecordStatus.INVALID, text, FAULTS[text])


def test_good_addresses_are_kept_beside_bad_ones() -> None:
    record = read_tls_rpt(txt("v=TLSRPTv1; rua=tls@example.com, mailto:tls@example.com"))
    assert (record.status, record.rua) == (RecordStatus.INVALID, ("mailto:tls@example.com",))


GOOD = "v=TLSRPTv1; rua=mailto:a@example.com"


def test_other_records_are_discarded_before_they_are_counted() -> None:
    record = read_tls_rpt(txt("v=spf1 -all", GOOD, "v=TLSRPTv2; rua=mailto:b@example.com"))
    assert (record.status, record.text) == (RecordStatus.VALID, GOOD)


def test_of_several_records_none_counts() -> None:
    other = "v=TLSRPTv1; rua=mailto:b@example.com"
    record = read_tls_rpt(txt(GOOD, other))
    assert (record.status, record.text, record.rua) == (RecordStatus.INVALID, f"{GOOD}|{other}", ())
    assert record.faults == ("2 records, of which none counts",)


@pytest.mark.parametrize("answer", [txt("v=spf1 -all"), txt(status=DnsStatus.NODATA), txt(status=DnsStatus.NXDOMAIN)])
def test_no_record(answer: Any) -> None:
    assert read_tls_rpt(answer) == TlsRptRecord(status=RecordStatus.NONE)


@pytest.mark.parametrize("status", [status for status in DnsStatus if not status.known])
def test_a_lookup_that_failed_does_not_mean_none(status: DnsStatus) -> None:
    assert read_tls_rpt(txt(status=status)) == TlsRptRecord(status=RecordStatus.UNKNOWN, unknown=f"TXT: {status}")


octets = st.text(st.characters(max_codepoint=255))


@given(octets | octets.map("v=TLSRPTv1;".__add__))
def test_any_text_is_read_and_is_valid_only_with_an_address(text: str) -> None:
    record = read_tls_rpt(txt(text))
    assert record.status is not RecordStatus.UNKNOWN
    assert bool(record.faults) is (record.status is RecordStatus.INVALID)
    assert record.rua or record.status is not RecordStatus.VALID
