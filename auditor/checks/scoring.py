"""From verdicts to a score, and how much of what applies it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model.finding import Severity, Verdict

# What a check weighs by its severity; information is worth knowing, not worth points.
WEIGHTS = {Severity.CRITICAL: 16, Severity.HIGH: 8, Severity.MEDIUM: 4, Severity.LOW: 2, Severity.INFO: 0}
# However many easy checks pass, a domain is not good while something this severe stands.
CAPS = {Severity.CRITICAL: 40, Severity.HIGH: 60, Severity.MEDIUM: 80, Severity.LOW: 95, Severity.INFO: 100}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdict of one check on a whole domain: the worst of its subjects', and how severe it is."""

    verdict: Verdict
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The counts of checks by verdict, and what they come to."""

    passed: int
    failed: int
    unknown: int
    score: int | None
    """0 to 100: the weight of what passed among what was judged, capped by the worst failure."""
    worst_severity: Severity | None

    @property
    def applicable(self) -> int:
        """Checks that apply to the domain."""
        return self.passed + self.failed + self.unknown

    @property
    def coverage(self) -> float | None:
        """Judged checks / applicable checks; ``None`` where none applies."""
        return (self.passed + self.failed) / self.applicable if self.applicable else None


def score(verdicts: Iterable[Verdicts]) -> Score:
    """The score of a domain; checks that do not apply count for nothing."""
    kept = list(verdicts)
    by_verdict = {verdict: [one for one in kept if one.verdict is verdict] for verdict in Verdict}
    failed = by_verdict[Verdict.FAIL]
    worst = min((one.severity for one in failed), key=lambda severity: severity.rank, default=None)
    return Score(
        passed=len(by_verdict[Verdict.PASS]),
        failed=len(failed),
        unknown=len(by_verdict[Verdict.UNKNOWN]),
        score=_points(by_verdict[Verdict.PASS], failed, worst),
        worst_severity=worst,
    )


def _points(passed: list[Verdicts], failed: list[Verdicts], worst: Severity | None) -> int | None:
    won = sum(WEIGHTS[one.severity] for one in passed)
    lost = sum(WEIGHTS[one.severity] for one in failed)
    if not won + lost:
        return None
    points = round(100 * won / (won + lost))
    return points if worst is None else min(points, CAPS[worst])


def aggregate(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict for several subjects: fail if any failed, else unknown if any is unknown, else pass.

    Subjects to which the check does not apply are left aside; where it applies to none, it does not apply.
    """
    present = set(verdicts)
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)
    return next((verdict for verdict in order if verdict in present), Verdict.NOT_APPLICABLE)
