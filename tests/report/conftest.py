"""A recorded run built from literal records, as the journal would give it back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.model.certificate import Certificate, TlsHandshake, VerifyError
from auditor.model.dns import Answer, Dnssec, Question
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding, Severity, Verdict
from auditor.model.route import Exchange, ExchangeStatus, MailRoute, MxStatus
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls, Timings
from auditor.model.target import Reject, Target
from auditor.protocol.replies import Reply
from auditor.report.about import About, CheckLine, Report
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging

STARTED = datetime(2026, 9, 3, 2, 0, tzinfo=UTC)
HOSTILE = "=HYPERLINK(\"http://evil.example\")\x00\x1b[31m\u202e\r\n@SUM(1+1) <script>alert('x')</script> _x0041_"


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
    certificates: dict[str, Certificate] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)

    def targets(self) -> list[Target]:
        return self.listed

    def rejects(self) -> list[Reject]:
        return self.rejected

    def answer(self, question: Question) -> Answer | None:
        raise AssertionError(f"routes are literal here, yet {question} was asked")

    def session(self, endpoint: Endpoint) -> SmtpSession | None:
        return self.sessions.get(endpoint)

    def certificate(self, sha256: str) -> Certificate | None:
        return self.certificates.get(sha256)

    def route_of(self, target: Target) -> MailRoute | None:
        return self.routes.get(target.key)

    def judge(self, facts: DomainFacts) -> Judgement:
        return self.judgements.get(facts.target.key, Judgement(score=100, coverage=1.0))

    def add(self, domain: str, route: MailRoute | None = None, **extra: str) -> Target:
        line = len(self.listed) + 1
        target = Target(
            domain=domain,
            domain_unicode=domain,
            input=domain.upper(),
            input_line=line,
            source="domains.csv",
            extra=tuple(extra.items()),
        )
        self.listed.append(target)
        if route is not None:
            self.routes[target.key] = route
        return target


def exchange_of(host: str, *addresses: str, preference: int = 10, **more: object) -> Exchange:
    plain = Exchange(
        preference=preference,
        exchange=host,
        status=ExchangeStatus.OK,
        canonical_name=host,
        addresses=addresses,
        usable=addresses,
        ttl_seconds=3600,
        dnssec=Dnssec.INSECURE,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def route_of(domain: str, *exchanges: Exchange, status: MxStatus = MxStatus.MX, **more: object) -> MailRoute:
    endpoints = tuple(Endpoint(one.exchange, address, 25) for one in exchanges for address in one.usable)
    plain = MailRoute(
        domain=domain, status=status, exchanges=exchanges, dnssec=Dnssec.INSECURE, ttl_seconds=3600, endpoints=endpoints
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def certificate_of(host: str, *, days: int = 60, issuer: str = "CN=R11,O=Let's Encrypt,C=US") -> Certificate:
    return Certificate(
        sha256=f"{abs(hash_of(host + str(days))):064x}",
        der=b"",
        subject=f"CN={host}",
        issuer=issuer,
        common_name=host,
        names=(host,),
        not_before=STARTED - timedelta(days=90 - days),
        not_after=STARTED + timedelta(days=days),
        key_type="RSA",
        key_bits=2048,
        signature_algorithm="sha256WithRSAEncryption",
    )


def hash_of(text: str) -> int:
    """A number for a text that is the same in every process."""
    return int.from_bytes(text.encode()[-24:], "big") * 2654435761 % 2**255


def session_of(endpoint: Endpoint, certificate: Certificate | None = None, **more: object) -> SmtpSession:
    """A conversation that went well, with STARTTLS where there is a certificate."""
    hello = (endpoint.exchange, "PIPELINING", "SIZE 10240000", *(["STARTTLS"] if certificate else []), "8BITMIME")
    tls = certificate and TlsHandshake(
        version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", server_name=endpoint.exchange, chain=(certificate.sha256,)
    )
    plain = SmtpSession(
        endpoint=endpoint,
        outcome=Outcome.COMPLETED,
        stage=Stage.DONE,
        started_at=STARTED,
        greeting=Reply(220, (f"{endpoint.exchange} ESMTP Postfix",)),
        ehlo=Reply(250, hello),
        starttls=Starttls.OK if certificate else Starttls.NOT_OFFERED,
        starttls_reply=Reply(220, ("2.0.0 Ready to start TLS",)) if certificate else None,
        plaintext_after_starttls=False if certificate else None,
        tls=tls,
        ehlo_tls=Reply(250, tuple(line for line in hello if line != "STARTTLS")) if certificate else None,
        quit=Reply(221, ("2.0.0 Bye",)),
        timings=Timings(
            connect_ms=12.34, greeting_ms=20.06, ehlo_ms=11.0, tls_ms=30.5 if certificate else None, total_ms=80.0
        ),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def finding_of(domain: str, check: str, severity: Severity, **more: object) -> Finding:
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
    return replace(plain, **more)  # type: ignore[arg-type]


def _problem(number: int, endpoint: Endpoint) -> SmtpSession | None:
    """An odd conversation for some numbers."""
    silent = {"greeting": None, "ehlo": None, "ehlo_tls": None, "quit": None, "starttls": Starttls.NOT_TESTED}
    kinds: dict[int, dict[str, object]] = {
        3: {"outcome": Outcome.CONNECT_TIMEOUT, "stage": Stage.CONNECT, "blame": Blame.UNKNOWN, "attempts": 2,
            "error": "no answer within 10 s", "timings": Timings(), **silent},
        5: {"outcome": Outcome.REJECTED, "stage": Stage.GREETING, "blame": Blame.THEIRS, "error": "554 No SMTP here",
            **silent, "greeting": Reply(554, ("No SMTP service here",))},
        7: {"outcome": Outcome.SKIPPED, "stage": Stage.CONNECT, "blame": Blame.OURS, "error": "no IPv6 route here",
            "timings": Timings(), **silent},
        11: {"greeting": Reply(220, (HOSTILE, "second line")), "deviations": ("control-characters", "non-ascii")},
    }  # fmt: skip
    if number % 13 not in kinds:
        return None
    return session_of(endpoint, None, **kinds[number % 13])


def _sixty() -> FakeRun:
    run = FakeRun(config=Config(resolver=("127.0.0.53",)))
    hosters = [f"mx{number}.hoster{number % 4}.example" for number in range(8)]
    for number in range(60):
        domain = f"{('shop', 'acme', 'hr', 'east', 'south')[number % 5]}{number}.example"
        if number % 20 == 9:
            status = (MxStatus.NULL, MxStatus.TIMEOUT, MxStatus.NXDOMAIN)[number // 20]
            run.add(domain, route_of(domain, status=status, error="no reply within 10 s" if number == 29 else ""))
        elif number == 58:
            run.add(domain)
        else:
            hosts = [hosters[number % 8], f"mx.{domain}"] if number % 3 else [hosters[number % 8]]
            exchanges = [
                exchange_of(host, f"192.0.2.{(number if 'mx.' in host else number % 8) + 1}", preference=10 * place)
                for place, host in enumerate(hosts, start=1)
            ]
            run.add(domain, route_of(domain, *exchanges), owner=("IT Madrid", "Marketing", "Subsidiary KK")[number % 3])
            _speak(run, number, run.routes[domain].endpoints)
            run.judgements[domain] = _judged(domain, number)
    run.rejected.append(Reject(source="domains.csv", line=61, text="=not a domain\x07", reason="not a domain name"))
    return run


def _speak(run: FakeRun, number: int, endpoints: tuple[Endpoint, ...]) -> None:
    for place, endpoint in enumerate(endpoints):
        if endpoint in run.sessions:
            continue
        certificate = certificate_of(endpoint.exchange, days=(60, 12, 80, -3, 400)[(number + place) % 5])
        session = (_problem(number, endpoint) if place else None) or session_of(endpoint, certificate)
        if session.tls is not None and number % 6 == 0:
            wrong = (VerifyError(18, 0, "self-signed certificate"),)
            session = replace(session, tls=replace(session.tls, verify_errors=wrong))
        if session.tls is not None:
            run.certificates[certificate.sha256] = certificate
        run.sessions[endpoint] = session


def _judged(domain: str, number: int) -> Judgement:
    kinds = list(Severity)
    findings = tuple(
        finding_of(
            domain, f"MX{place:03}", kinds[(place + number) % 5], **({"verdict": Verdict.UNKNOWN} if place == 3 else {})
        )
        for place in range(number % 5)
    )
    failed = [one for one in findings if one.verdict is Verdict.FAIL]
    worst = min((one.severity for one in failed), key=lambda one: one.rank, default=None)
    score = max(0, 100 - 17 * len(failed) - number % 7)
    unknown = len(findings) - len(failed)
    return Judgement(
        findings=findings,
        failed=len(failed),
        unknown=unknown,
        score=score,
        coverage=1 - unknown / 12,
        worst_severity=worst,
    )


@pytest.fixture
def empty_run() -> FakeRun:
    return FakeRun()


@pytest.fixture
def sixty() -> FakeRun:
    """Sixty domains as a list of a company would hold them; one greeting is hostile."""
    return _sixty()


Stager = Callable[[FakeRun], AbstractContextManager[Report]]


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Callable[[FakeRun], Report]]:
    """What stages a run and gives the report that writers take."""
    opened: list[Staging] = []

    def open_report(run: FakeRun) -> Report:
        staging = Staging(tmp_path, STAGED)
        opened.append(staging)
        stage(run, run.route_of, run.judge, staging)
        return Report(staging, about_of(run), tmp_path)

    yield open_report
    for staging in opened:
        staging.__exit__(None, None, None)


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
                check=f"MX{number:03}",
                name=f"check-mx{number:03}",
                severity=list(Severity)[number],
                title="An exchange is an alias",
                reference="RFC 2181 §10.3",
            )
            for number in range(5)
        ),
    )
