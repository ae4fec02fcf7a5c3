"""Judging: every chosen check on every subject of a domain."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from auditor.checks.by_hand import by_hand, not_expected
from auditor.checks.core import CATALOGUE, RULES_VERSION, Check, Evidence, NotApplicable, Result, Scope, Unknown
from auditor.checks.providers import PROVIDERS
from auditor.checks.scoring import Score, Verdicts, aggregate, score
from auditor.checks.selection import Selection
from auditor.checks.subjects import Subject, subjects
from auditor.model.dane import TlsaSet
from auditor.model.endpoint import Endpoint, Service
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
    fill: Mapping[str, str] = field(default_factory=dict)
    """As in :class:`Evidence`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging a domain came to."""

    findings: tuple[Finding, ...]
    """What failed or is unknown: what failed first, the worst on top, then in the order of the catalogue."""
    judged: tuple[Judged, ...]
    """Every check on every subject, those that passed and do not apply included."""
    score_card: Score

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
        self._by_scope = {scope: [check for check in self._checks if check.scope is scope] for scope in Scope}
        self._endpoints: dict[tuple[Endpoint, bool, TlsaSet | None], tuple[Judged, ...]] = {}

    def judge(self, facts: DomainFacts) -> Judgement:
        """The verdict of every chosen check on every subject of the domain."""
        judged = tuple(one for scope in Scope for subject in subjects(scope, facts) for one in self._on(subject, facts))
        by_check: dict[str, list[Judged]] = {check.id: [] for check in self._checks}
        for one in judged:
            by_check[one.check.id].append(one)
        card = score(_on_domain(of_check) for of_check in by_check.values() if of_check)
        findings = [_finding(one, facts) for of_check in by_check.values() for one in of_check if _stands(one)]
        findings.sort(key=lambda finding: (finding.verdict is Verdict.UNKNOWN, finding.severity.rank))
        return Judgement(tuple(findings), judged, card)

    def _on(self, subject: Subject, facts: DomainFacts) -> Iterable[Judged]:
        """Every check of the subject's scope on it; what is said of an endpoint is kept."""
        if subject.endpoint is None:
            return self._judged(subject, facts)
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
            self._endpoints[key] = tuple(self._judged(subject, facts))
        return self._endpoints[key]

    def _judged(self, subject: Subject, facts: DomainFacts) -> Iterator[Judged]:
        obtained: dict[type, object] = {}
        for check in self._by_scope[subject.scope]:
            yield from _verdicts(check, subject, list(_results(check, subject, facts, obtained)))


def judge(facts: DomainFacts, selection: Selection | None = None) -> Judgement:
    """One domain judged by itself.

    Raises:
        UsageError: the selection names no check.
    """
    return Judge(selection).judge(facts)


def _results(check: Check, subject: Subject, facts: DomainFacts, obtained: dict[type, object]) -> Iterator[Result]:
    """What the check's function yields; or why it was not asked, where a fact it needs is missing.

    ``obtained`` keeps the subject's facts for its further checks.
    """
    if (not_asked := _not_asked(check, facts)) is not None:
        yield not_asked
        return
    if subject.unknown:
        sought = any(getattr(kind, "sought", False) for kind in check.needs)
        yield NotApplicable("no client service is promised here") if sought else Unknown(subject.unknown)
        return
    for kind in check.needs:
        if kind not in obtained:
            obtained[kind] = _fact(kind, subject, facts)
    needed = [obtained[kind] for kind in check.needs]
    missing = [fact for fact in needed if isinstance(fact, Unknown | NotApplicable)]
    if missing:
        # What does not apply need not be known.
        yield min(missing, key=lambda fact: not isinstance(fact, NotApplicable))
    else:
        yield from check.function(*needed)


def _not_asked(check: Check, facts: DomainFacts) -> NotApplicable | None:
    """Why a check has nothing to judge that was not to be looked at; nothing where it was."""
    options = sorted({str(getattr(kind, "asked_by", "")) for kind in check.needs} - {""} - facts.asked)
    return NotApplicable(f"not tried: that needs --{options[0]}") if options else None


def _fact(kind: type, subject: Subject, facts: DomainFacts) -> object:
    """The fact of that kind, or what stands in its place."""
    provider = PROVIDERS[subject.scope][kind]
    if subject.record is not None:
        return provider(subject.record, facts)
    if subject.endpoint is None:
        return provider(facts)
    fits: Callable[[Service], bool] | None = getattr(kind, "fits", None)
    if fits is not None and not fits(subject.endpoint.service):
        return NotApplicable("that is not what this port is for")
    session = facts.sessions.get(subject.endpoint)
    if subject.endpoint.sought and (session is None or session.silent):
        return NotApplicable("nothing that listens was met here, nor promised")
    if session is None:
        return Unknown("this endpoint was not contacted before the run ended")
    return provider(session, facts)


def _verdicts(check: Check, subject: Subject, results: list[Result]) -> Iterator[Judged]:
    """The verdict on a subject; each piece of evidence is a finding of its own."""
    reasons = [result for result in results if not isinstance(result, Evidence)]
    if len(reasons) < len(results):
        for one in results:
            if isinstance(one, Evidence):
                yield Judged(check, subject, Verdict.FAIL, one.severity or check.severity, one.text, one.fill)
    elif reasons:
        verdict = Verdict.UNKNOWN if isinstance(reasons[0], Unknown) else Verdict.NOT_APPLICABLE
        yield Judged(check, subject, verdict, check.severity, reasons[0].reason)
    else:
        yield Judged(check, subject, Verdict.PASS, check.severity, "")


def _on_domain(of_check: list[Judged]) -> Verdicts:
    if len(of_check) == 1:
        return Verdicts(of_check[0].verdict, of_check[0].severity)  # as most are: they are about the domain itself
    verdict = aggregate(one.verdict for one in of_check)
    severity = min((one.severity for one in of_check if one.verdict is verdict), key=lambda one: one.rank)
    return Verdicts(verdict, severity)


def _stands(one: Judged) -> bool:
    return one.verdict in {Verdict.FAIL, Verdict.UNKNOWN}


def _finding(one: Judged, facts: DomainFacts) -> Finding:
    session = None if one.subject.endpoint is None else facts.sessions.get(one.subject.endpoint)
    inside = session is not None and session.tls is not None
    lines = by_hand(one.check.reproduce, one.subject, facts.target.domain, one.fill, inside=inside)
    return Finding(
        domain=facts.target.domain,
        subject=one.subject.name,
        check=one.check.id,
        name=one.check.name,
        verdict=one.verdict,
        severity=one.severity,
        evidence=one.evidence,
        reference=one.check.reference,
        remediation=one.check.remediation,
        reproduce=lines if one.verdict is Verdict.FAIL else not_expected(lines),
        rules_version=RULES_VERSION,
    )
