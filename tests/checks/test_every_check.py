"""Every check passes on good facts, fails on bad ones, and knows what it does not know."""

import re
from pathlib import Path

import pytest

from auditor.checks import CATALOGUE, judge
from auditor.checks.catalogue import FAMILY_TITLES, as_record, describe, line, page
from auditor.model.finding import Severity, Verdict
from auditor.model.route import MxStatus
from auditor.model.session import Outcome, Stage
from tests.checks.builders import (
    LOOKUP_FAILED,
    TIMED_OUT,
    Spoil,
    all_of,
    exchange,
    exchanges,
    good,
    judged,
    route,
    sessions,
    verdicts,
)
from tests.checks.case import Case
from tests.checks.cases import CASES, ELSEWHERE, RAISED
from tests.checks.other_ways import OTHER_WAYS

ROOT = Path(__file__).resolve().parents[2]
IDS = [check.id for check in CATALOGUE]


def test_every_check_has_its_cases() -> None:
    assert sorted(case.check for case in CASES) == sorted(IDS)


def test_a_good_domain_has_no_finding() -> None:
    judgement = judge(good())
    assert judgement.findings == ()
    assert (judgement.score, judgement.coverage, judgement.worst_severity) == (100, 1.0, None)


@pytest.mark.parametrize("check", IDS)
def test_it_passes_or_does_not_apply_to_a_good_domain(check: str) -> None:
    assert verdicts(check, good()) <= {Verdict.PASS, Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize("case", [case for case in CASES if case.check not in ELSEWHERE], ids=lambda case: case.check)
def test_it_passes_where_it_applies(case: Case) -> None:
    assert Verdict.PASS in verdicts(case.check, good())


def test_elsewhere_it_passes_in_other_ways() -> None:
    assert {check for check, _, verdict in OTHER_WAYS if verdict is Verdict.PASS} >= ELSEWHERE


def test_a_null_mx_of_preference_0_passes() -> None:
    facts = all_of(exchanges(exchange(0, ".")), route(status=MxStatus.NULL))(good())
    assert verdicts("MX010", facts) == {Verdict.PASS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_it_fails_with_evidence(case: Case) -> None:
    failed = [one for one in judged(case.check, case.fail(good())) if one.verdict is Verdict.FAIL]
    assert failed
    assert case.says in failed[0].evidence
    assert failed[0].severity is failed[0].check.severity


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_it_is_unknown_with_a_reason(case: Case) -> None:
    found = judged(case.check, case.unknown(good()))
    unknown = [one for one in found if one.verdict is Verdict.UNKNOWN]
    assert unknown
    assert unknown[0].evidence
    assert not [one for one in found if one.verdict is Verdict.FAIL]


@pytest.mark.parametrize(("check", "spoil"), RAISED, ids=[check for check, _ in RAISED])
def test_it_weighs_more_where_more_depends_on_it(check: str, spoil: Spoil) -> None:
    failed = [one for one in judged(check, spoil(good())) if one.verdict is Verdict.FAIL]
    assert {one.severity for one in failed} == {Severity.HIGH}


INCONCLUSIVE = (
    Outcome.DEFERRED,
    Outcome.CONNECT_TIMEOUT,
    Outcome.REPLY_TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.SKIPPED,
    Outcome.INTERNAL_ERROR,
)


@pytest.mark.parametrize("outcome", INCONCLUSIVE)
def test_what_may_pass_never_fails_anything(outcome: Outcome) -> None:
    facts = all_of(TIMED_OUT, sessions(outcome=outcome, stage=Stage.GREETING))(good())
    assert {finding.verdict for finding in judge(facts).findings} == {Verdict.UNKNOWN}


def test_a_failed_lookup_fails_nothing() -> None:
    findings = judge(LOOKUP_FAILED(good())).findings
    assert {finding.verdict for finding in findings} == {Verdict.UNKNOWN}
    assert judge(LOOKUP_FAILED(good())).score is None


@pytest.mark.parametrize(("check", "spoil", "verdict"), OTHER_WAYS)
def test_it_knows_where_it_does_not_apply(check: str, spoil: Spoil, verdict: Verdict) -> None:
    assert verdict in verdicts(check, spoil(good()))


def test_ids_and_names_are_unique_and_formed_alike() -> None:
    names = [check.name for check in CATALOGUE]
    assert len(set(IDS)) == len(IDS)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(rf"({'|'.join(FAMILY_TITLES)})\d{{3}}", one) for one in IDS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) for one in names)


@pytest.mark.parametrize("check", CATALOGUE, ids=IDS)
def test_it_says_what_why_and_what_to_do(check: object) -> None:
    record = as_record(check)  # type: ignore[arg-type]
    assert all(record.values())
    assert re.search(r"RFC \d+|CVE-|CA/Browser Forum|draft-[a-z-]+", record["reference"])
    assert record["title"][0].isupper()
    assert record["remediation"].endswith(".")
    assert "RFC" not in record["title"]


def test_a_check_is_described_whole() -> None:
    check = CATALOGUE[0]
    assert all(
        text in describe(check) for text in (check.id, check.title, check.why, check.remediation, check.reference)
    )
    assert line(check).startswith(check.id)


def test_the_page_has_a_section_and_a_row_for_every_check() -> None:
    written = page(CATALOGUE)
    assert [line[4:] for line in written.splitlines() if line.startswith("### ")] == IDS
    rows = [f"| [{one.id}](#{one.id.lower()}) | {one.name} | {one.severity} | {one.title} |" for one in CATALOGUE]
    assert all(row in written.splitlines() for row in rows)
    assert "{" not in written
