"""Staging: each endpoint and certificate once, counted over the domains that share it; findings in order."""

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.model.certificate import VerifyError
from auditor.model.finding import Severity, Verdict
from auditor.model.route import MxStatus
from auditor.model.session import Outcome
from auditor.report.replay import Recall
from auditor.report.stage import number_findings
from auditor.report.staging import Staging, select
from auditor.report.tables import CERTIFICATES, DOMAINS, ENDPOINTS, FINDINGS
from auditor.report.tables.staged import COVERAGE


def shared_run(make: Any) -> Any:
    """Two domains at one exchange, which has another address of its own chain."""
    run = make.Run()
    exchange = make.exchange("mx.example", "192.0.2.1", "192.0.2.2")
    certificate = make.certificate("mx.example")
    for domain in ("b.example", "a.example"):
        run.add(domain, make.route(domain, exchange))
    first, second = run.routes["a.example"].endpoints
    good = make.session(first, certificate)
    run.speak(good, certificate)
    broken = type(good.tls)(
        version="TLSv1.2",
        cipher="c",
        chain=good.tls.chain,
        verify_errors=(VerifyError(20, 0, "unable to get local issuer certificate"),),
    )
    run.speak(make.session(second, certificate, tls=broken))
    return run


def test_an_endpoint_is_one_row_with_its_domains_counted(make: Any, staged: Any) -> None:
    staging = staged(shared_run(make)).staging
    rows = [(*row[:3], row[7]) for row in staging.rows(select(ENDPOINTS))]
    assert rows == [("mx.example", "192.0.2.1", 25, 2), ("mx.example", "192.0.2.2", 25, 2)]


def test_a_certificate_is_one_row_with_the_worst_verdict(make: Any, staged: Any) -> None:
    staging = staged(shared_run(make)).staging
    (row,) = staging.rows(select(CERTIFICATES))
    assert dict(zip(CERTIFICATES.names, row, strict=True)) | {"sha256": ""} == {
        "sha256": "",
        "subject": "CN=mx.example",
        "issuer": "CN=R11,O=Let's Encrypt,C=US",
        "names": "mx.example",
        "not_before": "2026-08-04T02:00:00Z",
        "not_after": "2026-11-02T02:00:00Z",
        "key_type": "RSA",
        "key_bits": 2048,
        "signature_algorithm": "sha256WithRSAEncryption",
        "trust": "unknown-issuer",
        "endpoints": 2,
        "domains": 2,
        "spki_sha256": None,
        "same_key": None,
    }


def test_domains_stay_in_the_order_of_the_list(make: Any, staged: Any) -> None:
    staging = staged(shared_run(make)).staging
    assert [row[0] for row in staging.rows(select(DOMAINS))] == ["b.example", "a.example"]


def test_findings_stand_by_severity_then_domain(make: Any, staged: Any) -> None:
    run = shared_run(make)
    low, high = Severity.LOW, Severity.CRITICAL
    for domain in ("b.example", "a.example"):
        findings = (
            make.finding(domain, "MX009", low),
            make.finding(domain, "MX002", high),
            make.finding(domain, "MX001", low),
        )
        run.judgements[domain] = make.Judgement(findings=findings, failed=3)
    staging = staged(run).staging
    assert [(row[5], row[0], row[2]) for row in staging.rows(select(FINDINGS))] == [
        ("critical", "a.example", "MX002"),
        ("critical", "b.example", "MX002"),
        ("low", "a.example", "MX001"),
        ("low", "a.example", "MX009"),
        ("low", "b.example", "MX001"),
        ("low", "b.example", "MX009"),
    ]
    number_findings(staging)
    assert list(staging.rows("SELECT target_, number FROM first_findings ORDER BY 1")) == [(1, 2), (2, 1)]


def test_an_unfinished_target_has_a_row_and_a_reason(make: Any, staged: Any) -> None:
    run = shared_run(make)
    run.add("late.example")
    staging = staged(run).staging
    assert staging.count("domains") == 3
    *_, last = staging.rows(select(COVERAGE))
    assert last == ("late.example", "not looked up", "the run ended before its turn", None)


def test_a_fault_of_ours_is_said(make: Any, staged: Any) -> None:
    run = make.Run(faults={"fault:odd.example": "KeyError: 'x'"})
    run.add("odd.example")
    assert coverage_of(staged(run).staging) == [("odd.example", "not looked up", "internal error: KeyError: 'x'")]


def lines(*texts: str) -> str:
    return "\n".join(texts)


def coverage_of(staging: Staging) -> list[tuple[str, str, str]]:
    return [row[:3] for row in staging.rows(select(COVERAGE))]


