"""Score cards from verdicts written down one by one."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from auditor.checks import CATALOGUE
from auditor.checks.core import Evidence, NotApplicable, Result, Scope, Unknown
from auditor.checks.said import Said, Weights
from auditor.checks.scoring import Score, score
from auditor.checks.subjects import Subject
from auditor.model.finding import Severity, Verdict

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


class OnDomain(NamedTuple):
    """One check on a whole domain."""

    verdict: Verdict
    severity: Severity


def card(verdicts: Iterable[OnDomain]) -> Score:
    """The score of a domain on which that many checks came to that."""
    kept = list(verdicts)
    passed = Counter(one.severity for one in kept if one.verdict is PASS)
    failed = [one.severity for one in kept if one.verdict is FAIL]
    return score(passed, failed, sum(one.verdict is UNKNOWN for one in kept))


_YIELDED: dict[Verdict, list[Result]] = {
    FAIL: [Evidence("seen")],
    UNKNOWN: [Unknown("not seen")],
    NA: [NotApplicable("no sense")],
}


def on_subjects(verdicts: Iterable[Verdict]) -> Verdict:
    """What one check comes to on a domain, of its verdicts on subject after subject."""
    subjects = []
    for verdict in verdicts:
        subjects.append(Said(Subject(scope=Scope.EXCHANGE, name="x"), passed=int(verdict is PASS)))
        if verdict is not PASS:
            subjects[-1].take(0, CATALOGUE[0], _YIELDED[verdict])
    came = Weights.of(CATALOGUE[:1]).score(subjects)
    counted = {FAIL: came.failed, UNKNOWN: came.unknown, PASS: came.passed}
    assert came.applicable in {0, 1}
    return next((verdict for verdict, count in counted.items() if count), NA)
