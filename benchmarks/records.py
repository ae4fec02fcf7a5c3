"""What came of a goal, as a record; and the figures' way into a table and a file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path


class Reached(StrEnum):
    """Whether a goal was reached."""

    YES = "yes"
    NO = "no"
    NOT_MEASURED = "not measured"

    @classmethod
    def of(cls, reached: bool) -> "Reached":
        """The word for a figure that was taken."""
        return cls.YES if reached else cls.NO


@dataclass(frozen=True, slots=True)
class Figure:
    """What a goal's function returns, or one of several parts of it."""

    figure: str
    reached: Reached
    how: str = ""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """Where a domain's CPU time went, by step, if that was seen on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal and what was measured of it."""

    goal: str
    """Such as ``G1``."""
    asked: str
    figure: str
    reached: Reached
    how: str
    """Sizes, rounds and what else one must know to judge the figure by; why, if there is none."""
    taken: str = ""
    """When, and of which version: set by whoever keeps the record."""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """As a :class:`Figure` has them."""


def verdict(parts: Iterable[Reached]) -> Reached:
    """The verdict on a goal of several parts: missed if one is, else not measured if one is not."""
    seen = set(parts)
    return next((one for one in (Reached.NO, Reached.NOT_MEASURED) if one in seen), Reached.YES)


def together(parts: Sequence[Figure], how: str) -> Figure:
    """The figure of a goal that has several parts; what a part says of itself comes before ``how``."""
    words = "; ".join(part.how for part in parts if part.how)
    figures = "; ".join(part.figure for part in parts if part.figure)
    seen = {step: value for part in parts for step, value in part.milliseconds.items()}
    return Figure(figures, verdict(part.reached for part in parts), f"{how}; {words}" if words else how, seen)


def number_of(goal: str) -> int:
    """The number of a goal, by which they are sorted."""
    return int(goal.removeprefix("G"))


def merged(before: Iterable[Goal], now: Iterable[Goal]) -> list[Goal]:
    """The latest record of each goal; one that could not be taken now does not push out an earlier figure."""
    kept = {one.goal: one for one in before}
    for one in now:
        if one.figure or not kept.get(one.goal, one).figure:
            kept[one.goal] = one
    return sorted(kept.values(), key=lambda one: number_of(one.goal))


def load(path: Path) -> list[Goal]:
    """The records of a file; none where there is none."""
    if not path.is_file():
        return []
    read = json.loads(path.read_text(encoding="utf-8"))
    return [Goal(**{**one, "reached": Reached(one["reached"])}) for one in read]


def save(path: Path, goals: Sequence[Goal]) -> None:
    """Write records to a file."""
    text = json.dumps([asdict(one) for one in goals], indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def plain_table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """A table for a terminal: columns as wide as their longest cell, the last one as it is."""
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header) - 1)]
    lines = (
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in (header, *rows)
    )
    return "\n".join(line.rstrip() for line in lines)


def markdown_table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """A table for a page."""
    cells = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells)
