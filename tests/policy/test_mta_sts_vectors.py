"""MTA-STS test data of another project, read in place."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from auditor.model.certificate import Certificate, TlsHandshake, VerifyError
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsMode, StsPolicy, StsRecord
from auditor.policy.mta_sts import mx_matches, parse_policy, read_sts_record, why_fetch_fails

VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "vectors"))
FILE = VECTORS / "mta-sts" / "mox-mta-sts.json"
NOTHING: dict[str, Any] = {
    "txt_record": [],
    "policy": [],
    "fetch": [],
    "lookup": {"zone_txt": {}, "servfail": [], "expect": {}},
    "mx_match": {"match": [], "no_match": []},
}
CASES: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else NOTHING

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the public test vectors are not here")


def read(domain: str, *texts: str, status: DnsStatus = DnsStatus.ANSWERED) -> StsRecord:
    return read_sts_record(Answer(question=Question(f"_mta-sts.{domain}", "TXT"), status=status, records=texts))


@pytest.mark.parametrize("case", CASES["txt_record"], ids=lambda case: case["txt"])
def test_records(case: dict[str, Any]) -> None:
    assert read("example.com", case["txt"]).valid is case["valid"]


@pytest.mark.parametrize("case", CASES["policy"], ids=lambda case: case["policy"])
def test_policies(case: dict[str, Any]) -> None:
    assert (not parse_policy(case["policy"]).faults) is case["valid"]


HOST = "mta-sts.example.com"
LARGEST_BODY = 65_536


def fetch(case: dict[str, Any]) -> PolicyFetch:
    """What the probe makes of such a server, as its own tests show."""
    outcome = FetchOutcome.FETCHED if case["status"] == 200 else FetchOutcome.STATUS
    if case.get("body_len", 0) > LARGEST_BODY:
        outcome = FetchOutcome.OVERSIZED
    errors = (VerifyError(10, 0, "certificate has expired"),) if case["cert"] == "expired" else ()
    tls = TlsHandshake(version="TLSv1.3", cipher="x", chain=("leaf",), verify_errors=errors)
    return PolicyFetch(host=HOST, outcome=outcome, status=case["status"], body=case.get("body", ""), tls=tls)


@pytest.mark.parametrize("case", CASES["fetch"], ids=lambda case: f"{case['status']}-{case['cert']}")
def test_fetches(case: dict[str, Any]) -> None:
    names = ("other.example",) if case["cert"] == "wrong-name" else (HOST,)
    seen = fetch(case)
    failure, policy = why_fetch_fails(seen, Certificate(sha256="leaf", der=b"", names=names)), parse_policy(seen.body)
    expected = case["expect"]
    if isinstance(expected, dict):
        assert failure == ""
        assert policy == StsPolicy(mode=StsMode(expected["mode"]), max_age_seconds=expected["max_age"])
    elif expected == "policy-syntax-error":
        assert (failure, bool(policy.faults)) == ("", True)
    else:
        assert failure


@pytest.mark.parametrize("domain", CASES["lookup"]["expect"])
def test_lookups(domain: str) -> None:
    lookup = CASES["lookup"]
    name = f"_mta-sts.{domain}."
    texts = lookup["zone_txt"].get(name, ())
    status = DnsStatus.ANSWERED if texts else DnsStatus.NXDOMAIN
    record = read(domain, *texts, status=DnsStatus.SERVFAIL if name in lookup["servfail"] else status)
    outcome = (
        "temperror" if record.unknown else "error" if record.faults else f"id={record.id}" if record.id else "none"
    )
    assert outcome in lookup["expect"][domain]


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [(name, True) for name in CASES["mx_match"]["match"]] + [(name, False) for name in CASES["mx_match"]["no_match"]],
)
def test_exchanges(exchange: str, expected: bool) -> None:
    assert any(mx_matches(pattern, exchange) for pattern in CASES["mx_match"]["policy_mx"]) is expected
