"""The client's side of the protocols by which users read their mail, without I/O: what IMAP and POP3 have in common."""

from dataclasses import dataclass
from enum import Enum, auto

from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import LocalProtocolError, RemoteProtocolError
from auditor.protocol.lines import Deviation, LineBuffer, deviations_of, text_of
from auditor.protocol.waiting import Waiting


@dataclass(frozen=True, slots=True)
class AccessReply:
    """One whole answer: its status word in capitals, its text, and every line as it was sent."""

    status: str
    """IMAP: ``OK``, ``NO``, ``BAD``, ``PREAUTH`` or ``BYE``; POP3: ``+OK`` or ``-ERR``."""
    text: str
    """What stands behind the status word."""
    lines: tuple[str, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    """Sorted, each once."""

    @property
    def positive(self) -> bool:
        """Whether what was asked for was done."""
        return self.status in {"OK", "PREAUTH", "+OK"}

    @property
    def transient(self) -> bool:
        """Whether a response code says that the refusal may pass (RFC 5530 §3, RFC 3206 §4)."""
        code = self.text.partition("]")[0].upper()
        return not self.positive and code in {"[UNAVAILABLE", "[INUSE", "[SYS/TEMP", "[IN-USE", "[LOGIN-DELAY"}

    @property
    def as_sent(self) -> tuple[str, ...]:
        """Its lines, without their ends."""
        return self.lines


class AccessState(Enum):
    """Where a session stands."""

    AWAIT_GREETING = auto()
    READY = auto()
    AWAIT_TLS = auto()
    CLOSED = auto()


class AccessClient:
    """One session, from the greeting to its end; a protocol says how its lines are read and its commands written."""

    START_TLS = ""
    """The command that begins TLS."""
    LEAVE = ""
    """The command that ends the session."""

    def __init__(self, bounds: Bounds = USUAL) -> None:
        self._bounds = bounds
        self._buffer = LineBuffer(bounds)
        self._eof = False
        self._state = AccessState.AWAIT_GREETING
        self._asked = ""
        self._awaiting = True
        self._lines: list[str] = []
        self._deviations: set[Deviation] = set()
        self.unsolicited = b""
        """Octets that came when none were due."""

    # What a protocol says

    def _command(self, verb: str) -> bytes:
        raise NotImplementedError

    def _status_of(self, line: bytes) -> tuple[str, str] | None:
        """Status and text of the answer, if this line ends it; raises ``RemoteProtocolError`` for a foreign line."""
        raise NotImplementedError

    # What all do

    def may(self, verb: str) -> bool:
        """Whether the command may be sent now."""
        return bool(verb) and not self._awaiting and self._state is AccessState.READY

    def send(self, verb: str) -> bytes:
        """The octets of a command, whose answer is then due.

        Raises:
            LocalProtocolError: it may not be sent now.
        """
        if not self.may(verb):
            raise LocalProtocolError(f"{verb} may not be sent in {self._state.name}, awaiting={self._awaiting}")
        self._set_aside()
        self._asked, self._awaiting = verb, True
        return self._command(verb)

    @property
    def partial(self) -> bytes:
        """The octets of a line whose end has not come."""
        return self._buffer.partial

    def receive_data(self, octets: bytes) -> None:
        """Take octets as they came from the network."""
        self._buffer.feed(octets)

    def receive_eof(self) -> None:
        """Take note that nothing more will come."""
        self._eof = True

    def next_event(self) -> AccessReply | Waiting:
        """The answer that is due, or why it is not there.

        Raises:
            RemoteProtocolError: what came is of no such protocol, or passes a bound.
        """
        while self._awaiting and (line := self._buffer.next_line()) is not None:
            if (reply := self._take(line)) is not None:
                self._apply(reply)
                return reply
        return Waiting.EOF if self._eof else Waiting.NEED_DATA

    def early_octets(self) -> bytes:
        """What stands in the buffer although no answer is due."""
        return b"" if self._awaiting else self._buffer.partial

    def tls_started(self) -> None:
        """Begin anew inside TLS: nothing learnt in clear text is kept (RFC 9051 §11.1, RFC 2595 §4).

        Raises:
            LocalProtocolError: no command that begins TLS was answered positively.
        """
        if self._state is not AccessState.AWAIT_TLS:
            raise LocalProtocolError(f"TLS cannot start in {self._state.name}")
        self.unsolicited += self._buffer.partial
        self._buffer, self._state = LineBuffer(self._bounds), AccessState.READY

    def _take(self, line: bytes) -> AccessReply | None:
        if len(self._lines) >= self._bounds.lines:
            raise RemoteProtocolError("too-many-lines", line)
        self._lines.append(text_of(line))
        # A length is given for lines of SMTP alone.
        self._deviations |= deviations_of(line) - {Deviation.LONG_LINE}
        ended = self._status_of(line)
        if ended is None:
            return None
        reply = AccessReply(*ended, tuple(self._lines), tuple(sorted(self._deviations)))
        self._lines, self._deviations = [], set()
        return reply

    def _apply(self, reply: AccessReply) -> None:
        asked, self._asked, self._awaiting = self._asked, "", False
        if reply.status == "BYE" or asked == self.LEAVE or (not asked and not reply.positive):
            self._state = AccessState.CLOSED
        elif asked == self.START_TLS and reply.positive:
            self._state = AccessState.AWAIT_TLS
        else:
            self._state = AccessState.READY

    def _set_aside(self) -> None:
        """Whole lines that stand there before a command is sent cannot be its answer."""
        while (line := self._buffer.next_line()) is not None:
            self.unsolicited += line
