"""What the user may say about how lists are read."""

import re
from dataclasses import dataclass

from auditor.errors import UsageError


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How lists are read; the defaults find the domain column and take every line.

    Raises:
        UsageError: ``shard`` is no part K of N.
    """

    column: str | None = None
    """Header, or 1-based number, of the domain column in tables."""
    sheet: str | None = None
    """Sheet of Excel lists."""
    shard: tuple[int, int] | None = None
    """Part K of N of the whole list; ``None`` for all of it."""
    large_ranges: bool = False
    """Whether ranges of more than 65,536 addresses are taken."""

    def __post_init__(self) -> None:
        if self.shard is not None and not 1 <= self.shard[0] <= self.shard[1]:
            raise UsageError(f"shard {self.shard[0]}/{self.shard[1]}: the part must be between 1 and {self.shard[1]}")


def parse_shard(text: str) -> tuple[int, int]:
    """Return ``(2, 5)`` for ``2/5``.

    Raises:
        UsageError: the text is not K/N with K from 1 to N.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", text.strip())
    if not found:
        raise UsageError(f"shard {text!r}: write K/N, such as 2/5")
    part, parts = int(found[1]), int(found[2])
    if part > parts:
        raise UsageError(f"shard {text!r}: the part must be between 1 and {parts}")
    return part, parts
