"""What checks say of one subject, and what that comes to on a whole domain.

A set of checks is an integer, with a bit for each check by its place among those chosen: of the
hundreds of verdicts on a domain most are no more than counted, and a machine counts bits at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from auditor.checks.core import Check, Evidence, NotApplicable, Result, Unknown
from auditor.checks.scoring import Score, score
from auditor.checks.subjects import Subject
from auditor.model.finding import Severity, Verdict

_NO_WORDS: Mapping[str, str] = {}


class Standing(NamedTuple):
    """A check that failed on a subject, or could not be judged; many are made, and a tuple is made fast."""

    place: int
    """Of the check among those chosen."""
    check: Check
    verdict: Verdict
    severity: Severity
    evidence: str
    fill: Mapping[str, str] = _NO_WORDS
    """As in :class:`Evidence`."""


@dataclass(slots=True)
class Said:
    """What the checks of a scope say of one subject, each in one of four ways."""

    subject: Subject
    inside: bool = False
    """Whether its conversation got inside TLS."""
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    beside: list[tuple[int, str]] = field(default_factory=list)
    """Sets of checks that do not apply, and why."""
    standing: list[Standing] = field(default_factory=list)

    def take(self, place: int, check: Check, results: Sequence[Result]) -> None:
        """Adds what the function of a check that did not pass yielded; each piece of evidence is a finding of its own."""
        if evidence := [one for one in results if isinstance(one, Evidence)]:
            self.failed |= 1 << place
            for one in evidence:
                severity = one.severity or check.severity
                self.standing.append(Standing(place, check, Verdict.FAIL, severity, one.text, one.fill))
        elif isinstance(results[0], NotApplicable):
            self.beside.append((1 << place, results[0].reason))
        elif isinstance(results[0], Unknown):
            self.take_unknown(place, check, results[0].reason)

    def take_unknown(self, place: int, check: Check, reason: str) -> None:
        """Adds a check that cannot be judged."""
        self.unknown |= 1 << place
        self.standing.append(Standing(place, check, Verdict.UNKNOWN, check.severity, reason))


def members(checks: int) -> Iterator[int]:
    """The places of a set of checks, in order."""
    while checks:
        lowest = checks & -checks
        yield lowest.bit_length() - 1
        checks ^= lowest


@dataclass(frozen=True, slots=True)
class Weights:
    """The chosen checks by severity, as sets."""

    by_severity: Mapping[Severity, int]

    @classmethod
    def of(cls, checks: Sequence[Check]) -> "Weights":
        """Those of checks in their places."""
        sets = dict.fromkeys(Severity, 0)
        for place, check in enumerate(checks):
            sets[check.severity] |= 1 << place
        return cls(sets)

    def score(self, subjects: Sequence[Said]) -> Score:
        """The score of a domain; of several subjects the worst verdict decides, and the worst failure how severe it is.

        Subjects to which a check does not apply are left aside; where it applies to none, it counts for nothing.
        """
        failed = unknown = passed = 0
        for one in subjects:
            failed |= one.failed
            unknown |= one.unknown
            passed |= one.passed
        unknown &= ~failed
        passed &= ~(failed | unknown)
        counted = {severity: (passed & checks).bit_count() for severity, checks in self.by_severity.items()}
        return score(counted, _worst_of_each(subjects), unknown.bit_count())


def _worst_of_each(subjects: Sequence[Said]) -> list[Severity]:
    """How severe each check that failed is."""
    worst: dict[int, Severity] = {}
    for subject in subjects:
        for one in subject.standing:
            if one.verdict is Verdict.FAIL:
                known = worst.get(one.place)
                if known is None or one.severity.rank < known.rank:
                    worst[one.place] = one.severity
    return list(worst.values())
