"""From verdicts to a score, and how much of what applies it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.finding import Severity

# What a check weighs by its severity; information is worth knowing, not worth points.
WEIGHTS = {Severity.CRITICAL: 16, Severity.HIGH: 8, Severity.MEDIUM: 4, Severity.LOW: 2, Severity.INFO: 0}
# However many easy checks pass, a domain is not good while something this severe stands.
CAPS = {Severity.CRITICAL: 40, Severity.HIGH: 60, Severity.MEDIUM: 80, Severity.LOW: 95, Severity.INFO: 100}


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


def score(passed: Mapping[Severity, int], failed: Sequence[Severity], unknown: int) -> Score:
    """The score of a domain; checks that do not apply count for nothing.

    Args:
        passed: how many checks of each severity passed.
        failed: how severe each check that failed is.
        unknown: how many could not be judged.

    """
    worst = min(failed, key=lambda severity: severity.rank, default=None)
    return Score(
        passed=sum(passed.values()),
        failed=len(failed),
        unknown=unknown,
        score=_points(passed, failed, worst),
        worst_severity=worst,
    )


def _points(passed: Mapping[Severity, int], failed: Sequence[Severity], worst: Severity | None) -> int | None:
    won = sum(WEIGHTS[severity] * checks for severity, checks in passed.items())
    lost = sum(WEIGHTS[severity] for severity in failed)
    if not won + lost:
        return None
    points = round(100 * won / (won + lost))
    return points if worst is None else min(points, CAPS[worst])
