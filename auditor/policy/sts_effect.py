"""What a domain's MTA-STS comes to: the policy as senders get it, and its effect on the exchanges (RFC 8461 §4, §5)."""

from dataclasses import dataclass

from auditor.model.certificate import CertName, CertTrust
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import FetchOutcome, StsMode, StsPolicy
from auditor.model.published import RecordStatus
from auditor.model.route import ExchangeStatus
from auditor.model.session import SmtpSession, Starttls
from auditor.policy.identity import certificate_name
from auditor.policy.mta_sts import parse_policy, uncovered, why_fetch_fails
from auditor.policy.trust import certificate_trust

_NO_SIGN = {
    FetchOutcome.TIMEOUT,
    FetchOutcome.UNREACHABLE,
    FetchOutcome.DNS_FAILED,
    FetchOutcome.SKIPPED,
    FetchOutcome.INTERNAL_ERROR,
}
"""These may rest on us or on the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StsEffect:
    """What MTA-STS comes to for a domain."""

    status: RecordStatus
    reason: str = ""
    """Why it is invalid or unknown."""
    policy: StsPolicy | None = None
    """As it was fetched, whether it counts or not."""
    uncovered: tuple[str, ...] = ()
    """Exchanges that no ``mx`` pattern of the policy matches."""
    failing: tuple[tuple[str, str], ...] = ()
    """(endpoint, why) of those covered that a sender must not deliver to under ``enforce``."""
    untested: tuple[str, ...] = ()
    """Endpoints of which that is not known."""
    exchanges: tuple[str, ...] = ()
    """All the exchanges that the policy is about."""

    @property
    def mode(self) -> StsMode | None:
        """Of a policy that counts."""
        return self.policy.mode if self.policy is not None and self.status is RecordStatus.VALID else None


def sts_effect(facts: DomainFacts) -> StsEffect:
    """MTA-STS of a domain, by its record, the policy that was fetched, and what its exchanges showed."""
    if facts.published is None:
        return StsEffect(status=RecordStatus.UNKNOWN, reason=facts.route.error or str(facts.route.status))
    record = facts.published.mta_sts
    if record.unknown:
        return StsEffect(status=RecordStatus.UNKNOWN, reason=record.unknown)
    if record.faults:
        return StsEffect(status=RecordStatus.INVALID, reason="; ".join(record.faults))
    return _by_fetch(facts) if record.valid else StsEffect(status=RecordStatus.NONE)


def _by_fetch(facts: DomainFacts) -> StsEffect:
    fetch = facts.policy_fetch
    if fetch is None:
        return StsEffect(status=RecordStatus.UNKNOWN, reason="the policy was not fetched in this run")
    leaf = facts.certificates.get(fetch.tls.chain[0]) if fetch.tls is not None and fetch.tls.chain else None
    if reason := why_fetch_fails(fetch, leaf):
        passing = fetch.outcome in _NO_SIGN
        return StsEffect(status=RecordStatus.UNKNOWN if passing else RecordStatus.INVALID, reason=reason)
    policy = parse_policy(fetch.body)
    if policy.faults:
        return StsEffect(status=RecordStatus.INVALID, reason="; ".join(policy.faults), policy=policy)
    return _in_force(policy, facts)


def _in_force(policy: StsPolicy, facts: DomainFacts) -> StsEffect:
    named = [one.exchange for one in facts.route.exchanges if one.status is not ExchangeStatus.NULL]
    exchanges = tuple(dict.fromkeys(named))
    missing = () if policy.mode is StsMode.NONE else uncovered(policy, exchanges)
    endpoints = [one for one in facts.route.endpoints if one.exchange not in missing]
    judged = {one: _why_rejected(facts.sessions.get(one), facts) for one in endpoints}
    return StsEffect(
        status=RecordStatus.VALID,
        policy=policy,
        uncovered=missing,
        failing=tuple((str(endpoint), why) for endpoint, why in judged.items() if why),
        untested=tuple(str(endpoint) for endpoint, why in judged.items() if why is None),
        exchanges=exchanges,
    )


def _why_rejected(session: SmtpSession | None, facts: DomainFacts) -> str | None:
    """Why a sender under ``enforce`` must not deliver here (§4.2); empty where it may, ``None`` where not known."""
    if session is None:
        return None
    if session.starttls in {Starttls.NOT_OFFERED, Starttls.REFUSED}:
        return "STARTTLS is not offered" if session.starttls is Starttls.NOT_OFFERED else "STARTTLS is refused"
    if session.tls is None:
        return None
    trust = certificate_trust(session.tls)
    if trust not in {CertTrust.TRUSTED, CertTrust.NOT_TESTED}:
        return f"the certificate is not trusted ({trust})"
    leaf = facts.certificates.get(session.tls.chain[0]) if session.tls.chain else None
    name = certificate_name(leaf, session.endpoint.exchange)
    wrong = name in {CertName.MISMATCH, CertName.CN_ONLY}
    return f"the certificate does not name {session.endpoint.exchange} ({name})" if wrong else ""
