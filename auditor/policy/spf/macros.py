"""Macro strings of SPF: parsed once, expanded for each sender (RFC 7208 §7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

DOMAIN_LETTERS = "slodiphv"
EXPLANATION_LETTERS = DOMAIN_LETTERS + "crt"
"""The last three may stand in the text of an explanation alone (§7.2)."""

_PIECE = re.compile(
    r"%\{(?P<letter>[A-Za-z])(?P<digits>[0-9]*)(?P<reverse>[rR]?)(?P<delimiters>[.+,/_=-]*)\}"
    r"|%(?P<escape>[%_-])"
    r"|(?P<literal>[\x21-\x24\x26-\x7e]+)"
)
_PIECE_WITH_SPACES = re.compile(_PIECE.pattern.replace(r"\x21", r"\x20"))  # explain-string of §12
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}
_MANY_PARTS = 1000  # more than any value has; keeps hostile numbers short


@dataclass(frozen=True, slots=True)
class Macro:
    """One ``%{…}``."""

    letter: str
    """In lower case."""
    escaped: bool = False
    """Whether it was in upper case, so that the value is URL-escaped."""
    keep: int = 0
    """How many parts at the right are kept; 0 for all."""
    reverse: bool = False
    delimiters: str = "."

    def of(self, value: str) -> str:
        """The value, split, reversed, cut and escaped as the macro says (§7.3)."""
        parts = re.split(f"[{re.escape(self.delimiters)}]", value)
        if self.reverse:
            parts.reverse()
        joined = ".".join(parts[-self.keep :] if self.keep else parts)
        return quote(joined, safe="-._~", errors="replace") if self.escaped else joined


@dataclass(frozen=True, slots=True)
class MacroString:
    """A text with macros in it."""

    text: str
    parts: tuple[str | Macro, ...] = ()
    letters: frozenset[str] = frozenset()
    """Those of its macros, in lower case."""
    fault: str = ""
    """What the grammar does not allow, in words; the parts are those before it."""

    def expand(self, values: Mapping[str, str]) -> str:
        """The text with each macro replaced; ``values`` holds those of :attr:`letters` at least."""
        return "".join(part if isinstance(part, str) else part.of(values[part.letter]) for part in self.parts)


def parse_macros(text: str, *, explanation: bool = False) -> MacroString:
    """The macro string that a text is; never raises.

    Args:
        text: a domain-spec, the value of a modifier, or an explanation.
        explanation: whether spaces, and the macros ``c``, ``r`` and ``t``, may stand in it.

    """
    pattern = _PIECE_WITH_SPACES if explanation else _PIECE
    letters = EXPLANATION_LETTERS if explanation else DOMAIN_LETTERS
    parts: list[str | Macro] = []
    at, fault = 0, ""
    while at < len(text) and not fault:
        if (found := pattern.match(text, at)) is None:
            fault = _fault(text[at:])
            break
        fault = _fault_of(found, letters)
        parts += [] if fault else [_part(found)]
        at = found.end()
    used = frozenset(part.letter for part in parts if isinstance(part, Macro))
    return MacroString(text, tuple(parts), used, fault)


def _part(found: re.Match[str]) -> str | Macro:
    if (letter := found["letter"]) is not None:
        digits = found["digits"].lstrip("0")
        return Macro(
            letter=letter.lower(),
            escaped=letter.isupper(),
            keep=int(digits or "0") if len(digits) < len(str(_MANY_PARTS)) else _MANY_PARTS,
            reverse=bool(found["reverse"]),
            delimiters=found["delimiters"] or ".",
        )
    return _ESCAPES[found["escape"]] if found["escape"] else found["literal"]


def _fault_of(found: re.Match[str], letters: str) -> str:
    if (letter := found["letter"]) is None:
        return ""
    if letter.lower() not in EXPLANATION_LETTERS:
        return f"there is no macro letter {letter} (RFC 7208 §7.2)"
    if letter.lower() not in letters:
        return f"macro letter {letter} is for explanations alone (RFC 7208 §7.2)"
    if found["digits"] and not found["digits"].strip("0"):
        return f"{found[0]} keeps no part (RFC 7208 §7.3)"
    return ""


def _fault(rest: str) -> str:
    if rest.startswith("%"):
        return f"{rest[:12]!a} is no macro (RFC 7208 §7.1)"
    return f"the character {rest[0]!a} may not stand there (RFC 7208 §7.1)"
