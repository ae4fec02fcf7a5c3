"""One real message, sent to see how far it gets."""

from dataclasses import dataclass

from auditor.model.session import SmtpSession
from auditor.protocol.replies import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTest:
    """What is sent, by whom to whom."""

    sender: str
    recipient: str
    message: bytes
    """Headers and body, its lines ended by CR LF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of it."""

    session: SmtpSession
    """The conversation up to QUIT, with its transcript."""
    accepted: bool
    """Whether the server took the message over; from then on it is responsible for it (RFC 5321 §4.2.5)."""
    asked: str = ""
    """The command whose answer decided."""
    reply: Reply | None = None
    """That answer; nothing where there was none."""