def test_coverage_says_how_far_the_run_got_and_why_not_further(make: Any, staged: Any) -> None:
    run = make.Run()
    timeout = {**make.SILENT, "outcome": Outcome.CONNECT_TIMEOUT, "stage": "connect", "error": "no answer in 10 s"}
    skipped = {**make.SILENT, "outcome": Outcome.SKIPPED, "stage": "connect", "error": "blocked"}
    for name in ("some", "none", "not-yet"):
        exchange = make.exchange(f"mx.{name}.example", "192.0.2.1", "192.0.2.2", errors=("AAAA: timeout",))
        run.add(f"{name}.example", make.route(f"{name}.example", exchange, left_out=("mx11: beyond 10 exchanges",)))
    some, none = run.routes["some.example"].endpoints, run.routes["none.example"].endpoints
    run.speak(make.session(some[0]))
    run.speak(make.session(some[1], **timeout))
    run.speak(make.session(none[0], **skipped))
    run.add("dns.example", make.route("dns.example", status=MxStatus.TIMEOUT, error="no reply in 10 s"))
    run.add("null.example", make.route("null.example", status=MxStatus.NULL))
    assert coverage_of(staged(run).staging) == [
        (
            "some.example",
            "some servers judged",
            lines(
                "mx.some.example AAAA: timeout\nmx11: beyond 10 exchanges",
                "mx.some.example/192.0.2.2:25: connect-timeout at connect (no answer in 10 s)",
            ),
        ),
        (
            "none.example",
            "no server judged",
            lines(
                "mx.none.example AAAA: timeout\nmx11: beyond 10 exchanges",
                "mx.none.example/192.0.2.1:25: skipped (blocked)\nmx.none.example/192.0.2.2:25: not contacted",
            ),
        ),
        (
            "not-yet.example",
            "DNS",
            lines(
                "mx.not-yet.example AAAA: timeout\nmx11: beyond 10 exchanges",
                "mx.not-yet.example/192.0.2.1:25: not contacted\nmx.not-yet.example/192.0.2.2:25: not contacted",
            ),
        ),
        ("dns.example", "DNS failed", "MX: timeout (no reply in 10 s)"),
        ("null.example", "DNS: no server to contact", ""),
    ]


def test_a_run_that_asked_the_dns_only_knows_nothing_of_servers(make: Any, staged: Any) -> None:
    run = make.Run(config=make.Run().config.model_copy(update={"dns_only": True}))
    run.add("a.example", make.route("a.example", make.exchange("mx.example", "192.0.2.1"), endpoints=()))
    staging = staged(run).staging
    assert coverage_of(staging) == [("a.example", "DNS, as asked", "")]
    assert staging.one("SELECT smtp, starttls, cert_trust FROM domains") == ("unknown", "unknown", "unknown")


def test_details_count_failed_findings_and_the_first_certificate_to_end(make: Any, staged: Any) -> None:
    run = shared_run(make)
    findings = (
        make.finding("b.example", "MX001", Severity.HIGH),
        make.finding("b.example", "MX002", Severity.HIGH),
        make.finding("b.example", "MX003", Severity.CRITICAL, verdict=Verdict.UNKNOWN),
    )
    run.judgements["b.example"] = make.Judgement(findings=findings)
    run.add("late.example")
    details = staged(run).staging.rows("SELECT critical, high, cert_days_left, tls_lowest FROM details")
    assert list(details) == [(0, 2, 60, "TLSv1.2"), (0, 0, 60, "TLSv1.2"), (None, None, None, None)]


def test_the_lists_own_columns_keep_their_names_apart(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", extra=(("note", "1"), ("note", "=2"), ("note", "3\x7f"), ("note 2", "4")))
    (extra,) = staged(run).staging.one("SELECT extra FROM details")
    values = json.loads(extra)
    assert list(values.values()) == ["1", "=2", "3\\x7f", "4"]
    assert list(values)[:3] == ["input_note", "input_note 2", "input_note 3"]
    assert len(set(values)) == 4


def test_recall_reads_what_many_domains_share_once(make: Any) -> None:
    run = shared_run(make)
    recall = Recall(run)
    endpoint = run.routes["a.example"].endpoints[0]
    first = recall.session(endpoint)
    run.sessions.clear()
    assert recall.session(endpoint) is first is not None
    assert recall.certificate("nothing") is None


def test_staging_leaves_nothing_behind(tmp_path: Path) -> None:
    with Staging(tmp_path, [DOMAINS]) as staging:
        assert staging.count("domains") == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError), Staging(tmp_path, [DOMAINS]):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
