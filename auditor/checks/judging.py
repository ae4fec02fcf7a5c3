"""Judging: every chosen check on every subject of a domain."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.checks.core import CATALOGUE, RULES_VERSION, Check, Evidence, NotApplicable, Result, Scope, Unknown
from auditor.checks.facts import domain_fact, endpoint_fact, exchange_fact
from auditor.checks.scoring import Score, Verdicts, aggregate, score
from auditor.checks.selection import Selection
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding, Severity, Verdict
from auditor.model.route import Exchange, MailRoute

_KEPT_ENDPOINTS = 10_000  # judged endpoints that are kept for the other domains that share them


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a check is applied to: the domain, one of its exchanges, or one of its endpoints."""

    name: str
    exchange: str = ""
    address: str = ""
    port: int = 25
    record: Exchange | None = None
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One check on one subject."""

    check: Check
    subject: Subject
    verdict: Verdict
    severity: Severity
    evidence: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging a domain came to."""

    findings: tuple[Finding, ...]
    """What failed or is unknown: the worst first, then in the order of the catalogue."""
    judged: tuple[Judged, ...]
    """Every check on every subject, those that passed and do not apply included."""
    score_card: Score

    @property
    def score(self) -> int | None:
        """0 to 100; ``None`` where nothing was judged."""
        return self.score_card.score

    @property
    def coverage(self) -> float | None:
        """Judged checks / applicable checks."""
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


class Judge:
    """Judges domains by the chosen checks; an endpoint shared by many is judged once.

    Raises:
        UsageError: the selection names no check.
    """

    def __init__(self, selection: Selection | None = None) -> None:
        self._checks = (selection or Selection()).of(CATALOGUE)
        self._by_scope = {scope: [check for check in self._checks if check.scope is scope] for scope in Scope}
        self._endpoints: dict[Endpoint, tuple[Judged, ...]] = {}

    def judge(self, facts: DomainFacts) -> Judgement:
        """The verdict of every chosen check on every subject of the domain."""
        judged = (
            *self._on(Scope.DOMAIN, [Subject(name=facts.route.domain)], facts),
            *self._on(Scope.EXCHANGE, _exchanges(facts.route), facts),
            *(one for endpoint in facts.route.endpoints for one in self._on_endpoint(endpoint, facts)),
        )
        by_check: dict[str, list[Judged]] = {check.id: [] for check in self._checks}
        for one in judged:
            by_check[one.check.id].append(one)
        card = score(_on_domain(of_check) for of_check in by_check.values() if of_check)
        findings = [_finding(one, facts) for of_check in by_check.values() for one in of_check if _stands(one)]
        findings.sort(key=lambda finding: (finding.verdict is Verdict.UNKNOWN, finding.severity.rank))
        return Judgement(tuple(findings), judged, card)

    def _on_endpoint(self, endpoint: Endpoint, facts: DomainFacts) -> tuple[Judged, ...]:
        if endpoint not in self._endpoints:
            if len(self._endpoints) >= _KEPT_ENDPOINTS:
                self._endpoints.pop(next(iter(self._endpoints)))
            subject = Subject(
                name=str(endpoint),
                exchange=endpoint.exchange,
                address=endpoint.address,
                port=endpoint.port,
                endpoint=endpoint,
            )
            self._endpoints[endpoint] = tuple(self._on(Scope.ENDPOINT, [subject], facts))
        return self._endpoints[endpoint]

    def _on(self, scope: Scope, subjects: Iterable[Subject], facts: DomainFacts) -> Iterator[Judged]:
        for subject in subjects:
            obtained: dict[type, object] = {}
            for check in self._by_scope[scope]:
                yield from _verdicts(check, subject, list(_results(check, subject, facts, obtained)))


def judge(facts: DomainFacts, selection: Selection | None = None) -> Judgement:
    """One domain judged by itself."""
    return Judge(selection).judge(facts)


def _results(check: Check, subject: Subject, facts: DomainFacts, obtained: dict[type, object]) -> Iterator[Result]:
    """What the check's function yields; or why it was not asked, where a fact it needs is missing.

    ``obtained`` keeps the subject's facts for its further checks.
    """
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


def _fact(kind: type, subject: Subject, facts: DomainFacts) -> object:
    scope = getattr(kind, "scope", Scope.DOMAIN)
    if scope is Scope.ENDPOINT and subject.endpoint is not None:
        return endpoint_fact(kind, subject.endpoint, facts)
    if scope is Scope.EXCHANGE and subject.record is not None:
        return exchange_fact(subject.record, facts.route)
    return domain_fact(kind, facts)


def _verdicts(check: Check, subject: Subject, results: list[Result]) -> Iterator[Judged]:
    """The verdict on a subject; each piece of evidence is a finding of its own."""
    evidence = [result for result in results if isinstance(result, Evidence)]
    if evidence:
        for one in evidence:
            yield Judged(check, subject, Verdict.FAIL, one.severity or check.severity, one.text)
        return
    for result in results:
        verdict = Verdict.UNKNOWN if isinstance(result, Unknown) else Verdict.NOT_APPLICABLE
        reason = result.reason if isinstance(result, Unknown | NotApplicable) else ""
        yield Judged(check, subject, verdict, check.severity, reason)
        return
    yield Judged(check, subject, Verdict.PASS, check.severity, "")


def _on_domain(of_check: list[Judged]) -> Verdicts:
    verdict = aggregate(one.verdict for one in of_check)
    severity = min((one.severity for one in of_check if one.verdict is verdict), key=lambda one: one.rank)
    return Verdicts(verdict, severity)


def _stands(one: Judged) -> bool:
    return one.verdict in {Verdict.FAIL, Verdict.UNKNOWN}


def _finding(one: Judged, facts: DomainFacts) -> Finding:
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
        reproduce=_reproduce(one.check, one.subject, facts),
        rules_version=RULES_VERSION,
    )


def _reproduce(check: Check, subject: Subject, facts: DomainFacts) -> str:
    """The lines to type; names come from the network, so they are quoted for the shell."""
    values = {
        "domain": facts.target.domain,
        "exchange": subject.exchange or subject.name,
        "address": subject.address,
        "port": str(subject.port),
        "socket": f"[{subject.address}]:{subject.port}"
        if ":" in subject.address
        else f"{subject.address}:{subject.port}",
    }
    return check.reproduce.format(**{name: shlex.quote(value) for name, value in values.items()})


def _exchanges(route: MailRoute) -> Iterator[Subject]:
    for record in route.exchanges:
        yield Subject(name=record.exchange, exchange=record.exchange, record=record)
