"""Which column of a table holds the domains, which row is its header, and what the other columns are called."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.errors import UsageError
from auditor.targets.direct import parse_entry
from auditor.targets.entries import is_target
from auditor.targets.headers import header_rank, is_certain_header, is_known_header, plain_header
from auditor.targets.names import BadNameError, plain_name
from auditor.targets.rows import Row
from auditor.targets.tidy import printable, without_comment

HEADER_WITHIN = 20
"""Rows at the head of a table within which its header must stand."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is built."""

    column: int
    """0-based place of the domain column."""
    headers: tuple[str, ...] = ()
    """One for each column, distinct; empty if the table has no header row."""
    header_line: int = 0
    """The line of the header row; 0 if there is none."""
    guessed: bool = False
    """The header row was taken for one by its form alone."""
    confidence: int = 2
    """How the domain column was found: 2 by its header, 1 by its cells, 0 not at all."""

    def domain_cell(self, row: Row) -> str:
        """Return the cell that should name a target; empty if the row is too short."""
        return row.cells[self.column] if self.column < len(row.cells) else ""

    def further(self, row: Row) -> tuple[tuple[str, str], ...]:
        """Return the row's other cells with their headers, or ``column_2`` and so on."""
        return tuple(
            (self._header(place), printable(cell.strip(), 32_767))
            for place, cell in enumerate(row.cells)
            if place != self.column and (place < len(self.headers) or cell.strip())
        )

    def _header(self, place: int) -> str:
        return self.headers[place] if place < len(self.headers) else f"column_{place + 1}"


def find_layout(rows: Sequence[Row], column: str | None, where: str) -> Layout:
    """Return the layout of the table that begins with these rows.

    Raises:
        UsageError: there is no such ``column``; the message begins with ``where``.
    """
    rows = [row for row in rows if not row.comment and not row.too_long]
    if column is not None:
        return _asked_for(rows, column, where)
    for row in rows[:HEADER_WITHIN]:
        places = [place for place, cell in enumerate(row.cells) if is_known_header(cell)]
        if places:
            return _below_known(row, places, rows)
        if any(map(is_target, row.cells)):
            break  # the data has begun
    place = _best_by_content(rows)
    if place is None:
        return Layout(0, confidence=0)
    return _without_known_header(rows, place, confidence=1)


def _asked_for(rows: Sequence[Row], column: str, where: str) -> Layout:
    wanted = plain_header(column)
    for row in rows[:HEADER_WITHIN]:
        headers = [plain_header(cell) for cell in row.cells]
        if wanted and wanted in headers:
            return _below(row, headers.index(wanted))
    header = next((row for row in rows[:HEADER_WITHIN] if any(map(is_known_header, row.cells))), None)
    width = max((len(row.cells) for row in rows), default=0)
    if column.strip().isdecimal() and 1 <= int(column) <= width:
        place = int(column) - 1
        return _below(header, place) if header else _without_known_header(rows, place, confidence=2)
    raise UsageError(_no_such_column(column, header or (rows[0] if rows else Row(0, ())), where))


def _no_such_column(column: str, header: Row, where: str) -> str:
    headers = [printable(cell.strip(), 40) for cell in header.cells if cell.strip()]
    nearest = difflib.get_close_matches(column.casefold(), [cell.casefold() for cell in headers], n=1, cutoff=0.5)
    guess = next((cell for cell in headers if nearest and cell.casefold() == nearest[0]), "")
    listed = ", ".join(headers[:30]) or "none"
    return f"{where}: no column {column!r}; the headers are: {listed}" + (f". Did you mean {guess!r}?" if guess else "")


def _below(header: Row, place: int, confidence: int = 2) -> Layout:
    return Layout(place, _distinct(header.cells), header.number, confidence=confidence)


def _below_known(header: Row, places: Sequence[int], rows: Sequence[Row]) -> Layout:
    """Return the layout under a known header; one that is only likely must stand above names."""
    ranked = sorted(places, key=lambda place: header_rank(header.cells[place]))
    if is_certain_header(header.cells[ranked[0]]):
        return _below(header, ranked[0])
    data = [row for row in rows if row.number > header.number]
    for place in ranked:
        if _score(data, place):
            return _below(header, place)
    by_content = _best_by_content(data)
    return _below(header, ranked[0], 0) if by_content is None else _below(header, by_content, 1)


def _best_by_content(rows: Sequence[Row]) -> int | None:
    width = max((len(row.cells) for row in rows), default=0)
    best = max(range(width), key=lambda place: _score(rows, place), default=0)
    return best if _score(rows, best) else None


def _score(rows: Sequence[Row], place: int) -> int:
    return sum(_weight(row.cells[place]) for row in rows if place < len(row.cells))


def _weight(cell: str) -> int:
    """Return how much a cell speaks for its column: a bare name most, then an address or URL, then a server."""
    text = without_comment(cell)
    if plain_name(text):
        return 10
    try:
        named = next(iter(parse_entry(text)))
    except BadNameError:
        return 0
    return 3 if named.direct else 6


def _without_known_header(rows: Sequence[Row], place: int, confidence: int) -> Layout:
    """Return the layout of a table whose first row may be a header in words of its own."""
    first, rest = rows[0], rows[1:]
    valid = sum(is_target(row.cells[place]) for row in rest if place < len(row.cells))
    if rest and 2 * valid >= len(rest) and _looks_like_header(first.cells):
        return Layout(place, _distinct(first.cells), first.number, guessed=True, confidence=confidence)
    return Layout(place, confidence=confidence)


def _looks_like_header(cells: Sequence[str]) -> bool:
    plain = [plain_header(cell) for cell in cells]
    wordy = all(any(map(str.isalpha, cell)) and len(cell) <= 40 for cell in plain)
    return wordy and len(set(plain)) == len(plain) and not any(mark in cell for cell in cells for mark in ".@:/")


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a header for each cell: none empty, none twice."""
    width = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    headers: dict[str, None] = {}
    for place, cell in enumerate(cells[:width], 1):
        header = printable(" ".join(cell.split()), 100) or f"column_{place}"
        headers[f"{header}_{place}" if header in headers else header] = None
    return tuple(headers)
