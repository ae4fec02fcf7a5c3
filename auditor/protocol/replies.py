"""SMTP replies (RFC 5321 §4.2), parsed incrementally from octets, within bounds."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.protocol.errors import RemoteProtocolError

STANDARD_LINE_OCTETS = 512  # with CRLF (RFC 5321 §4.5.3.1.5)
# Ours: eight times the standard's, past which nothing serious has been seen.
MAX_LINE_OCTETS = 4096
# Ours: the longest EHLO replies in use have about 30 lines.
MAX_LINES = 128

# The first digit is 2 to 5 (RFC 5321 §4.2.1); a bare code without text is allowed for (§4.2).
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Deviation(StrEnum):
    """A departure from the RFC that is tolerated and recorded."""

    BARE_LF = "bare-lf"  # line ended by LF alone (RFC 5321 §2.3.8)
    LONG_LINE = "long-line"  # over 512 octets with CRLF (§4.5.3.1.5)
    MIXED_CODES = "mixed-codes"  # lines of one reply differ in code, but not in class (§4.2.1)
    UNPREFIXED_LINE = "unprefixed-line"  # a line without a code inside a multiline reply (RFC 959 style)
    NON_ASCII = "non-ascii"  # octets above 127
    CONTROL_CHARACTERS = "control-characters"  # below 32 but TAB, or 127
    UNSOLICITED = "unsolicited"  # octets that came before we had asked


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

    def __init__(self, *, max_line_octets: int = MAX_LINE_OCTETS, max_lines: int = MAX_LINES) -> None:
        self._max_line_octets = max_line_octets
        self._max_lines = max_lines
        self._buffer = bytearray()
        self._searched = 0  # no line end stands before this offset
        self._unfinished = _Unfinished()

    def feed(self, octets: bytes) -> None:
        """Take octets as they came from the network."""
        self._buffer += octets

    @property
    def idle(self) -> bool:
        """Whether nothing is held: no octet, and no line of an unfinished reply."""
        return not self._buffer and not self._unfinished.lines

    @property
    def partial(self) -> bytes:
        """The octets of the line whose end has not come."""
        return bytes(self._buffer)

    def next_reply(self) -> Reply | None:
        """The next whole reply, or ``None`` until more octets are fed.

        Raises:
            RemoteProtocolError: what was fed cannot be a reply, or passes a bound.
        """
        while (line := self._next_line()) is not None:
            if self._take(line):
                reply = self._unfinished
                self._unfinished = _Unfinished()
                return Reply(reply.code, tuple(reply.lines), tuple(sorted(reply.deviations)))
        return None

    def _next_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._searched)
        self._searched = len(self._buffer)
        if (end if end >= 0 else len(self._buffer)) >= self._max_line_octets:
            raise RemoteProtocolError("line-too-long", self.partial)
        if end < 0:
            return None
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        self._searched = 0
        return line

    def _take(self, line: bytes) -> bool:
        """Add a line to the unfinished reply; whether that was its last."""
        reply = self._unfinished
        if len(reply.lines) >= self._max_lines:
            raise RemoteProtocolError("too-many-lines", line)
        content = line[:-2] if line.endswith(b"\r\n") else line[:-1]
        reply.deviations |= _deviations(line, content)
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


def _deviations(line: bytes, content: bytes) -> set[Deviation]:
    found = {
        Deviation.BARE_LF: not line.endswith(b"\r\n"),
        Deviation.LONG_LINE: len(line) > STANDARD_LINE_OCTETS,
        Deviation.NON_ASCII: not content.isascii(),
        Deviation.CONTROL_CHARACTERS: _CONTROL.search(content) is not None,
    }
    return {deviation for deviation, present in found.items() if present}
