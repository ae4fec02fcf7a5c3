"""Whether a server lets users log in before TLS, so that passwords can be read on the way (RFC 8314 §4.1)."""

from auditor.model.endpoint import Protocol
from auditor.model.session import AccessSession, Session, SmtpSession, Starttls
from auditor.protocol import imap, pop3
from auditor.protocol.access import AccessReply
from auditor.protocol.keywords import find, parse_keywords


def capabilities_of(reply: AccessReply | None, protocol: Protocol) -> tuple[str, ...]:
    """The capabilities that an answer names, in capitals."""
    return imap.capabilities(reply) if protocol is Protocol.IMAP else pop3.capabilities(reply)


def logins_of(capabilities: tuple[str, ...], protocol: Protocol) -> tuple[str, ...]:
    """The ways of logging in that these capabilities allow for, as they are announced.

    In IMAP the command LOGIN may be given unless LOGINDISABLED is announced (RFC 9051 §6.2.3); in POP3 the
    command USER where it is announced (RFC 2449 §6.3).
    """
    if protocol is Protocol.IMAP:
        mechanisms = tuple(one for one in capabilities if one.startswith("AUTH="))
        return mechanisms if "LOGINDISABLED" in capabilities else (*mechanisms, "LOGIN")
    return tuple(one for one in capabilities if one == "USER" or one.startswith("SASL "))


def logins_in_clear(session: Session) -> tuple[str, ...] | None:
    """The ways of logging in before TLS; ``None`` where what the server allows was not seen, or TLS comes first."""
    if session.starttls is Starttls.IMPLICIT:
        return None
    if isinstance(session, AccessSession):
        protocol = session.endpoint.service.protocol
        seen = session.capability is not None and session.capability.positive
        return logins_of(capabilities_of(session.capability, protocol), protocol) if seen else None
    if isinstance(session, SmtpSession) and session.ehlo is not None and session.ehlo.positive:
        auth = find(parse_keywords(session.ehlo), "AUTH")
        return () if auth is None else (str(auth),)
    return None
