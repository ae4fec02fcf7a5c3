"""What a check may ask of a server from which users read their mail (IMAP, POP3), and what stands in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.checks.facts import ended, inconclusive
from auditor.checks.routing import Missing
from auditor.model.endpoint import Protocol, Service
from auditor.model.facts import DomainFacts
from auditor.model.session import AccessSession, Session, SmtpSession, Starttls
from auditor.policy.login import capabilities_of
from auditor.protocol.keywords import Keyword, parse_keywords

_OTHER = NotApplicable("no IMAP or POP3 is spoken at this port")


@dataclass(frozen=True, slots=True)
class Access:
    """A conversation in IMAP or POP3 that says something about the server, however it ended."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    sought: ClassVar[bool] = True
    session: AccessSession

    @staticmethod
    def fits(service: Service) -> bool:
        """Whether it can be asked for at such a port."""
        return service.protocol is not Protocol.SMTP

    @property
    def protocol(self) -> Protocol:
        """Which of the two."""
        return self.session.endpoint.service.protocol


@dataclass(frozen=True, slots=True)
class Submission:
    """What a server announced at a port by which users send mail, in SMTP."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    sought: ClassVar[bool] = True
    session: SmtpSession
    inside: tuple[Keyword, ...]
    """The keywords inside TLS."""

    @staticmethod
    def fits(service: Service) -> bool:
        """Whether it can be asked for at such a port."""
        return service.protocol is Protocol.SMTP and service.for_clients


@dataclass(frozen=True, slots=True)
class Capabilities(Access):
    """One in which the server was asked for its capabilities, and told them."""

    before: tuple[str, ...]
    """In clear text, or inside implicit TLS."""

    @property
    def inside(self) -> tuple[str, ...] | None:
        """Inside TLS; ``None`` where that was not reached."""
        if self.session.starttls is Starttls.IMPLICIT:
            return self.before
        reply = self.session.capability_tls
        return None if reply is None else capabilities_of(reply, self.protocol)


@dataclass(frozen=True, slots=True)
class AccessTls(Access):
    """One at a port on which TLS begins by a command, which the server offered."""


def _access(session: Session, _: DomainFacts) -> Access | Missing:
    if not isinstance(session, AccessSession):
        return _OTHER
    return Unknown(ended(session)) if inconclusive(session) else Access(session)


def _capabilities(session: Session, _: DomainFacts) -> Capabilities | Missing:
    if not isinstance(session, AccessSession):
        return _OTHER
    reply = session.capability
    if reply is not None and reply.positive:
        return Capabilities(session, capabilities_of(reply, session.endpoint.service.protocol))
    reason = f"no capabilities were told: {ended(session)}"
    return Unknown(reason) if inconclusive(session) else NotApplicable(reason)


def _starttls(session: Session, facts: DomainFacts) -> AccessTls | Missing:
    capabilities = _capabilities(session, facts)
    if not isinstance(capabilities, Capabilities):
        return capabilities
    if session.starttls is Starttls.IMPLICIT:
        return NotApplicable("TLS is implicit on this port")
    if session.starttls is Starttls.NOT_OFFERED:
        return NotApplicable("the command that begins TLS is not offered")
    if session.starttls is Starttls.NOT_TESTED:
        return Unknown("the conversation ended before TLS")
    return AccessTls(capabilities.session)


def _submission(session: Session, _: DomainFacts) -> Submission | Missing:
    """What was announced inside TLS at a submission port."""
    if not isinstance(session, SmtpSession) or not session.endpoint.service.for_clients:
        return NotApplicable("this is no port by which users send mail")
    reply = session.ehlo if session.starttls is Starttls.IMPLICIT else session.ehlo_tls
    if reply is not None and reply.positive:
        return Submission(session, parse_keywords(reply))
    reason = f"no session inside TLS: {ended(session)}"
    return Unknown(reason) if inconclusive(session) else NotApplicable(reason)


ACCESS: dict[type, Callable[..., Any]] = {
    Access: _access,
    Capabilities: _capabilities,
    AccessTls: _starttls,
    Submission: _submission,
}
"""The part of ``providers.PROVIDERS`` that is about IMAP and POP3."""
