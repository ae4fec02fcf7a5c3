"""The facts a check may ask for, and what stands in their place where they were not obtained."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.route import Exchange, MailRoute, MxStatus
from auditor.model.session import Outcome, SmtpSession, Starttls
from auditor.protocol.keywords import Keyword, parse_keywords
from auditor.protocol.replies import Reply

Missing = Unknown | NotApplicable

NO_LOOKUP = "no MX lookup was asked for"

# Of these endpoints nothing can be said: it may be our side, the path, or the moment.
INCONCLUSIVE = {
    Outcome.DEFERRED,
    Outcome.CONNECT_TIMEOUT,
    Outcome.REPLY_TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.SKIPPED,
    Outcome.INTERNAL_ERROR,
}


@dataclass(frozen=True, slots=True)
class Route:
    """The mail route of a domain, where its MX lookup said something."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    route: MailRoute


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every endpoint of a domain that receives mail, with its conversation where one was held."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    route: MailRoute
    sessions: tuple[tuple[Endpoint, SmtpSession | None], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One MX record whose exchange could be looked up."""

    scope: ClassVar[Scope] = Scope.EXCHANGE
    exchange: Exchange
    route: MailRoute


@dataclass(frozen=True, slots=True)
class Spoken:
    """A conversation that says something about the server, however it ended."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: SmtpSession


@dataclass(frozen=True, slots=True)
class Greeting:
    """The greeting a server gave."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    reply: Reply


@dataclass(frozen=True, slots=True)
class Hello:
    """What was answered to EHLO in clear text, and its keywords."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: SmtpSession
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """The keywords a client may use in the end: those inside TLS where it got there, or those in clear text."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class StarttlsOffered:
    """A conversation in which STARTTLS was offered."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: SmtpSession


@dataclass(frozen=True, slots=True)
class Tls:
    """A completed handshake."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    endpoint: Endpoint
    handshake: TlsHandshake


@dataclass(frozen=True, slots=True)
class Leaf:
    """The server's own certificate, the handshake it came in, and the moment of judging."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    endpoint: Endpoint
    handshake: TlsHandshake
    certificate: Certificate
    at: datetime


def domain_fact(kind: type, facts: DomainFacts) -> Any:  # noqa: ANN401 - a fact of ``kind``, or Missing
    """The domain-wide fact of that kind, or what stands in its place."""
    return _DOMAIN_FACTS[kind](facts)


def exchange_fact(exchange: Exchange, route: MailRoute) -> Listed | Missing:
    """The record as a fact: an exchange whose addresses could not be looked up is not known."""
    if route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    if not exchange.status.known:
        return Unknown(f"{exchange.exchange}: {exchange.status}; {'; '.join(exchange.errors)}".rstrip("; "))
    return Listed(exchange, route)


def endpoint_fact(kind: type, endpoint: Endpoint, facts: DomainFacts) -> Any:  # noqa: ANN401 - as above
    """The endpoint's fact of that kind, or what stands in its place."""
    session = facts.sessions.get(endpoint)
    if session is None:
        return Unknown("this endpoint was not contacted before the run ended")
    return _ENDPOINT_FACTS[kind](session, facts)


def _route(route: MailRoute) -> Route | Missing:
    if route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    return _failed_lookup(route) or Route(route)


def _failed_lookup(route: MailRoute) -> Unknown | None:
    if route.status.known:
        return None
    return Unknown(f"the MX lookup gave no fact: {route.status} ({route.error})".replace(" ()", ""))


def _contacts(facts: DomainFacts) -> Contacts | Missing:
    failed = _failed_lookup(facts.route)
    if failed is not None:
        return failed
    if facts.route.status in {MxStatus.NULL, MxStatus.NONE, MxStatus.NXDOMAIN}:
        return NotApplicable(f"the domain takes no mail ({facts.route.status})")
    if facts.dns_only:
        return NotApplicable("no mail server was to be contacted")
    if not facts.route.endpoints:
        return NotApplicable("there is no endpoint to contact")
    return Contacts(facts.route, tuple((one, facts.sessions.get(one)) for one in facts.route.endpoints))


def _spoken(session: SmtpSession, _: DomainFacts) -> Spoken | Missing:
    if session.outcome in INCONCLUSIVE:
        return Unknown(f"{session.outcome} at {session.stage}: {session.error}")
    return Spoken(session)


def _greeting(session: SmtpSession, _: DomainFacts) -> Greeting | Missing:
    if session.greeting is None:
        return _no_further(session, "no greeting was received")
    return Greeting(session.greeting)


def _hello(session: SmtpSession, _: DomainFacts) -> Hello | Missing:
    if session.ehlo is None:
        return _no_further(session, "EHLO was not reached")
    if not (session.ehlo.positive or (session.helo is not None and session.helo.positive)):
        return _no_further(session, "neither EHLO nor HELO was accepted")
    return Hello(session, parse_keywords(session.ehlo))


def _offer(session: SmtpSession, facts: DomainFacts) -> Offer | Missing:
    hello = _hello(session, facts)
    if not isinstance(hello, Hello):
        return hello
    if session.ehlo is None or not session.ehlo.positive:
        return NotApplicable("the server knows no EHLO, so no keywords")
    inside = session.ehlo_tls
    return Offer(parse_keywords(inside) if inside is not None and inside.positive else hello.keywords)


def _starttls(session: SmtpSession, facts: DomainFacts) -> StarttlsOffered | Missing:
    if session.starttls is Starttls.NOT_TESTED:
        hello = _hello(session, facts)
        return hello if not isinstance(hello, Hello) else Unknown("the conversation ended before STARTTLS")
    if session.starttls is Starttls.NOT_OFFERED:
        return NotApplicable("STARTTLS is not offered")
    if session.starttls is Starttls.IMPLICIT:
        return NotApplicable("TLS is implicit on this port")
    return StarttlsOffered(session)


def _tls(session: SmtpSession, facts: DomainFacts) -> Tls | Missing:
    if session.tls is not None:
        return Tls(session.endpoint, session.tls)
    offered = _starttls(session, facts)
    if isinstance(offered, Unknown | NotApplicable):
        return offered
    if session.outcome in INCONCLUSIVE:
        return Unknown(f"{session.outcome} at {session.stage}: {session.error}")
    return NotApplicable("there was no TLS to look into")


def _leaf(session: SmtpSession, facts: DomainFacts) -> Leaf | Missing:
    tls = _tls(session, facts)
    if not isinstance(tls, Tls):
        return tls
    certificate = facts.certificates.get(tls.handshake.chain[0]) if tls.handshake.chain else None
    if certificate is None:
        return Unknown("the server showed no certificate that was kept")
    return Leaf(session.endpoint, tls.handshake, certificate, facts.judged_at)


def _no_further(session: SmtpSession, words: str) -> Missing:
    """Where a conversation did not get far: not known if that may pass, not applicable if the server meant it."""
    reason = f"{words}: {session.outcome} at {session.stage}: {session.error}"
    return Unknown(reason) if session.outcome in INCONCLUSIVE else NotApplicable(reason)


_DOMAIN_FACTS: dict[type, Callable[[DomainFacts], Any]] = {
    MailRoute: lambda facts: facts.route,
    Route: lambda facts: _route(facts.route),
    Contacts: _contacts,
}
_ENDPOINT_FACTS: dict[type, Callable[[SmtpSession, DomainFacts], Any]] = {
    Spoken: _spoken,
    Greeting: _greeting,
    Hello: _hello,
    Offer: _offer,
    StarttlsOffered: _starttls,
    Tls: _tls,
    Leaf: _leaf,
}
