"""Scores: weights, caps, coverage, and where there is none."""

import re
from itertools import product
from pathlib import Path

import pytest

from auditor.checks.scoring import CAPS, WEIGHTS
from auditor.model.finding import Severity, Verdict
from tests.checks.cards import OnDomain, card, on_subjects

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scoring.md"
PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
CRITICAL, HIGH, MEDIUM, LOW, INFO = Severity


def several(number: int, verdict: Verdict, severity: Severity) -> list[OnDomain]:
    return [OnDomain(verdict, severity)] * number


def test_weights_and_caps_are_those_of_the_page() -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+|–) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {Severity(name): int(weight) for name, weight, _ in rows} == WEIGHTS
    assert {Severity(name): 100 if cap == "–" else int(cap) for name, _, cap in rows} == CAPS


def test_what_is_more_severe_weighs_more_and_caps_lower() -> None:
    ranked = sorted(Severity, key=lambda severity: severity.rank)
    assert [WEIGHTS[one] for one in ranked] == sorted(WEIGHTS.values(), reverse=True)
    assert [CAPS[one] for one in ranked] == sorted(CAPS.values())


@pytest.mark.parametrize("severity", Severity)
def test_one_failure_among_many_passes_leaves_the_cap(severity: Severity) -> None:
    assert card([*several(1000, PASS, CRITICAL), OnDomain(FAIL, severity)]).score == CAPS[severity]


@pytest.mark.parametrize(
    ("verdicts", "points"),
    [
        (several(3, PASS, LOW), 100),
        ([*several(1, PASS, HIGH), *several(1, FAIL, HIGH)], 50),
        ([*several(1, PASS, LOW), *several(1, FAIL, CRITICAL)], 11),
        ([*several(9, PASS, CRITICAL), *several(1, FAIL, CRITICAL)], 40),
        ([*several(1, PASS, MEDIUM), *several(1, FAIL, LOW), *several(1, FAIL, MEDIUM)], 40),
        (several(1, FAIL, LOW), 0),
        ([*several(1, PASS, LOW), *several(5, FAIL, INFO)], 100),
    ],
)
def test_points_are_the_weight_that_passed_of_what_was_judged(verdicts: list[OnDomain], points: int) -> None:
    assert card(verdicts).score == points


def test_the_worst_failure_sets_the_cap_in_whatever_order() -> None:
    verdicts = [*several(50, PASS, HIGH), OnDomain(FAIL, LOW), OnDomain(FAIL, HIGH), OnDomain(FAIL, MEDIUM)]
    for one in (verdicts, verdicts[::-1]):
        assert (card(one).score, card(one).worst_severity) == (CAPS[HIGH], HIGH)


@pytest.mark.parametrize("nothing", [UNKNOWN, NA])
@pytest.mark.parametrize("severity", Severity)
def test_what_was_not_judged_changes_no_points(nothing: Verdict, severity: Severity) -> None:
    judged = [*several(3, PASS, HIGH), *several(1, FAIL, MEDIUM)]
    with_more = card([*judged, *several(7, nothing, severity)])
    assert with_more.score == card(judged).score
    assert with_more.worst_severity is MEDIUM


def test_coverage_is_what_was_judged_of_what_applies() -> None:
    came = card([*several(2, PASS, LOW), *several(1, FAIL, INFO), *several(1, UNKNOWN, HIGH), *several(9, NA, HIGH)])
    assert (came.passed, came.failed, came.unknown, came.applicable, came.coverage) == (2, 1, 1, 4, 0.75)


def test_information_is_counted_and_covered_but_earns_no_score() -> None:
    came = card([*several(2, PASS, INFO), *several(1, FAIL, INFO)])
    assert (came.score, came.coverage, came.worst_severity, came.failed) == (None, 1.0, INFO, 1)


@pytest.mark.parametrize("verdicts", [[], several(4, NA, HIGH)])
def test_where_nothing_applies_there_is_neither_score_nor_coverage(verdicts: list[OnDomain]) -> None:
    came = card(verdicts)
    assert (came.score, came.coverage, came.worst_severity, came.applicable) == (None, None, None, 0)


def test_of_two_subjects_the_worse_decides_in_either_order() -> None:
    order = [FAIL, UNKNOWN, PASS, NA]
    for one, other in product(Verdict, repeat=2):
        assert on_subjects([one, other]) is min(one, other, key=order.index)
    assert on_subjects([]) is NA
