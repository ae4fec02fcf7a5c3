"""Two ways to do one thing, in turns, and how their CPU times compare."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

ROUNDS = 7


@dataclass(frozen=True)
class Comparison:
    """The median CPU seconds of both ways; ``ratio`` is ours over theirs."""

    name: str
    ours_seconds: float
    theirs_seconds: float

    @property
    def ratio(self) -> float:
        """Below 1, ours is faster."""
        return self.ours_seconds / self.theirs_seconds


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> Comparison:
    """Run both in turns, so that what slows the machine slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for way, kept in zip((ours, theirs), times, strict=True):
            began = process_time()
            way()
            kept.append(process_time() - began)
    return Comparison(name, median(times[0]), median(times[1]))
