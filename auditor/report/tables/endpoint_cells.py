"""How cells of ``endpoints`` are read from what was seen there."""

from collections.abc import Callable

from auditor.model.certificate import TlsHandshake
from auditor.model.session import AccessSession, Session, SmtpSession, Timings
from auditor.protocol.replies import Reply
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow


def of_session(value: Callable[[Session], Value]) -> Callable[[EndpointRow], Value]:
    """A cell from the conversation; empty where none was held."""
    return lambda row: None if row.session is None else value(row.session)


def of_smtp(value: Callable[[SmtpSession], Value]) -> Callable[[EndpointRow], Value]:
    """A cell from a conversation in SMTP; empty for other protocols."""
    return lambda row: value(row.session) if isinstance(row.session, SmtpSession) else None


def of_access(value: Callable[[AccessSession], Value]) -> Callable[[EndpointRow], Value]:
    """A cell from a conversation in IMAP or POP3; empty for SMTP."""
    return lambda row: value(row.session) if isinstance(row.session, AccessSession) else None


def of_either(
    smtp: Callable[[SmtpSession], Value], access: Callable[[AccessSession], Value]
) -> Callable[[EndpointRow], Value]:
    """A cell that every protocol has in a way of its own."""
    in_smtp, in_access = of_smtp(smtp), of_access(access)
    return lambda row: in_access(row) if isinstance(row.session, AccessSession) else in_smtp(row)


def of_greeting(value: Callable[[Reply], Value]) -> Callable[[EndpointRow], Value]:
    """A cell from the SMTP greeting; empty where there was none."""
    return of_smtp(lambda session: None if session.greeting is None else value(session.greeting))


def of_tls(value: Callable[[TlsHandshake], Value]) -> Callable[[EndpointRow], Value]:
    """A cell from the handshake; empty where there was none."""
    return of_session(lambda session: None if session.tls is None else value(session.tls))


def duration(name: str, meaning: str, value: Callable[[Timings], float | None]) -> Column[EndpointRow]:
    """A column of milliseconds, rounded to a tenth."""

    def rounded(session: Session) -> Value:
        taken = value(session.timings)
        return None if taken is None else round(taken, 1)

    return Column(name=name, meaning=f"Milliseconds {meaning}", kind=Kind.NUMBER, value=of_session(rounded))
