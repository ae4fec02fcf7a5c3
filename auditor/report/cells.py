"""The one place that makes untrusted text safe: for files, sheets, pages and terminals.

Greetings, TXT records, names in certificates and lines of a list are written by
strangers.  :func:`plain` takes away what no reader should meet; the others add
what one kind of output needs.
"""

import html
import re
from unicodedata import category, combining, east_asian_width

CELL_LIMIT = 32_767
"""UTF-16 units that a cell of a workbook holds (Excel's specification)."""

CSV_LIMIT = 131_071
"""Characters of a CSV cell: one less than Python's ``csv`` reads unasked, since a ``'`` may come before them."""

_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidirectional controls (UAX #9)
    "\u2028\u2029"  # separators that some readers take for the end of a line
    "\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef" + _NONCHARACTERS + "]"
)
_UNSAFE_BUT_LF = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))

# What a spreadsheet may take for a formula, also behind what its import strips; the
# full-width forms count where the spreadsheet's language is Chinese, Japanese or Korean.
_FORMULA = re.compile("[\\s\"';,\u200b-\u200d\u2060]*(?:[=+\\-@\uff1d\uff0b\uff0d\uff20]|\\\\x0[9ad])")
_XSTRING_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _escaped(match: re.Match[str]) -> str:
    point = ord(match[0])
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def plain(text: str) -> str:
    r"""The text with controls, bidirectional controls, surrogates and non-characters as ``\xNN``.

    Characters above U+00FF become ``\uNNNN`` or ``\UNNNNNNNN``.  The result is one
    line, valid UTF-8 and valid XML; applying it again changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text  # most texts, and millions of them
    return _UNSAFE.sub(_escaped, text)


def plain_lines(text: str) -> str:
    """Like :func:`plain`, but line feeds stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return _UNSAFE_BUT_LF.sub(_escaped, text)


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return _FORMULA.match(text) is not None


def csv_text(text: str) -> str:
    """The text for a CSV cell: plain, and after a ``'`` if it could be taken for a formula.

    Reversible: a text that begins with ``'`` before such a character gets one more.  One that is
    longer than readers of CSV take is cut.
    """
    safe = plain(text)
    if len(safe) > CSV_LIMIT:
        mark = cut_mark(safe)
        safe = safe[: CSV_LIMIT - len(mark)] + mark
    return f"'{safe}" if is_formula_like(safe) else safe


def workbook_text(text: str) -> str:
    """The text for a cell of a workbook: plain but for line feeds, and within the cell's limit.

    ``_xHHHH_`` stands for a character in such files (ECMA-376 part 1, 22.9.2.19
    ST_Xstring), so that where it is the text itself its ``_`` is escaped.
    """
    return _cut(_XSTRING_ESCAPE.sub("_x005F_", plain_lines(text)))


def cut_mark(text: str) -> str:
    """What stands at the end of a text that was cut: how long it was."""
    return f"…[cut, {len(text)}]"


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    if len(text) <= CELL_LIMIT // 2 or _utf16_units(text) <= CELL_LIMIT:
        return text
    mark = cut_mark(text)
    kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(mark))]
    return kept.decode("utf-16-le", "ignore") + mark


def log_text(text: str) -> str:
    """A record of a log: plain lines, of which those after the first are indented, so that none passes for another."""
    return "\n    ".join(plain(line) for line in text.split("\n"))


def html_text(text: str) -> str:
    """The text for HTML, in an element or in a quoted attribute; line feeds stay."""
    return html.escape(plain_lines(text), quote=True)


_MOST_PER_COLUMN = 8
"""Characters looked at for a column of a terminal: marks above a letter take none."""


def terminal_text(text: str, width: int | None = None) -> str:
    """The text for a terminal: one line without controls, no wider than ``width`` columns."""
    most = len(text) if width is None else _MOST_PER_COLUMN * width  # no more is looked at than can be shown
    safe = plain(text[:most])
    if width is None or (len(text) <= most and _columns(safe) <= width):
        return safe
    kept, used = [], 0
    for character in safe:
        used += _columns(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…" if width > 0 else ""


def _columns(text: str) -> int:
    """Columns of a terminal that the text takes (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(_character_columns(character) for character in text)


def _character_columns(character: str) -> int:
    if combining(character) or category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1
