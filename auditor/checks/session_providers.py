"""What conversations show, as facts that checks ask for, and what stands in place of those that are missing."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from auditor.checks.access_facts import ACCESS
from auditor.checks.core import NotApplicable, Unknown
from auditor.checks.facts import (
    Active,
    Chain,
    Greeting,
    HandshakeTried,
    Hello,
    Leaf,
    Offer,
    Spoken,
    StarttlsOffered,
    Tls,
    Trials,
    Unpinned,
    ended,
    inconclusive,
)
from auditor.checks.routing import Missing
from auditor.model.facts import DomainFacts
from auditor.model.session import Blame, Outcome, Session, SmtpSession, Starttls
from auditor.policy.dane_effect import in_force, pinned_by
from auditor.protocol.keywords import parse_keywords

_keywords = lru_cache(maxsize=64)(parse_keywords)  # a conversation is looked into for several facts in turn
_NOT_SMTP = NotApplicable("no SMTP is spoken at this port")


def _spoken(session: Session, _: DomainFacts) -> Spoken | Missing:
    if not isinstance(session, SmtpSession):
        return _NOT_SMTP
    return Unknown(ended(session)) if inconclusive(session) else Spoken(session)


def _greeting(session: Session, _: DomainFacts) -> Greeting | Missing:
    if not isinstance(session, SmtpSession):
        return _NOT_SMTP
    if session.greeting is None:
        return _no_further(session, "no greeting was received")
    return Greeting(session.greeting)


def _hello(session: Session, facts: DomainFacts) -> Hello | Missing:
    if not isinstance(session, SmtpSession):
        return _NOT_SMTP
    if session.ehlo is None:
        return _no_further(session, "EHLO was not reached")
    if not (session.ehlo.positive or (session.helo is not None and session.helo.positive)):
        return _no_further(session, "neither EHLO nor HELO was accepted")
    place = (session.endpoint.exchange, session.endpoint.port)
    tlsa = facts.published.tlsa.get(place) if facts.published is not None else None
    return Hello(session, _keywords(session.ehlo), pinned=tlsa is not None and in_force(tlsa) is True)


def _offer(session: Session, facts: DomainFacts) -> Offer | Missing:
    hello = _hello(session, facts)
    if not isinstance(hello, Hello):
        return hello
    if hello.session.ehlo is None or not hello.session.ehlo.positive:
        return NotApplicable("the server knows no EHLO, so no keywords")
    inside = hello.session.ehlo_tls
    return Offer(_keywords(inside) if inside is not None and inside.positive else hello.keywords)


def _starttls(session: Session, facts: DomainFacts) -> StarttlsOffered | Missing:
    if not isinstance(session, SmtpSession):
        return _NOT_SMTP
    if session.starttls is Starttls.IMPLICIT:
        return NotApplicable("TLS is implicit on this port")
    return _without_starttls(session, facts) or StarttlsOffered(session)


def _without_starttls(session: Session, facts: DomainFacts) -> Missing | None:
    """Why STARTTLS was not asked for; ``None`` where it was."""
    if session.starttls is Starttls.NOT_OFFERED:
        return NotApplicable("STARTTLS is not offered")
    if session.starttls is Starttls.NOT_TESTED:
        if not isinstance(session, SmtpSession):
            return _no_further(session, "STARTTLS was not reached")
        hello = _hello(session, facts)
        missing = hello if isinstance(hello, Unknown | NotApplicable) else None
        return missing or Unknown("the conversation ended before STARTTLS")
    return None


def _tried(session: Session, facts: DomainFacts) -> HandshakeTried | Missing:
    if session.tls is not None:
        return HandshakeTried(session)
    missing = None if session.starttls is Starttls.IMPLICIT else _without_starttls(session, facts)
    return missing or _before_handshake(session) or HandshakeTried(session)


def _before_handshake(session: Session) -> Missing | None:
    """What kept a handshake from being tried to its end, other than the server's TLS; ``None`` where nothing did."""
    if inconclusive(session):
        return Unknown(ended(session))
    if session.starttls is Starttls.REFUSED:
        deferred = session.starttls_deferred
        return Unknown("STARTTLS was deferred") if deferred else NotApplicable("STARTTLS was refused")
    if session.plaintext_after_starttls:
        return NotApplicable("clear text stood before the handshake, which was not tried")
    ran_out_of_time = session.outcome is Outcome.TLS_FAILED and session.blame is Blame.UNKNOWN
    return Unknown(ended(session)) if ran_out_of_time else None


def _tls(session: Session, facts: DomainFacts) -> Tls | Missing:
    tried = _tried(session, facts)
    if not isinstance(tried, HandshakeTried):
        return tried
    if session.tls is None:
        return NotApplicable("there was no TLS to look into")
    return Tls(session.endpoint, session.tls)


def _trials(session: Session, facts: DomainFacts) -> Trials | Missing:
    tls = _tls(session, facts)
    if not isinstance(tls, Tls):
        return tls
    return Trials(session, tls.handshake) if session.tls_trials else Unknown("it was not tried before the run ended")


def _active(session: Session, facts: DomainFacts) -> Active | Missing:
    spoken = _spoken(session, facts)
    if not isinstance(spoken, Spoken):
        return spoken
    if session.outcome is not Outcome.COMPLETED:
        return NotApplicable(f"no conversation was completed: {session.outcome}")
    return Active(spoken.session) if spoken.session.active else Unknown("it was not tried before the run ended")


def _leaf(session: Session, facts: DomainFacts) -> Leaf | Missing:
    tls = _tls(session, facts)
    if not isinstance(tls, Tls):
        return tls
    certificate = facts.leaf(tls.handshake)
    if certificate is None:
        return Unknown("the server showed no certificate that was kept")
    return Leaf(session.endpoint, tls.handshake, certificate, facts.judged_at)


def _chain(session: Session, facts: DomainFacts) -> Chain | Missing:
    leaf = _leaf(session, facts)
    if not isinstance(leaf, Leaf):
        return leaf
    sent = tuple(facts.certificates.get(sha256) for sha256 in leaf.handshake.chain)
    known = tuple(one for one in sent if one is not None and not one.malformed)
    if len(known) < len(sent):
        return Unknown("not all certificates that were sent could be read")
    return Chain(leaf.endpoint, known, leaf.at)


def _unpinned(session: Session, facts: DomainFacts) -> Unpinned | Missing:
    leaf = _leaf(session, facts)
    if not isinstance(leaf, Leaf):
        return leaf
    if record := pinned_by(session, facts):
        # RFC 7672 §3.1.1; who knows no DANE does not look at certificates on this port (RFC 7435).
        return NotApplicable(f"the TLSA record {record} vouches for it, whatever its issuer, names and dates")
    return Unpinned(leaf.endpoint, leaf.handshake, leaf.certificate, leaf.at)


def _no_further(session: Session, words: str) -> Missing:
    """Where a conversation did not get far: not known if that may pass, not applicable if the server meant it."""
    reason = f"{words}: {ended(session)}"
    return Unknown(reason) if inconclusive(session) else NotApplicable(reason)


SESSIONS: dict[type, Callable[..., Any]] = {
    **ACCESS,
    Spoken: _spoken,
    Greeting: _greeting,
    Hello: _hello,
    Offer: _offer,
    StarttlsOffered: _starttls,
    HandshakeTried: _tried,
    Tls: _tls,
    Trials: _trials,
    Active: _active,
    Chain: _chain,
    Leaf: _leaf,
    Unpinned: _unpinned,
}
"""The part of ``providers.PROVIDERS`` that is about endpoints."""
