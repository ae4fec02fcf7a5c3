"""From a recorded run to what rows are made of: the same judging as at the time, without a network."""

from collections.abc import Iterable, Iterator

from auditor.journal.reader import FAULT
from auditor.model.certificate import Certificate
from auditor.model.dane import TlsaSet
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import PolicyFetch
from auditor.model.reverse import ReverseNames
from auditor.model.session import Session
from auditor.model.target import Target
from auditor.policy.dane import look_up_tlsa
from auditor.policy.drive import replay
from auditor.policy.reverse import look_up_reverse
from auditor.policy.survey import Survey
from auditor.report.effects import effects_of
from auditor.report.remembered import remembered
from auditor.report.rows import DomainRow
from auditor.report.sources import Judge, RecordedRun, SurveyOf

_KEPT = 2_000  # conversations of busy exchanges, which many domains share


class Recall:
    """Conversations and certificates of a recorded run, the last used kept at hand."""

    def __init__(self, run: RecordedRun) -> None:
        self.session = remembered(run.session, _KEPT)
        self._certificate = remembered(run.certificate, _KEPT)
        self._answer = run.answer
        self.config = run.config
        self.ad_trusted = run.validation is not None and run.validation.trusted

    def certificates(self, seen: Session | PolicyFetch) -> dict[str, Certificate]:
        """Those of the chain that were recorded, by SHA-256."""
        chain = seen.tls.chain if seen.tls is not None else ()
        found = ((sha256, self._certificate(sha256)) for sha256 in chain)
        return {sha256: certificate for sha256, certificate in found if certificate is not None}

    def tlsa(self, exchange: str, port: int) -> TlsaSet | None:
        """The TLSA records of an exchange, if they were asked for."""
        return replay(look_up_tlsa(exchange, port, self.ad_trusted), self._answer)

    def reverse(self, address: str) -> ReverseNames | None:
        """The names of an address, if they were asked for."""
        found = replay(look_up_reverse((address,)), self._answer)
        return None if found is None else found[address]

    def certificate(self, sha256: str) -> Certificate | None:
        """The certificate of that SHA-256, if it was recorded."""
        return self._certificate(sha256)


def domain_rows(
    run: RecordedRun, recall: Recall, survey_of: SurveyOf, judge: Judge, targets: Iterable[Target] | None = None
) -> Iterator[DomainRow]:
    """A row for each target of the run (those given, if any are), in order, judged as far as it was observed."""
    for target in run.targets() if targets is None else targets:
        recorded = survey_of(target)
        if recorded is None:
            yield DomainRow(target=target, fault=run.meta(f"{FAULT}{target.key}") or "")
        else:
            facts = _facts(run, recall, target, recorded.survey)
            effects = effects_of(facts)
            yield DomainRow(target=target, facts=facts, effects=effects, judged=judge(facts), answers=recorded.answers)


def _facts(run: RecordedRun, recall: Recall, target: Target, survey: Survey) -> DomainFacts:
    found = ((endpoint, recall.session(endpoint)) for endpoint in survey.route.endpoints)
    sessions = {endpoint: session for endpoint, session in found if session is not None}
    fetch = next(map(run.policy_fetch, survey.policy_hosts), None)
    looks = (*sessions.values(), *((fetch,) if fetch is not None else ()))
    certificates: dict[str, Certificate] = {}
    for seen in looks:
        certificates |= recall.certificates(seen)
    return DomainFacts(
        target=target,
        route=survey.route,
        published=survey.published,
        reverse=survey.reverse,
        policy_fetch=fetch,
        sessions=sessions,
        certificates=certificates,
        judged_at=run.judged_at(*(seen.started_at for seen in looks)),
        asked=recall.config.asked(),
        dns_only=recall.config.dns_only,
    )
