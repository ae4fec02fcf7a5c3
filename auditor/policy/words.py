"""Texts from records, as they stand in sentences."""

from collections.abc import Sequence

_AT_MOST_SHOWN = 60


def shown(value: str) -> str:
    """A value from a record, quoted and cut, to stand in a sentence."""
    return repr(value if len(value) <= _AT_MOST_SHOWN else value[:_AT_MOST_SHOWN] + "…")


def among(choices: Sequence[str]) -> str:
    """Choices in words."""
    return f"{', '.join(choices[:-1])} or {choices[-1]}"
