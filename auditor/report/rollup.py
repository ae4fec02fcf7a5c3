"""What the endpoints of a domain add up to: all, some, none, unknown or not-applicable.

Unknown is never false, nor true: see :func:`add_up`.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from auditor.model.certificate import CertTrust
from auditor.model.facts import DomainFacts
from auditor.model.session import AccessSession, Blame, Outcome, Session, SmtpSession, Starttls
from auditor.policy.rejection import blame_of
from auditor.policy.trust import certificate_trust


class Share(StrEnum):
    """How many of a domain's endpoints something holds for."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Holds(StrEnum):
    """Whether something holds for one endpoint."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    BESIDE = "beside the point"  # it cannot be asked of this endpoint


_DEFINITE_REFUSALS = {
    Outcome.REJECTED,
    Outcome.REFUSED,
    Outcome.CLOSED,
    Outcome.NOT_SMTP,
    Outcome.NOT_IMAP,
    Outcome.NOT_POP3,
    Outcome.OVERSIZED,
    Outcome.TLS_FAILED,
}


def speaks_smtp(session: Session | None) -> Holds:
    """Whether the endpoint takes EHLO or HELO, whatever fails after that; of IMAP and POP3 that is not asked."""
    if session is None:
        return Holds.UNKNOWN
    if not isinstance(session, SmtpSession):
        return Holds.BESIDE
    if any(reply is not None and reply.positive for reply in (session.ehlo, session.helo)):
        return Holds.YES
    if session.outcome in _DEFINITE_REFUSALS and blame_of(session) not in {Blame.OURS, Blame.PATH}:
        return Holds.NO
    return Holds.UNKNOWN


def speaks_tls(session: Session | None) -> Holds:
    """Whether the endpoint completes a TLS handshake, by STARTTLS or at once."""
    if session is None:
        return Holds.UNKNOWN
    if session.tls is not None:
        return Holds.YES
    if session.starttls is Starttls.NOT_OFFERED:
        return Holds.NO
    if session.starttls is Starttls.REFUSED:
        return Holds.UNKNOWN if session.starttls_deferred else Holds.NO
    if session.starttls in {Starttls.FAILED, Starttls.IMPLICIT}:
        return _after_failed_handshake(session)
    return Holds.BESIDE if speaks_smtp(session) is Holds.NO else Holds.UNKNOWN


def _after_failed_handshake(session: Session) -> Holds:
    failed = session.outcome in _DEFINITE_REFUSALS - {Outcome.REFUSED}
    open_to_doubt = {Blame.OURS, Blame.PATH, Blame.UNKNOWN}  # such as a handshake that timed out
    return Holds.NO if failed and session.blame not in open_to_doubt else Holds.UNKNOWN


def is_trusted(session: Session | None) -> Holds:
    """Whether a chain to a trust anchor was presented; beside the point without TLS."""
    tls = speaks_tls(session)
    if tls is not Holds.YES or session is None:
        return Holds.BESIDE if tls is Holds.NO else tls
    trust = certificate_trust(session.tls)
    if trust is CertTrust.NOT_TESTED:
        return Holds.UNKNOWN
    return Holds.YES if trust is CertTrust.TRUSTED else Holds.NO


def add_up(endpoints: Iterable[Holds]) -> Share:
    """The share, with unknown kept apart.

    ``all``: it holds for every one, none unknown.  ``some``: it holds for one at
    least, and for another it does not, or that is unknown.  ``none``: it holds for
    no one, none unknown.  ``unknown``: none is known to hold, one at least is
    unknown.  ``not-applicable``: there is none it could be asked of.
    """
    seen = set(endpoints) - {Holds.BESIDE}
    if not seen:
        return Share.NOT_APPLICABLE
    if seen == {Holds.YES}:
        return Share.ALL
    if seen == {Holds.NO}:
        return Share.NONE
    return Share.SOME if Holds.YES in seen else Share.UNKNOWN


def was_judged(session: Session | None) -> bool:
    """Whether the endpoint showed for certain if it speaks what its port is for."""
    if isinstance(session, AccessSession):
        definite = session.outcome is Outcome.COMPLETED or session.outcome in _DEFINITE_REFUSALS
        return definite and session.blame not in {Blame.OURS, Blame.PATH}
    return speaks_smtp(session) is not Holds.UNKNOWN


def sessions_of(facts: DomainFacts) -> Iterator[Session | None]:
    """For each endpoint that is promised its session, or nothing where none was held."""
    return (facts.sessions.get(endpoint) for endpoint in facts.promised)


def counted_sessions(facts: DomainFacts) -> list[Session | None]:
    """What a share is reckoned over.

    Endpoints skipped on our side (blocked, non-public, no IPv6 here) do not count
    beside others; a host whose addresses could not be looked up counts as unknown,
    and so does one that was not to be contacted in this run.
    """
    sessions = list(sessions_of(facts))
    counted = [one for one in sessions if one is None or one.outcome is not Outcome.SKIPPED] or sessions
    return [*counted, None] if _has_unknown_hosts(facts) else counted


def _has_unknown_hosts(facts: DomainFacts) -> bool:
    if not facts.route.status.known:
        return True
    return any(not one.status.known or (facts.dns_only and one.usable) for one in facts.route.exchanges)
