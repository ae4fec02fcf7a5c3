"""The client's side of an SMTP session as two tables, without I/O (RFC 5321 §3, §4.1.4; RFC 3207).

Everything about states lives in :data:`ALLOWED` and :data:`NEXT`; what to ask is the
caller's policy.  "Not yet" is a value, what a server does wrong is data or
:class:`RemoteProtocolError`, and :class:`LocalProtocolError` is a bug of ours.
"""

from enum import Enum, StrEnum, auto

from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import LocalProtocolError, RemoteProtocolError
from auditor.protocol.keywords import Keyword, parse_keywords
from auditor.protocol.replies import Reply, ReplyParser
from auditor.protocol.waiting import Waiting

SERVICE_NOT_AVAILABLE = 421  # "closing transmission channel", at any time (RFC 5321 §4.2.3, §3.8)
READY_FOR_TLS = 220  # the one reply after which the handshake begins (RFC 3207 §4)
START_MAIL_INPUT = 354  # the one reply after which a message is sent (RFC 5321 §4.1.1.4)
FORBIDDEN_IN_ARGUMENT = frozenset("\r\n\0")


class Verb(StrEnum):
    """The commands that may be sent."""

    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    NOOP = "NOOP"
    RSET = "RSET"
    VRFY = "VRFY"
    EXPN = "EXPN"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "."
    """The end of a message, which goes out with it."""
    QUIT = "QUIT"


class State(Enum):
    """Where a session stands."""

    AWAIT_GREETING = auto()
    GREETED = auto()
    READY = auto()
    TRANSACTION = auto()
    MESSAGE = auto()
    AWAIT_TLS = auto()
    CLOSING = auto()
    CLOSED = auto()


_ANY_TIME = (Verb.NOOP, Verb.RSET, Verb.VRFY, Verb.EXPN, Verb.QUIT)
ALLOWED: dict[State, frozenset[Verb]] = {
    State.AWAIT_GREETING: frozenset(),
    State.GREETED: frozenset({Verb.EHLO, Verb.HELO, Verb.QUIT}),
    State.READY: frozenset({Verb.EHLO, Verb.STARTTLS, Verb.MAIL, *_ANY_TIME}),
    State.TRANSACTION: frozenset({Verb.RCPT, Verb.DATA, *_ANY_TIME}),
    State.MESSAGE: frozenset({Verb.END}),
    State.AWAIT_TLS: frozenset(),
    State.CLOSING: frozenset({Verb.QUIT}),
    State.CLOSED: frozenset(),
}

_OPEN = (State.READY, State.TRANSACTION)
_NO_CHANGE = (Verb.NOOP, Verb.VRFY, Verb.EXPN)
# (state, command or None for the greeting, whether the reply was positive) to the state that follows.
NEXT: dict[tuple[State, Verb | None, bool], State] = {
    (State.AWAIT_GREETING, None, True): State.GREETED,
    (State.AWAIT_GREETING, None, False): State.CLOSING,
    (State.GREETED, Verb.EHLO, True): State.READY,
    (State.GREETED, Verb.EHLO, False): State.GREETED,  # so that HELO may follow
    (State.GREETED, Verb.HELO, True): State.READY,
    (State.GREETED, Verb.HELO, False): State.GREETED,
    (State.GREETED, Verb.QUIT, True): State.CLOSED,
    (State.GREETED, Verb.QUIT, False): State.CLOSED,
    (State.READY, Verb.EHLO, True): State.READY,
    (State.READY, Verb.EHLO, False): State.READY,
    (State.READY, Verb.STARTTLS, True): State.AWAIT_TLS,
    (State.READY, Verb.STARTTLS, False): State.READY,
    (State.READY, Verb.MAIL, True): State.TRANSACTION,
    (State.READY, Verb.MAIL, False): State.READY,
    (State.TRANSACTION, Verb.RCPT, True): State.TRANSACTION,
    (State.TRANSACTION, Verb.RCPT, False): State.TRANSACTION,
    (State.TRANSACTION, Verb.DATA, True): State.MESSAGE,
    (State.TRANSACTION, Verb.DATA, False): State.TRANSACTION,
    (State.MESSAGE, Verb.END, True): State.READY,
    (State.MESSAGE, Verb.END, False): State.READY,
    **{(at, verb, done): at for at in _OPEN for verb in _NO_CHANGE for done in (True, False)},
    **{(at, Verb.QUIT, done): State.CLOSED for at in _OPEN for done in (True, False)},
    (State.READY, Verb.RSET, True): State.READY,
    (State.READY, Verb.RSET, False): State.READY,
    (State.TRANSACTION, Verb.RSET, True): State.READY,
    (State.TRANSACTION, Verb.RSET, False): State.TRANSACTION,
    (State.CLOSING, Verb.QUIT, True): State.CLOSED,
    (State.CLOSING, Verb.QUIT, False): State.CLOSED,
}


_ONLY: dict[Verb | None, int] = {Verb.STARTTLS: READY_FOR_TLS, Verb.DATA: START_MAIL_INPUT}
"""Commands to which there is one reply that says yes."""


