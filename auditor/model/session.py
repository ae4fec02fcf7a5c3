"""What one conversation with a mail server showed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from auditor.model.active import ActiveResult
from auditor.model.certificate import TlsHandshake
from auditor.model.endpoint import Endpoint
from auditor.model.tls_trial import TlsOffer, TlsTrial
from auditor.protocol.access import AccessReply
from auditor.protocol.replies import Reply


class Outcome(StrEnum):
    """How a conversation ended."""

    COMPLETED = "completed"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect-timeout"
    REPLY_TIMEOUT = "reply-timeout"
    RESET = "reset"
    CLOSED = "closed"
    NOT_SMTP = "not-smtp"
    NOT_IMAP = "not-imap"
    NOT_POP3 = "not-pop3"
    OVERSIZED = "oversized"
    TLS_FAILED = "tls-failed"
    SKIPPED = "skipped"
    INTERNAL_ERROR = "internal-error"

    @property
    def transient(self) -> bool:
        """Whether a second look later may differ, so that one is taken before this counts."""
        return self in {
            Outcome.DEFERRED,
            Outcome.CONNECT_TIMEOUT,
            Outcome.REPLY_TIMEOUT,
            Outcome.RESET,
        }


_NOTHING_SAID = {Outcome.REPLY_TIMEOUT, Outcome.CLOSED, Outcome.RESET}
_NOTHING_LISTENS = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.CONNECT_TIMEOUT, Outcome.SKIPPED}


class Stage(StrEnum):
    """The furthest point a conversation reached; ``done`` when it came to its end.

    ``ehlo`` is of SMTP, ``capability`` of IMAP and POP3.
    """

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    CAPABILITY = "capability"
    STARTTLS = "starttls"
    TLS = "tls"
    EHLO_TLS = "ehlo-tls"
    CAPABILITY_TLS = "capability-tls"
    QUIT = "quit"
    DONE = "done"


class Blame(StrEnum):
    """On whose side a failure lies, as far as that can be told."""

    OURS = "ours"
    PATH = "path"
    THEIRS = "theirs"
    UNKNOWN = "unknown"
    NOBODY = ""


class Starttls(StrEnum):
    """What became of STARTTLS (RFC 3207)."""

    OK = "ok"
    NOT_OFFERED = "not-offered"
    REFUSED = "refused"
    FAILED = "failed"
    IMPLICIT = "implicit"
    NOT_TESTED = "not-tested"


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One line of the conversation: ``S``, ``C`` or ``*`` (a note of ours), at a time."""

    at_ms: float
    """Milliseconds since the dial began."""
    who: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Duration of each step in milliseconds; ``None`` where it was not completed."""

    connect_ms: float | None = None
    greeting_ms: float | None = None
    ehlo_ms: float | None = None
    tls_ms: float | None = None
    total_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One endpoint, spoken to once (and once more if that was in vain): what is seen whatever protocol is spoken.

    Whatever failed, the fields of the earlier stages keep what they saw.
    """

    endpoint: Endpoint
    outcome: Outcome
    stage: Stage
    blame: Blame = Blame.NOBODY
    error: str = ""
    """What failed, in words, with the stage's own detail (an errno name, a reply, a TLS alert)."""
    started_at: datetime | None = None
    starttls: Starttls = Starttls.NOT_TESTED
    plaintext_after_starttls: bool | None = None
    """True if octets came between the answer to STARTTLS and the handshake; ``None`` if that was not reached."""
    tls: TlsHandshake | None = None
    deviations: tuple[str, ...] = ()
    """Departures from the RFC that were tolerated, sorted (``protocol.replies.Deviation`` values)."""
    tls_trials: tuple[TlsTrial, ...] = ()
    """What the server accepted of a client that offers little; empty where that was not to be tried."""
    timings: Timings = field(default_factory=Timings)
    transcript: tuple[TranscriptLine, ...] = ()
    attempts: int = 1
    shared_from: Endpoint | None = None
    """The endpoint whose conversation this is, when none was held for this one."""

    def trial(self, offer: TlsOffer) -> TlsTrial | None:
        """The trial of that offer, if it was made."""
        return next((trial for trial in self.tls_trials if trial.offer is offer), None)

    @property
    def may_pass(self) -> bool:
        """Whether a second look later may differ; none is owed to what was only sought, and is silent."""
        return self.outcome.transient and not (self.endpoint.sought and self.silent)

    @property
    def silent(self) -> bool:
        """Whether nothing was met there that speaks: no listener, or one that never says a word."""
        mute = self.stage is Stage.GREETING and self.outcome in _NOTHING_SAID
        return mute or self.outcome in _NOTHING_LISTENS

    @property
    def listens(self) -> bool:
        """Whether a TCP connection was accepted there."""
        return self.outcome not in _NOTHING_LISTENS and self.outcome is not Outcome.INTERNAL_ERROR

    @property
    def starttls_deferred(self) -> bool:
        """Whether STARTTLS was refused for the moment, which may pass."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSession(Session):
    """A conversation in SMTP, with an exchange or a submission server."""

    greeting: Reply | None = None
    ehlo: Reply | None = None
    """The reply to EHLO in clear text (or inside implicit TLS), whatever its code."""
    helo: Reply | None = None
    """The reply to HELO, which is sent only after a 5yz to EHLO."""
    starttls_reply: Reply | None = None
    ehlo_tls: Reply | None = None
    """The reply to the second EHLO, inside TLS."""
    active: tuple[ActiveResult, ...] = ()
    """What came of asking for more; empty where that was not to be tried."""
    quit: Reply | None = None

    @property
    def starttls_deferred(self) -> bool:
        """Whether STARTTLS was refused by a 4yz reply, which may pass."""
        reply = self.starttls_reply
        return self.starttls is Starttls.REFUSED and reply is not None and reply.transient


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSession(Session):
    """A conversation in IMAP or POP3, with a server from which users read their mail."""

    greeting: AccessReply | None = None
    capability: AccessReply | None = None
    """The answer to CAPABILITY or CAPA in clear text (or inside implicit TLS)."""
    starttls_reply: AccessReply | None = None
    """The answer to STARTTLS or STLS."""
    capability_tls: AccessReply | None = None
    """The answer to the second question for capabilities, inside TLS."""
    logout: AccessReply | None = None

    @property
    def starttls_deferred(self) -> bool:
        """Whether STARTTLS was refused with a response code that says that this may pass."""
        reply = self.starttls_reply
        return self.starttls is Starttls.REFUSED and reply is not None and reply.transient
