"""Text as people paste it, cleared of what cannot be seen or does not belong to a name."""

import re
import unicodedata

_INVISIBLE = (
    "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{MONGOLIAN VOWEL SEPARATOR}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
    "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
)
_FULL_WIDTH = range(0xFF01, 0xFF5F)  # the ASCII characters as East Asian input methods type them
_TIDY: dict[int, str | None] = {
    **{ord(character): None for character in _INVISIBLE},
    **{code: chr(code - 0xFEE0) for code in _FULL_WIDTH},
    ord("\N{IDEOGRAPHIC FULL STOP}"): ".",
    ord("\N{HALFWIDTH IDEOGRAPHIC FULL STOP}"): ".",
}
_SPACES = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"
_BEFORE = _SPACES + _QUOTES + "<({,;"
_AFTER = _SPACES + _QUOTES + ">)},;."
_COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)


def tidy(text: str) -> str:
    """Return the text composed (NFC), without invisible characters, quotes, brackets and final punctuation.

    Square brackets stay, since they mark an address (RFC 5321 §4.1.3); zero-width
    joiners stay, since some scripts need them inside a label (RFC 5892 appendix A).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_TIDY))
    return text.lstrip(_BEFORE).rstrip(_AFTER)


def without_comment(text: str) -> str:
    """Return the text up to a ``#`` that begins it or follows white space, stripped."""
    return _COMMENT.sub("", text, count=1).strip() if "#" in text else text.strip()


def printable(text: str, limit: int = 1_000) -> str:
    """Return at most ``limit`` characters of the text, without lone surrogates, which no file can hold."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 1] + "…"
