"""Judging: every chosen check on every subject of a domain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.checks.asking import ask, groups
from auditor.checks.by_hand import ByHand
from auditor.checks.core import CATALOGUE, RULES_VERSION, Check, Scope
from auditor.checks.said import Said, Standing, Weights, members
from auditor.checks.scoring import Score
from auditor.checks.selection import Selection
from auditor.checks.subjects import Subject, subjects
from auditor.model.dane import TlsaSet
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding, Severity, Verdict

_KEPT_ENDPOINTS = 10_000  # judged endpoints that are kept for the other domains that share them


@dataclass(frozen=True, slots=True)
class Judged:
    """One check on one subject."""

    check: Check
    subject: Subject
    verdict: Verdict
    severity: Severity
    evidence: str
    fill: Mapping[str, str]
    """As in :class:`Evidence`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging a domain came to."""

    findings: tuple[Finding, ...]
    """What failed or is unknown: what failed first, the worst on top, then in the order of the catalogue."""
    score_card: Score
    checks: Sequence[Check]
    """Those that were chosen."""
    subjects: tuple[Said, ...]
    """What they say of each subject."""

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Every check on every subject, those that passed and do not apply included."""
        return tuple(judged for said in self.subjects for judged in _spelt_out(said, self.checks))

    @property
    def score(self) -> int | None:
        """0 to 100; ``None`` where nothing was judged."""
        return self.score_card.score

    @property
    def coverage(self) -> float | None:
        """Judged checks / applicable checks; ``None`` where none applies."""
        return self.score_card.coverage

    @property
    def worst_severity(self) -> Severity | None:
        """Of the checks that failed."""
        return self.score_card.worst_severity

    @property
    def passed(self) -> int:
        """Checks that passed."""
        return self.score_card.passed

    @property
    def failed(self) -> int:
        """Checks that failed on at least one subject."""
        return self.score_card.failed

    @property
    def unknown(self) -> int:
        """Checks that could not be judged on some subject, and failed on none."""
        return self.score_card.unknown

    @property
    def applicable(self) -> int:
        """Checks that apply: passed, failed and unknown."""
        return self.score_card.applicable


class Judge:
    """Judges domains by the chosen checks; an endpoint shared by many is judged once.

    Raises:
        UsageError: the selection names no check.
    """

    def __init__(self, selection: Selection | None = None) -> None:
        self._checks = (selection or Selection()).of(CATALOGUE)
        self._weights = Weights.of(self._checks)
        self._groups = {scope: groups(self._checks, scope) for scope in Scope}
        self._endpoints: dict[tuple[Endpoint, bool, TlsaSet | None], Said] = {}

    def judge(self, facts: DomainFacts) -> Judgement:
        """The verdict of every chosen check on every subject of the domain."""
        said = tuple(self._of(subject, facts) for scope in Scope for subject in subjects(scope, facts))
        return Judgement(_findings(said, facts.target.domain), self._weights.score(said), self._checks, said)

    def _of(self, subject: Subject, facts: DomainFacts) -> Said:
        """What every check of the subject's scope says of it; of an endpoint that is kept."""
        asked = self._groups[subject.scope]
        if subject.endpoint is None:
            return ask(asked, subject, facts)
        place = (subject.exchange, subject.port)
        # What is known of it is the same for all domains, unless no lookup was asked for (a server named directly).
        key = (
            subject.endpoint,
            subject.endpoint.sought,
            facts.published.tlsa.get(place) if facts.published is not None else None,
        )
        if key not in self._endpoints:
            if len(self._endpoints) >= _KEPT_ENDPOINTS:
                self._endpoints.pop(next(iter(self._endpoints)))
            self._endpoints[key] = ask(asked, subject, facts)
        return self._endpoints[key]


def judge(facts: DomainFacts, selection: Selection | None = None) -> Judgement:
    """One domain judged by itself.

    Raises:
        UsageError: the selection names no check.
    """
    return Judge(selection).judge(facts)


def _findings(subjects: Sequence[Said], domain: str) -> tuple[Finding, ...]:
    standing = [
        (one, said.subject, hand)
        for said in subjects
        if said.standing
        for hand in (ByHand(said.subject, domain, inside=said.inside),)
        for one in said.standing
    ]
    standing.sort(key=lambda each: (each[0].verdict is Verdict.UNKNOWN, each[0].severity.rank, each[0].place))
    return tuple(_finding(one, subject, hand, domain) for one, subject, hand in standing)


def _finding(one: Standing, subject: Subject, hand: ByHand, domain: str) -> Finding:
    check = one.check
    return Finding(
        domain=domain,
        subject=subject.name,
        check=check.id,
        name=check.name,
        verdict=one.verdict,
        severity=one.severity,
        evidence=one.evidence,
        reference=check.reference,
        remediation=check.remediation,
        reproduce=hand.lines(check.reproduce, one.fill, seen=one.verdict is Verdict.FAIL),
        rules_version=RULES_VERSION,
    )


def _spelt_out(said: Said, checks: Sequence[Check]) -> Iterator[Judged]:
    """The verdict of each check on a subject, in their order."""
    found: dict[int, list[Judged]] = {}
    for one in said.standing:
        judged = Judged(one.check, said.subject, one.verdict, one.severity, one.evidence, one.fill)
        found.setdefault(one.place, []).append(judged)
    unremarkable = [
        (said.passed, Verdict.PASS, ""),
        *((each, Verdict.NOT_APPLICABLE, why) for each, why in said.beside),
    ]
    for each, verdict, why in unremarkable:
        for place in members(each):
            found[place] = [Judged(checks[place], said.subject, verdict, checks[place].severity, why, {})]
    for place in sorted(found):
        yield from found[place]
