"""SMTP replies (RFC 5321 §4.2), parsed incrementally from octets, within bounds."""

import re
from dataclasses import dataclass, field

from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import RemoteProtocolError
from auditor.protocol.lines import Deviation, LineBuffer, content_of, deviations_of

__all__ = ["Deviation", "Reply", "ReplyParser"]

# The first digit is 2 to 5 (RFC 5321 §4.2.1); a bare code without text is allowed for (§4.2).
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply: its code, and the text of each line after the code and separator.

    Text is decoded as UTF-8 with ``backslashreplace``; control characters are kept.
    """

    code: int
    lines: tuple[str, ...]
    deviations: tuple[Deviation, ...] = ()
    """Sorted, each once."""

    @property
    def text(self) -> str:
        """All lines joined by newlines."""
        return "\n".join(self.lines)

    @property
    def as_sent(self) -> tuple[str, ...]:
        """Its lines with code and separator, without their ends."""
        last = len(self.lines) - 1
        return tuple(
            f"{self.code}{' ' if number == last else '-'}{line}".rstrip() for number, line in enumerate(self.lines)
        )

    @property
    def positive(self) -> bool:
        """2yz: positive completion."""
        return 200 <= self.code <= 299

    @property
    def transient(self) -> bool:
        """4yz: transient negative completion."""
        return 400 <= self.code <= 499

    @property
    def permanent(self) -> bool:
        """5yz: permanent negative completion."""
        return 500 <= self.code <= 599


@dataclass(slots=True)
class _Unfinished:
    """The lines of a reply whose last line has not come."""

    code: int = 0
    lines: list[str] = field(default_factory=list)
    deviations: set[Deviation] = field(default_factory=set)


class ReplyParser:
    """Turns octets into replies, in time linear in the octets, holding at most one unfinished line."""

    def __init__(self, bounds: Bounds = USUAL) -> None:
        self._max_lines = bounds.lines
        self._buffer = LineBuffer(bounds)
        self._unfinished = _Unfinished()

    def feed(self, octets: bytes) -> None:
        """Take octets as they came from the network."""
        self._buffer.feed(octets)

    @property
    def idle(self) -> bool:
        """Whether nothing is held: no octet, and no line of an unfinished reply."""
        return not self._buffer.partial and not self._unfinished.lines

    @property
    def partial(self) -> bytes:
        """The octets of the line whose end has not come."""
        return self._buffer.partial

    def next_reply(self) -> Reply | None:
        """The next whole reply, or ``None`` until more octets are fed.

        Raises:
            RemoteProtocolError: what was fed cannot be a reply, or passes a bound.
        """
        while (line := self._buffer.next_line()) is not None:
            if self._take(line):
                reply = self._unfinished
                self._unfinished = _Unfinished()
                return Reply(reply.code, tuple(reply.lines), tuple(sorted(reply.deviations)))
        return None

    def _take(self, line: bytes) -> bool:
        """Add a line to the unfinished reply; whether that was its last."""
        reply = self._unfinished
        if len(reply.lines) >= self._max_lines:
            raise RemoteProtocolError("too-many-lines", line)
        content = content_of(line)
        reply.deviations |= deviations_of(line)
        match = _LINE.fullmatch(content)
        if match is None:
            return self._take_unprefixed(content)
        code, separator, text = int(match[1]), match[2], match[3] or b""
        if reply.lines and code != reply.code:
            # Senders go by the last line; they would not by a line of another class, nor do we.
            if code // 100 != reply.code // 100:
                raise RemoteProtocolError("not-smtp", line)
            reply.deviations.add(Deviation.MIXED_CODES)
        reply.code = code
        reply.lines.append(text.decode(errors="backslashreplace"))
        return separator != b"-"

    def _take_unprefixed(self, content: bytes) -> bool:
        if not self._unfinished.lines:
            raise RemoteProtocolError("not-smtp", content)
        self._unfinished.deviations.add(Deviation.UNPREFIXED_LINE)
        self._unfinished.lines.append(content.decode(errors="backslashreplace"))
        return False
