"""Delimited text (RFC 4180 and its relatives) as rows of cells; a stray quote never swallows the list."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from auditor.targets.octets import LONGEST_LINE, Line

MAX_CELL_LINES = 1_000
"""Lines one row may span by line ends inside quotes; beyond, its quote is taken for a stray one."""


class Row(NamedTuple):
    """One row of a table."""

    number: int
    """1-based line on which it begins."""
    cells: tuple[str, ...]
    comment: bool = False
    """The row begins with ``#``."""
    too_long: bool = False
    """A line that is too long to be read; ``cells`` holds its beginning."""


def read_rows(lines: Iterable[Line], delimiter: str) -> Iterator[Row]:
    """Yield the rows of delimited text; blank lines have none."""
    source = _Lines(lines)
    for line in source:
        if line.too_long:
            yield Row(line.number, (line.text,), too_long=True)
        elif line.text.strip():
            comment = line.text.lstrip().startswith("#")
            yield Row(line.number, _cells(line.text, source, delimiter, alone=comment), comment)


@dataclass(slots=True)
class _Lines:
    """Lines that can be put back."""

    rest: Iterator[Line]
    again: deque[Line]

    def __init__(self, lines: Iterable[Line]) -> None:
        self.rest = iter(lines)
        self.again = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self.again.popleft() if self.again else next(self.rest)


def _cells(first: str, source: _Lines, delimiter: str, *, alone: bool) -> tuple[str, ...]:
    if '"' not in first:
        return tuple(first.split(delimiter))
    taken: list[Line] = []
    following = iter(()) if alone else _following(source, taken)
    try:
        return tuple(next(csv.reader(_chain(first, following), delimiter=delimiter, strict=True)))
    except csv.Error:
        # No proper end of the quoted cell in sight: read this line by itself, leniently.
        source.again.extendleft(reversed(taken))
        return _lenient(first, delimiter)


def _chain(first: str, following: Iterator[str]) -> Iterator[str]:
    yield first + "\n"
    yield from following


def _following(source: _Lines, taken: list[Line]) -> Iterator[str]:
    """Yield, and note in ``taken``, the lines a quoted cell may go on in; they end at what cannot belong to it."""
    octets = 0
    for line in source:
        taken.append(line)
        octets += len(line.text)
        if line.too_long or octets > LONGEST_LINE or len(taken) > MAX_CELL_LINES:
            return
        yield line.text + "\n"


def _lenient(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([text], delimiter=delimiter)))
    except csv.Error:  # such as a carriage return of UTF-16 data inside the line
        return tuple(text.split(delimiter))
