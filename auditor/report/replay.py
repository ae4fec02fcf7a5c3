"""From a recorded run to rows: drives the same judging as at the time, without a network."""

from collections.abc import Iterator
from functools import lru_cache

from auditor.model.certificate import Certificate
from auditor.model.facts import DomainFacts
from auditor.model.route import MailRoute
from auditor.model.session import SmtpSession
from auditor.model.target import Target
from auditor.report.rows import DomainRow
from auditor.report.sources import Judge, RecordedRun, RouteOf

_KEPT = 2_000  # conversations of busy exchanges, which many domains share


class Recall:
    """Conversations and certificates of a recorded run, the last used kept at hand."""

    def __init__(self, run: RecordedRun) -> None:
        self.session = lru_cache(maxsize=_KEPT)(run.session)
        self._certificate = lru_cache(maxsize=_KEPT)(run.certificate)

    def certificates(self, session: SmtpSession) -> dict[str, Certificate]:
        """Those of the session's chain that were recorded, by SHA-256."""
        chain = session.tls.chain if session.tls is not None else ()
        found = ((sha256, self._certificate(sha256)) for sha256 in chain)
        return {sha256: certificate for sha256, certificate in found if certificate is not None}

    def certificate(self, sha256: str) -> Certificate | None:
        """The certificate of that SHA-256, if it was recorded."""
        return self._certificate(sha256)


def domain_rows(run: RecordedRun, recall: Recall, route_of: RouteOf, judge: Judge) -> Iterator[DomainRow]:
    """A row for each target of the run, in order, judged as far as it was observed."""
    for target in run.targets():
        route = route_of(target)
        if route is None:
            yield DomainRow(target=target, fault=run.meta(f"fault:{target.key}") or "")
        else:
            facts = _facts(run, recall, target, route)
            yield DomainRow(target=target, facts=facts, judged=judge(facts))


def _facts(run: RecordedRun, recall: Recall, target: Target, route: MailRoute) -> DomainFacts:
    found = ((endpoint, recall.session(endpoint)) for endpoint in route.endpoints)
    sessions = {endpoint: session for endpoint, session in found if session is not None}
    certificates: dict[str, Certificate] = {}
    for session in sessions.values():
        certificates |= recall.certificates(session)
    return DomainFacts(
        target=target,
        route=route,
        sessions=sessions,
        certificates=certificates,
        judged_at=run.started_at,
        dns_only=run.config.dns_only,
    )
