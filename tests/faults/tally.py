"""How much is tried, and what came of it: a little in every run of the tests, all of it for ``make faults``."""

import os
from collections import Counter
from collections.abc import Sequence

FULL = int(os.environ.get("AUDITOR_FAULTS", "0"))
"""How many random points are tried; 0 for a few."""

tried: Counter[str] = Counter()
held: Counter[str] = Counter()
worst: dict[str, float] = {}


def begin(what: str) -> None:
    """Take down that one more is tried."""
    tried[what] += 1


def well(what: str, seconds: float = 0.0) -> None:
    """Take down that it held, and how long it took where that matters."""
    held[what] += 1
    if seconds:
        worst[what] = max(worst.get(what, 0.0), seconds)


def lines() -> list[str]:
    """The table that ``make faults`` ends with."""
    return [
        f"{what:<24}{held[what]:>6} of {count}" + (f", {worst[what]:.1f} s at worst" if what in worst else "")
        for what, count in tried.items()
    ]


def some(numbers: Sequence[int], few: int, offset: int, share: int = 1) -> list[int]:
    """A few of the numbers that lie evenly, from ``offset`` on; in full one of each ``share``, by default all."""
    step = share if FULL else max(1, len(numbers) // few)
    return list(numbers[offset % step :: step])
