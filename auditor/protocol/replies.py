"""SMTP replies (RFC 5321 §4.2), parsed incrementally from octets, within bounds."""

from dataclasses import dataclass
from enum import StrEnum


class Deviation(StrEnum):
    """A departure from the RFC that is tolerated and recorded."""

    BARE_LF = "bare-lf"  # line ended by LF alone (RFC 5321 §2.3.8)
    LONG_LINE = "long-line"  # over 512 octets with CRLF (§4.5.3.1.5)
    MIXED_CODES = "mixed-codes"  # lines of one reply differ in code (§4.2.1)
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
