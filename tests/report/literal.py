"""A recorded run built from literal records, as the journal would give it back."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from auditor.config import Config
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.dns import Answer, Dnssec, Question, Validation
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding, Severity, Verdict
from auditor.model.mta_sts import PolicyFetch, PolicyHost
from auditor.model.published import Published
from auditor.model.route import Exchange, ExchangeStatus, MailRoute, MxStatus
from auditor.model.session import Outcome, SmtpSession, Stage, Starttls, Timings
from auditor.model.target import Reject, Target
from auditor.policy.survey import Survey
from auditor.protocol.replies import Reply
from auditor.report.about import About, CheckLine
from auditor.report.columns import Table
from auditor.report.effects import effects_of
from auditor.report.rows import DomainRow
from auditor.report.sources import RecordedSurvey

STARTED = datetime(2026, 9, 3, 2, 0, tzinfo=UTC)
HOSTILE = "=HYPERLINK(\"http://evil.example\")\x00\x1b[31m\u202e\t@SUM(1+1) <script>alert('x')</script> _x0041_ 📧"
SILENT = {
    "greeting": None,
    "ehlo": None,
    "ehlo_tls": None,
    "quit": None,
    "starttls": Starttls.NOT_TESTED,
    "starttls_reply": None,
    "tls": None,
    "plaintext_after_starttls": None,
}


Cells = dict[str, Any]
VALIDATES = Validation(trusted=True, words="validates: org is authenticated, dnssec-failed.org is bogus")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    findings: tuple[Finding, ...] = ()
    failed: int = 0
    unknown: int = 0
    score: int | None = None
    coverage: float | None = None
    worst_severity: Severity | None = None


@dataclass
class FakeRun:
    """A journal in memory: what was recorded, by hand."""

    config: Config = field(default_factory=Config)
    started_at: datetime = STARTED
    listed: list[Target] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    routes: dict[str, MailRoute] = field(default_factory=dict)
    sessions: dict[Endpoint, SmtpSession] = field(default_factory=dict)
    held: dict[str, Certificate] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    published: dict[str, Published] = field(default_factory=dict)
    fetches: dict[PolicyHost, PolicyFetch] = field(default_factory=dict)
    answers: dict[str, tuple[Answer, ...]] = field(default_factory=dict)
    validation: Validation | None = VALIDATES

    def meta(self, key: str) -> str | None:
        return self.faults.get(key)

    def judged_at(self, *looked_at: datetime | None) -> datetime:  # noqa: ARG002 - as a journal has it
        return self.started_at

    def targets(self) -> list[Target]:
        return self.listed

    def rejects(self) -> list[Reject]:
        return self.rejected

    def answer(self, question: Question) -> Answer | None:
        """Of what is asked apart from any domain: the TLSA records of exchanges."""
        recorded = {one.question: one for answers in self.answers.values() for one in answers}
        return recorded.get(question)

    def session(self, endpoint: Endpoint) -> SmtpSession | None:
        return self.sessions.get(endpoint)

    def certificate(self, sha256: str) -> Certificate | None:
        return self.held.get(sha256)

    def policy_fetch(self, host: PolicyHost) -> PolicyFetch | None:
        return self.fetches.get(host)

    def survey_of(self, target: Target) -> RecordedSurvey | None:
        if target.key not in self.routes:
            return None
        return surveyed(self.routes[target.key], self.published.get(target.key), *self.answers.get(target.key, ()))

    def judge(self, facts: DomainFacts) -> Judgement:
        return self.judgements.get(facts.target.key, Judgement(score=100, coverage=1.0))

    def add(self, domain: str, route: MailRoute | None = None, *, extra: tuple[tuple[str, str], ...] = ()) -> Target:
        target = target_of(domain, input_line=len(self.listed) + 1, extra=extra)
        self.listed.append(target)
        if route is not None:
            self.routes[target.key] = route
        return target

    def speak(self, session: SmtpSession, *certificates: Certificate) -> None:
        self.sessions[session.endpoint] = session
        self.held.update({one.sha256: one for one in certificates})


def surveyed(route: MailRoute, published: Published | None = None, *answers: Answer) -> RecordedSurvey:
    return RecordedSurvey(Survey(route, published), answers)


def target_of(domain: str, **more: Any) -> Target:
    plain = Target(domain=domain, domain_unicode=domain, input=domain.upper(), input_line=1, source="domains.csv")
    return replace(plain, **more)


def exchange_of(host: str, *addresses: str, **more: Any) -> Exchange:
    plain = Exchange(
        preference=10,
        exchange=host,
        status=ExchangeStatus.OK,
        canonical_name=host,
        addresses=addresses,
        usable=addresses,
        ttl_seconds=3600,
        dnssec=Dnssec.INSECURE,
    )
    return replace(plain, **more)


def route_of(domain: str, *exchanges: Exchange, **more: Any) -> MailRoute:
    endpoints = tuple(Endpoint(one.exchange, address, 25) for one in exchanges for address in one.usable)
    plain = MailRoute(
        domain=domain, status=MxStatus.MX, exchanges=exchanges, dnssec=Dnssec.INSECURE, endpoints=endpoints
    )
    return replace(plain, **more)


def certificate_of(host: str, *, days: int = 60, **more: Any) -> Certificate:
    plain = Certificate(
        sha256=sha256(host.encode()).hexdigest(),
        der=host.encode(),
        subject=f"CN={host}",
        issuer="CN=R11,O=Let's Encrypt,C=US",
        common_name=host,
        names=(host,),
        not_before=STARTED + timedelta(days=days - 90),
        not_after=STARTED + timedelta(days=days),
        key_type="RSA",
        key_bits=2048,
        signature_algorithm="sha256WithRSAEncryption",
    )
    return replace(plain, **more)


def session_of(endpoint: Endpoint, certificate: Certificate | None = None, **more: Any) -> SmtpSession:
    """A conversation that went well, with STARTTLS where there is a certificate."""
    hello = (endpoint.exchange, "PIPELINING", "SIZE 10240000", *(["STARTTLS"] if certificate else []), "8BITMIME")
    plain = SmtpSession(
        endpoint=endpoint,
        outcome=Outcome.COMPLETED,
        stage=Stage.DONE,
        started_at=STARTED,
        greeting=Reply(220, (f"{endpoint.exchange} ESMTP Postfix",)),
        ehlo=Reply(250, hello),
        starttls=Starttls.NOT_OFFERED,
        quit=Reply(221, ("2.0.0 Bye",)),
        timings=Timings(connect_ms=12.34, greeting_ms=20.06, ehlo_ms=11.0, total_ms=80.0),
    )
    if certificate:
        plain = replace(
            plain,
            starttls=Starttls.OK,
            starttls_reply=Reply(220, ("2.0.0 Ready to start TLS",)),
            plaintext_after_starttls=False,
            tls=TlsHandshake(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", chain=(certificate.sha256,)),
            ehlo_tls=Reply(250, tuple(line for line in hello if line != "STARTTLS")),
            timings=replace(plain.timings, tls_ms=30.5),
        )
    return replace(plain, **more)


def finding_of(domain: str, check: str = "MX003", severity: Severity = Severity.HIGH, **more: Any) -> Finding:
    plain = Finding(
        domain=domain,
        subject=domain,
        check=check,
        name=f"check-{check.lower()}",
        verdict=Verdict.FAIL,
        severity=severity,
        evidence="the MX record names an alias: mx.example CNAME mail.example",
        reference="RFC 2181 §10.3",
        remediation="Let the MX record name the host itself.",
        reproduce=f"dig +short MX {domain}\ndig +short CNAME mx.{domain}",
        rules_version="2026.1",
    )
    return plain._replace(**more)


def about_of(run: FakeRun) -> About:
    return About(
        name="2026-09-03T020000Z",
        started_at=run.started_at,
        finished_at=run.started_at + timedelta(seconds=94),
        state="finished",
        tool_version="0.1.0",
        rules_version="2026.1",
        resolver=("127.0.0.53#53",),
        vantage={"host": "audit.example", "EHLO name": "audit.example", "Python": "3.11.7"},
        options=run.config.model_dump(mode="json"),
        options_set=run.config.model_dump(mode="json", exclude_defaults=True),
        checks=tuple(
            CheckLine(
                check=f"MX{place:03}", name="mx-alias", severity=one, title="An alias", reference="RFC 2181 §10.3"
            )
            for place, one in enumerate(Severity)
        ),
    )


def cells(table: Table[Any], about: Any) -> Cells:
    """The row without the columns that nothing fills."""
    row = dict(zip(table.names, table.row(about), strict=True))
    return {name: value for name, value in row.items() if value is not None}


def facts_of(route: MailRoute, *sessions: SmtpSession, **more: Any) -> DomainFacts:
    plain = DomainFacts(
        target=target_of(route.domain),
        route=route,
        sessions={one.endpoint: one for one in sessions},
        certificates={},
        judged_at=STARTED,
    )
    return replace(plain, **more)


def domain_row(facts: DomainFacts, **more: Any) -> DomainRow:
    return DomainRow(target=facts.target, facts=facts, effects=effects_of(facts), **more)
