"""The numbers of a run, literal."""

from typing import Any

import pytest

from auditor.model.dmarc import Disposition
from auditor.model.finding import Severity, Verdict
from auditor.model.published import Role
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.session import Blame, Outcome
from auditor.report.controls import Control
from auditor.report.summary import FirstToFix, Summary, summarize
from tests.report.published import dmarc_of


def summary_of(staged: Any, run: Any) -> Summary:
    report = staged(run)
    return summarize(report.staging, report.about.started_at)


def small_run(make: Any) -> Any:
    run = make.Run()
    for name, days in (("good", 60), ("old", -1), ("soon", 29)):
        exchange = make.exchange(f"mx.{name}.example", "192.0.2.1")
        run.add(f"{name}.example", make.route(f"{name}.example", exchange))
        certificate = make.certificate(exchange.exchange, days=days)
        run.speak(make.session(run.routes[f"{name}.example"].endpoints[0], certificate), certificate)
    alias = make.exchange("mx.plain.example", "192.0.2.1", status=ExchangeStatus.ALIAS)
    run.add("plain.example", make.route("plain.example", alias))
    run.speak(make.session(run.routes["plain.example"].endpoints[0]))
    lost = make.exchange("mx.lost.example", "192.0.2.1")
    run.add("lost.example", make.route("lost.example", lost))
    timeout = {**make.SILENT, "outcome": Outcome.CONNECT_TIMEOUT, "blame": Blame.UNKNOWN}
    run.speak(make.session(run.routes["lost.example"].endpoints[0], **timeout))
    run.add("null.example", make.route("null.example", status=MxStatus.NULL))
    run.add("gone.example", make.route("gone.example", status=MxStatus.NXDOMAIN))
    run.add("slow.example", make.route("slow.example", status=MxStatus.TIMEOUT))
    run.add("late.example")
    return run


def test_what_was_reached(make: Any, staged: Any) -> None:
    found = summary_of(staged, small_run(make))
    assert (found.domains, found.looked_up, found.endpoints, found.judged) == (9, 7, 5, 4)
    assert found.coverage_line == (
        "7 of 9 targets looked up · 4 of 5 endpoints judged (80 %) · "
        "0 findings unknown (unknown is not failed; see Coverage)"
    )
    assert found.outcomes == (("completed", 4), ("connect-timeout", 1))


def test_controls_count_domains_and_leave_out_those_it_does_not_apply_to(make: Any, staged: Any) -> None:
    found = summary_of(staged, small_run(make))
    assert found.controls[:4] == (
        Control("MX", passed=5, partial=1, failed=1, unknown=2),
        Control("SMTP", passed=4, partial=0, failed=0, unknown=3),
        Control("STARTTLS", passed=3, partial=0, failed=1, unknown=3),
        Control("Certificate", passed=3, partial=0, failed=0, unknown=3),
    )
    assert found.control("STARTTLS").known_share == 0.75


def test_certificates_that_end_soon_include_those_that_ended(make: Any, staged: Any) -> None:
    assert summary_of(staged, small_run(make)).expiring == 2


def test_the_tile_counts_domains_whose_dmarc_is_enforced(make: Any, staged: Any) -> None:
    run = make.Run()
    policies = (Disposition.REJECT, Disposition.QUARANTINE, Disposition.NONE, None)
    for number, policy in enumerate(policies):
        domain = f"d{number}.example"
        run.add(domain, make.route(domain))
        run.published[domain] = make.published(domain, **({"dmarc": dmarc_of(domain, policy)} if policy else {}))
    run.add("slow.example", make.route("slow.example", status=MxStatus.TIMEOUT))
    found = summary_of(staged, run)
    assert found.control("DMARC") == Control("DMARC", passed=2, partial=1, failed=1, unknown=1)
    assert found.tiles[-1] == ("50%", "DMARC enforced")
    assert found.roles == dict.fromkeys(Role, 0) | {Role.SENDS_RECEIVES: 4, Role.UNKNOWN: 1}


@pytest.mark.parametrize(
    ("status", "place"),
    [
        (MxStatus.MX, "passed"),
        (MxStatus.NULL, "passed"),
        (MxStatus.IMPLICIT, "partial"),
        (MxStatus.NONE, "failed"),
        (MxStatus.UNUSABLE, "failed"),
        (MxStatus.NULL_WITH_OTHERS, "failed"),
        (MxStatus.SERVFAIL, "unknown"),
        (MxStatus.BOGUS, "unknown"),
        (MxStatus.DIRECT, None),
    ],
)
def test_the_mx_control(make: Any, staged: Any, status: MxStatus, place: str | None) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example", status=status))
    control = summary_of(staged, run).controls[0]
    places = ("passed", "partial", "failed", "unknown")
    assert control.counts == tuple(int(one == place) for one in places)


def test_an_exchange_that_could_not_be_looked_up_does_not_make_mx_partial(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example", make.exchange("mx.example", status=ExchangeStatus.SERVFAIL)))
    assert summary_of(staged, run).controls[0] == Control("MX", 1, 0, 0, 0)


def test_failed_findings_count_by_severity_and_unknown_ones_apart(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example"))
    findings = (
        make.finding("a.example", "MX001", Severity.HIGH),
        make.finding("a.example", "MX002", Severity.HIGH),
        make.finding("a.example", "MX003", Severity.LOW),
        make.finding("a.example", "MX004", Severity.CRITICAL, verdict=Verdict.UNKNOWN),
    )
    run.judgements["a.example"] = make.Judgement(findings=findings, failed=3, unknown=1, score=40)
    found = summary_of(staged, run)
    assert list(found.failed.values()) == [0, 2, 0, 1, 0]
    assert found.unknown == 1
    assert found.first == (FirstToFix(1, "a.example", 40, 0, 2, 0),)
    assert found.tiles == (
        ("1", "Domains"),
        ("40", "Average score"),
        ("0", "Critical findings"),
        ("2", "High findings"),
        ("0", "Certificates < 30 days"),
        ("–", "DMARC enforced"),
    )


def test_the_first_to_fix_are_ten_and_the_worst(sixty: Any, staged: Any) -> None:
    first = summary_of(staged, sixty).first
    assert len(first) == 10
    order = [(-one.critical, -one.high, -one.medium, one.score) for one in first]
    assert order == sorted(order)
    assert first[0].domain == sixty.listed[first[0].target - 1].domain


def test_a_run_of_nothing_has_no_average(make: Any, staged: Any) -> None:
    found = summary_of(staged, make.Run())
    assert (found.score, found.first) == (None, ())
    assert all(control.known_share is None for control in found.controls)
    assert found.shown_outcomes == [("no endpoint", 0)]
    assert found.coverage_line.startswith("0 of 0 targets looked up · 0 of 0 endpoints judged · ")


def test_rare_outcomes_are_shown_as_one(make: Any, staged: Any) -> None:
    run = make.Run()
    exchange = make.exchange("mx.example", *(f"192.0.2.{number}" for number in range(1, 12)))
    run.add("a.example", make.route("a.example", exchange))
    for endpoint, outcome in zip(run.routes["a.example"].endpoints, list(Outcome)[:10], strict=False):
        run.speak(make.session(endpoint, outcome=outcome))
    found = summary_of(staged, run)
    assert ("not contacted", 1) in found.outcomes
    assert len(found.shown_outcomes) == 9
    assert found.shown_outcomes[-1] == ("others", 3)
