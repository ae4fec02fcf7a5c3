"""Lines out of octets as they come, in time linear in the octets."""

import re
from enum import StrEnum

from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import RemoteProtocolError

STANDARD_LINE_OCTETS = 512  # with CRLF (RFC 5321 §4.5.3.1.5)

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Deviation(StrEnum):
    """A departure from the RFC that is tolerated and recorded."""

    BARE_LF = "bare-lf"  # line ended by LF alone (RFC 5321 §2.3.8)
    LONG_LINE = "long-line"  # over 512 octets with CRLF (§4.5.3.1.5)
    MIXED_CODES = "mixed-codes"  # lines of one reply differ in code, but not in class (§4.2.1)
    UNPREFIXED_LINE = "unprefixed-line"  # a line that does not say of which reply it is (RFC 959 style)
    NON_ASCII = "non-ascii"  # octets above 127
    CONTROL_CHARACTERS = "control-characters"  # below 32 but TAB, or 127
    UNSOLICITED = "unsolicited"  # octets that came before we had asked


class LineBuffer:
    """Holds at most one line whose end has not come, and what came after it in the same segment."""

    def __init__(self, bounds: Bounds = USUAL) -> None:
        self._max_line_octets = bounds.line_octets
        self._buffer = bytearray()
        self._searched = 0  # no line end stands before this offset

    def feed(self, octets: bytes) -> None:
        """Take octets as they came from the network."""
        self._buffer += octets

    @property
    def partial(self) -> bytes:
        """What was fed and not yet taken as a line."""
        return bytes(self._buffer)

    def next_line(self) -> bytes | None:
        """The next line with its end, or ``None`` until more octets are fed.

        Raises:
            RemoteProtocolError: it is too long.
        """
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


def content_of(line: bytes) -> bytes:
    """A line without its end."""
    return line[:-2] if line.endswith(b"\r\n") else line[:-1]


def text_of(line: bytes) -> str:
    """A line without its end, decoded as UTF-8 with ``backslashreplace``; control characters are kept."""
    return content_of(line).decode(errors="backslashreplace")


def capitals(text: str) -> str:
    """The text in capitals as grammars have it, whose letters are those of ASCII alone (RFC 5234 §2.3).

    Python makes ``STARTTLS`` of what begins with a long s, too.
    """
    return text.upper() if text.isascii() else "".join(one.upper() if one.isascii() else one for one in text)


def deviations_of(line: bytes) -> set[Deviation]:
    """The departures that can be seen of one line alone."""
    content = content_of(line)
    found = {
        Deviation.BARE_LF: not line.endswith(b"\r\n"),
        Deviation.LONG_LINE: len(line) > STANDARD_LINE_OCTETS,
        Deviation.NON_ASCII: not content.isascii(),
        Deviation.CONTROL_CHARACTERS: _CONTROL.search(content) is not None,
    }
    return {deviation for deviation, present in found.items() if present}
