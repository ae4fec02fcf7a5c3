"""What a domain's MTA-STS comes to: the policy as senders get it, and its effect on the exchanges (RFC 8461 §4, §5)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.model.certificate import Certificate, CertName, CertTrust, TlsHandshake
from auditor.model.endpoint import Endpoint, Service
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import StsMode, StsPolicy
from auditor.model.published import RecordStatus
from auditor.model.route import ExchangeStatus
from auditor.model.session import Blame, Outcome, Session, Starttls
from auditor.policy.identity import certificate_name
from auditor.policy.kept import kept
from auditor.policy.mta_sts import certificate_fault, parse_policy, uncovered, why_fetch_fails
from auditor.policy.trust import certificate_trust
from auditor.policy.words import NO_STARTTLS


class ExchangeEffect(StrEnum):
    """What a sender that follows a policy does with an exchange under ``enforce`` (RFC 8461 §5)."""

    ALLOWED = "allowed"
    NOT_LISTED = "not-listed"
    REJECTED = "rejected"  # listed, and without the TLS that is asked for
    UNKNOWN = "unknown"


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
    """Endpoints of which that is not known; an exchange's name where none of its addresses was to be contacted."""
    exchanges: tuple[str, ...] = ()
    """All the exchanges that the policy is about."""
    by_exchange: tuple[tuple[str, ExchangeEffect], ...] = ()
    """(exchange, what ``enforce`` does or would do there), the worst of its addresses; empty in mode ``none``."""

    @property
    def mode(self) -> StsMode | None:
        """Of a policy that counts."""
        return self.policy.mode if self.policy is not None and self.status is RecordStatus.VALID else None


@kept
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
    leaf = facts.leaf(fetch.tls)
    if reason := why_fetch_fails(fetch, leaf):
        certain = fetch.outcome.telling or certificate_fault(fetch, leaf)
        return StsEffect(status=RecordStatus.INVALID if certain else RecordStatus.UNKNOWN, reason=reason)
    policy = parse_policy(fetch.body)
    if policy.faults:
        return StsEffect(status=RecordStatus.INVALID, reason="; ".join(policy.faults), policy=policy)
    return _in_force(policy, facts)


def _in_force(policy: StsPolicy, facts: DomainFacts) -> StsEffect:
    named = (one.exchange for one in facts.route.exchanges if one.status is not ExchangeStatus.NULL)
    exchanges = tuple(dict.fromkeys(named))
    if policy.mode is StsMode.NONE:
        return StsEffect(status=RecordStatus.VALID, policy=policy, exchanges=exchanges)
    missing = uncovered(policy, exchanges)
    tested = {one: _tested(one, facts) for one in exchanges if one not in missing}
    return StsEffect(
        status=RecordStatus.VALID,
        policy=policy,
        uncovered=missing,
        failing=tuple((str(one), why) for found in tested.values() for one, why in found.items() if why),
        untested=tuple(_untested(tested, facts)),
        exchanges=exchanges,
        by_exchange=tuple(
            (one, ExchangeEffect.NOT_LISTED if one in missing else _worst(tested[one].values())) for one in exchanges
        ),
    )


def _tested(exchange: str, facts: DomainFacts) -> dict[Endpoint, str | None]:
    """Why each endpoint of an exchange is rejected, of those to which mail is relayed.

    One that was left alone, as all IPv6 is where there is no route for it, does not
    weigh as long as another address of the exchange was spoken to.
    """
    endpoints = [one for one in facts.route.endpoints if (one.exchange, one.service) == (exchange, Service.SMTP)]
    contacted = [one for one in endpoints if not _left_alone(facts.sessions.get(one))]
    return {one: _why_rejected(facts.sessions.get(one), facts) for one in contacted or endpoints}


def _left_alone(session: Session | None) -> bool:
    return session is not None and session.outcome is Outcome.SKIPPED


def _untested(tested: Mapping[str, Mapping[Endpoint, str | None]], facts: DomainFacts) -> Iterator[str]:
    """Endpoints of which nothing is known, and exchanges that have an address, or may have one, and no endpoint."""
    dead = {one.exchange for one in facts.route.exchanges if one.status.known and not one.addresses}
    for exchange, endpoints in tested.items():
        if not endpoints and exchange not in dead:
            yield exchange
        yield from (str(endpoint) for endpoint, why in endpoints.items() if why is None)


def _worst(whys: Iterable[str | None]) -> ExchangeEffect:
    """What the addresses of an exchange come to; a sender may be given any of them."""
    known = tuple(whys)
    if any(known):
        return ExchangeEffect.REJECTED
    return ExchangeEffect.UNKNOWN if not known or None in known else ExchangeEffect.ALLOWED


def _why_rejected(session: Session | None, facts: DomainFacts) -> str | None:
    """Why a sender under ``enforce`` must not deliver here (§4.2); empty where it may, ``None`` where not known."""
    if session is None:
        return None
    if session.tls is not None:
        return _why_not_valid(session.tls, session.endpoint.exchange, facts.leaf(session.tls))
    if session.starttls is Starttls.NOT_OFFERED:
        return NO_STARTTLS
    if session.starttls is Starttls.REFUSED and not session.starttls_deferred:
        return "STARTTLS is refused"
    if session.starttls is Starttls.FAILED and session.blame is Blame.THEIRS:
        return f"the TLS handshake fails ({session.error})"
    return None


def _why_not_valid(tls: TlsHandshake, exchange: str, leaf: Certificate | None) -> str | None:
    """Why a certificate does not do for an exchange (§4.2, RFC 9525)."""
    trust = certificate_trust(tls)
    if trust not in {CertTrust.TRUSTED, CertTrust.NOT_TESTED}:
        return f"the certificate is not trusted ({trust})"
    name = certificate_name(leaf, exchange)
    if name in {CertName.MISMATCH, CertName.CN_ONLY}:
        return f"the certificate does not name {exchange} ({name})"
    return None if CertTrust.NOT_TESTED in {trust, name} else ""
