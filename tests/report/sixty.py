"""Sixty domains as a list of a company would hold them."""

from dataclasses import replace
from typing import Any

from auditor.config import Config
from auditor.model.certificate import VerifyError
from auditor.model.dmarc import Disposition
from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity, Verdict
from auditor.model.mta_sts import StsRecord
from auditor.model.published import Published
from auditor.model.route import MxStatus
from auditor.model.session import Blame, Outcome, Stage, Timings
from auditor.model.spf import SpfStatus
from auditor.model.target import Reject
from auditor.protocol.replies import Reply
from tests.report.literal import (
    HOSTILE,
    SILENT,
    FakeRun,
    Judgement,
    certificate_of,
    exchange_of,
    finding_of,
    route_of,
    session_of,
)
from tests.report.published import answer_of, dmarc_of, fully_published, published_of, spf_of, tlsa_of

_TIMED_OUT = {"outcome": Outcome.CONNECT_TIMEOUT, "blame": Blame.UNKNOWN, "attempts": 2, "error": "no answer in 10 s"}
_SKIPPED = {"outcome": Outcome.SKIPPED, "blame": Blame.OURS, "error": "no IPv6 route here"}
_ODD: dict[int, dict[str, Any]] = {
    3: {**SILENT, **_TIMED_OUT, "stage": Stage.CONNECT, "timings": Timings()},
    5: {
        **SILENT,
        "greeting": Reply(554, ("No SMTP service here",)),
        "outcome": Outcome.REJECTED,
        "stage": Stage.GREETING,
        "blame": Blame.THEIRS,
        "error": "554 No SMTP service here",
    },
    7: {**SILENT, **_SKIPPED, "stage": Stage.CONNECT, "timings": Timings()},
    11: {"greeting": Reply(220, (HOSTILE, "second line")), "deviations": ("control-characters", "non-ascii")},
}


def sixty_domains() -> FakeRun:
    run = FakeRun(config=Config(resolver=("127.0.0.53",)))
    for number in range(60):
        domain = f"{('shop', 'acme', 'hr', 'east', 'south')[number % 5]}{number}.example"
        if number % 20 == 9:
            status = (MxStatus.NULL, MxStatus.TIMEOUT, MxStatus.NXDOMAIN)[number // 20]
            run.add(domain, route_of(domain, status=status, error="no reply in 10 s" if number == 29 else ""))
        elif number == 58:
            run.add(domain)
        else:
            shared = exchange_of(f"mx{number % 8}.hoster{number % 4}.example", f"192.0.2.{number % 8 + 1}")
            own = exchange_of(f"mx.{domain}", f"198.51.100.{number + 1}", preference=20)
            route = route_of(domain, *([shared, own] if number % 3 else [shared]))
            run.add(domain, route, extra=(("owner", ("IT Madrid", "Marketing", "Subsidiary KK")[number % 3]),))
            _speak(run, number, route.endpoints)
            run.published[domain] = _published(domain, number)
            run.answers[domain] = (
                answer_of(domain, "MX", *(f"{one.preference} {one.exchange}" for one in route.exchanges)),
                answer_of(domain, "TXT", *((run.published[domain].spf.record,) if number % 4 else ())),
            )
            run.judgements[domain] = _judged(domain, number)
    run.rejected.append(Reject(source="domains.csv", line=61, text="=not a domain\x07", reason="not a domain name"))
    return run


def _published(domain: str, number: int) -> Published:
    if number % 4 == 0:
        return published_of(domain)
    policy = (Disposition.REJECT, Disposition.NONE, Disposition.QUARANTINE)[number % 3]
    host, seen = f"mx.{domain}", certificate_of(f"mx.{domain}").sha256
    tlsa = tlsa_of(host, seen, "ab" * 32) if number % 5 else tlsa_of(host, "cd" * 32)
    published = fully_published(domain, dmarc=dmarc_of(domain, policy), mta_sts=StsRecord(), tlsa=tlsa)
    if number % 4 == 1:
        broken = spf_of(domain, status=SpfStatus.PERMERROR, reason="14 lookups where 10 are allowed (RFC 7208 §4.6.4)")
        published = replace(published, spf=broken, dkim=published_of(domain).dkim)
    return published


def _speak(run: FakeRun, number: int, endpoints: tuple[Endpoint, ...]) -> None:
    for place, endpoint in enumerate(endpoints):
        if endpoint in run.sessions:
            continue
        certificate = certificate_of(endpoint.exchange, days=(60, 12, 80, -3, 400)[(number + place) % 5])
        session = session_of(endpoint, certificate)
        if place and number % 13 in _ODD:
            session = session_of(endpoint, **_ODD[number % 13])
        elif session.tls is not None and number % 6 == 0:
            wrong = (VerifyError(18, 0, "self-signed certificate"),)
            session = replace(session, tls=replace(session.tls, verify_errors=wrong))
        run.speak(session, certificate)


def _judged(domain: str, number: int) -> Judgement:
    kinds, verdicts = list(Severity), (Verdict.FAIL, Verdict.FAIL, Verdict.FAIL, Verdict.UNKNOWN)
    findings = tuple(
        finding_of(domain, f"MX{place:03}", kinds[(place + number) % 5], verdict=verdicts[place])
        for place in range(number % 5)
    )
    failed = [one.severity for one in findings if one.verdict is Verdict.FAIL]
    unknown = len(findings) - len(failed)
    return Judgement(
        findings=findings,
        failed=len(failed),
        unknown=unknown,
        score=max(0, 100 - 17 * len(failed) - number % 7),
        coverage=1 - unknown / 12,
        worst_severity=min(failed, key=lambda one: one.rank, default=None),
    )