class SmtpClient:
    """One session, from the greeting to QUIT; octets in, replies and octets out."""

    def __init__(self, bounds: Bounds = USUAL) -> None:
        self._state = State.AWAIT_GREETING
        self._bounds = bounds
        self._parser = ReplyParser(bounds)
        self._asked: Verb | None = None
        self._awaiting = True
        self._stale = False
        self._eof = False
        self.unsolicited = b""
        """Octets that came when none were due; they are never read as an answer."""
        self.keywords: tuple[Keyword, ...] = ()
        """Of the last positive EHLO reply; none after HELO, and none across the start of TLS."""

    def may(self, verb: Verb) -> bool:
        """Whether the command may be sent now."""
        return not self._awaiting and verb in ALLOWED[self._state]

    @property
    def partial(self) -> bytes:
        """The octets of a line whose end has not come."""
        return self._parser.partial

    def send(self, verb: Verb, argument: str = "") -> bytes:
        """The octets of a command, whose reply is then due.

        Raises:
            LocalProtocolError: it may not be sent now, or the argument cannot stand in a command line.
        """
        if not self.may(verb):
            raise LocalProtocolError(f"{verb} may not be sent in {self._state.name}, awaiting={self._awaiting}")
        if FORBIDDEN_IN_ARGUMENT & set(argument) or not argument.isascii():
            raise LocalProtocolError(f"argument of {verb} cannot stand in a command line: {argument!r}")
        self._set_early_octets_aside()
        self._asked, self._awaiting = verb, True
        return f"{verb} {argument}".rstrip().encode("ascii") + b"\r\n"

    def send_message(self, message: bytes) -> bytes:
        """The octets of a whole message and its end, whose reply is then due (RFC 5321 §4.5.2).

        Raises:
            LocalProtocolError: it may not be sent now, or a line of it does not end in CR LF.
        """
        if not self.may(Verb.END):
            raise LocalProtocolError(f"a message may not be sent in {self._state.name}")
        lines = message.removesuffix(b"\r\n").split(b"\r\n")
        if any(b"\r" in line or b"\n" in line for line in lines):
            raise LocalProtocolError("a line of the message does not end in CR LF")
        self._set_early_octets_aside()
        self._asked, self._awaiting = Verb.END, True
        stuffed = (b"." + line if line.startswith(b".") else line for line in lines)
        return b"\r\n".join((*stuffed, b".", b""))

    def receive_data(self, octets: bytes) -> None:
        """Take octets as they came from the network."""
        self._parser.feed(octets)

    def receive_eof(self) -> None:
        """Take note that nothing more will come."""
        self._eof = True

    def next_event(self) -> Reply | Waiting:
        """The reply that is due, or why it is not there.

        Raises:
            RemoteProtocolError: what came cannot be a reply, or passes a bound.
        """
        if self._awaiting:
            reply = self._parser.next_reply()
            if reply is not None and self._stale:
                self._stale = False
                self._keep_unsolicited(reply)
                reply = self._parser.next_reply()
            if reply is not None:
                self._apply(reply)
                return reply
        return Waiting.EOF if self._eof else Waiting.NEED_DATA

    def tls_started(self) -> None:
        """Begin anew inside TLS: nothing learnt in clear text is kept (RFC 3207 §4.2).

        Raises:
            LocalProtocolError: no STARTTLS was answered with 220.
        """
        if self._state is not State.AWAIT_TLS:
            raise LocalProtocolError(f"TLS cannot start in {self._state.name}")
        self.unsolicited += self._parser.partial
        self._parser, self.keywords, self._state = ReplyParser(self._bounds), (), State.GREETED

    def early_octets(self) -> bytes:
        """What stands in the buffer although no reply is due: after STARTTLS's 220, injected plaintext."""
        return b"" if self._awaiting else self._parser.partial

    def _apply(self, reply: Reply) -> None:
        asked, self._asked, self._awaiting = self._asked, None, False
        if asked in {Verb.EHLO, Verb.HELO}:
            self.keywords = parse_keywords(reply) if asked is Verb.EHLO else ()
        if reply.code == SERVICE_NOT_AVAILABLE:
            self._state = State.CLOSED if asked is Verb.QUIT else State.CLOSING
        else:
            positive = reply.code == _ONLY[asked] if asked in _ONLY else reply.positive
            self._state = NEXT[self._state, asked, positive]

    def _set_early_octets_aside(self) -> None:
        """Replies that stand there before a command is sent cannot be its answer.

        One of which only the beginning has come stays, and is set aside when it is whole.
        """
        try:
            while (reply := self._parser.next_reply()) is not None:
                self._keep_unsolicited(reply)
        except RemoteProtocolError:
            self.unsolicited += self._parser.partial
            self._parser = ReplyParser(self._bounds)
        self._stale = not self._parser.idle

    def _keep_unsolicited(self, reply: Reply) -> None:
        self.unsolicited += "".join(f"{reply.code} {line}\r\n" for line in reply.lines).encode()
