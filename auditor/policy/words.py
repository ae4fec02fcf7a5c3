"""Texts from records, as they stand in sentences."""

from collections.abc import Iterable, Sequence

_AT_MOST_SHOWN = 60
_AT_MOST_LISTED = 20

NO_STARTTLS = "STARTTLS is not offered (or taken out on the way from here)"
"""Where it was promised: by MTA-STS, or by TLSA records."""


def shown(value: str) -> str:
    """A value from a record, quoted and cut, to stand in a sentence."""
    return repr(cut(value))


def cut(value: str) -> str:
    """As much of a value as stands in a sentence."""
    return value if len(value) <= _AT_MOST_SHOWN else value[:_AT_MOST_SHOWN] + "…"


def among(choices: Sequence[str]) -> str:
    """Choices in words."""
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def bounded(texts: Iterable[str]) -> tuple[str, ...]:
    """Each once, and so many that they can be read; then how many more there are."""
    once = tuple(dict.fromkeys(texts))
    more = len(once) - _AT_MOST_LISTED
    return (*once[:_AT_MOST_LISTED], f"and {more} more") if more > 0 else once
