"""What a server does when it is asked what only a person, or an attacker, would ask (``--active``)."""

from dataclasses import dataclass
from enum import StrEnum


class ActiveTest(StrEnum):
    """What is tried."""

    RELAY = "relay"
    """A recipient for whom the server is not responsible; nothing is ever sent (no DATA)."""
    POSTMASTER = "postmaster"
    """The mailbox that every server has (RFC 5321 §4.5.1)."""
    MAILBOX = "mailbox"
    """postmaster and abuse of a domain (RFC 2142 §4, §5)."""
    VRFY = "vrfy"
    """Whether VRFY tells addresses that exist from those that do not."""
    EXPN = "expn"
    INJECTION = "starttls-injection"
    """Whether a command that was sent in clear text along with STARTTLS is obeyed inside TLS (CVE-2011-0411)."""
    MAIL_IN_CLEAR = "mail-in-clear"
    """MAIL before STARTTLS."""


MOST_ACTIVE_SESSIONS = 5
"""To one endpoint: relay, mailboxes, VRFY and EXPN, injection, MAIL in clear text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveResult:
    """One thing that was asked, and what came of it."""

    test: ActiveTest
    accepted: bool | None
    """Whether the server did it; ``None`` where that is not known."""
    asked: str = ""
    """The command, such as ``RCPT TO:<relay-test@example.net>``."""
    code: int | None = None
    """Of the reply."""
    words: str = ""
    """The reply, or why it is not known."""
    domain: str = ""
    """For which of the domains that the server serves it was asked, where that matters."""
