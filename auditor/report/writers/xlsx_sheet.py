"""A sheet of rows: headings, widths, links, filter and print set-up; split where a sheet is full."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from math import ceil
from typing import Any

from auditor.report.columns import Kind, Stored
from auditor.report.writers.xlsx_book import Book, CellValue, part_title, set_widths
from auditor.report.writers.xlsx_style import HEADER, LINKED, TEXT, Look

MOST_LINKS = 65_000
"""Links written in a sheet; Excel takes 65,530."""
_EXACT_INTEGERS = 10**15  # a cell's number has 15 digits
_FIRST_YEAR = 1900  # of a cell's time
_LINE_HEIGHT, _GAP, _MOST_HEIGHT = 13.5, 1.5, 120.0
_HEADER_HEIGHT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """One column of a sheet, drawn from a term of its query."""

    heading: str
    source: str
    width: float
    kind: Kind = Kind.TEXT
    look: Look = TEXT
    fills: Mapping[str, str] = field(default_factory=dict)
    """Words that carry a colour."""
    link_to: str = ""
    """Sheet to which it leads, by the row number that stands beside it in the query."""
    link_source: str = "NULL"

    def look_of(self, text: str, *, linked: bool = False) -> Look:
        """The look of a text in this column, that leads somewhere or not."""
        return _look(self.look, self.fills.get(text, ""), linked=linked)


@cache
def _look(look: Look, fill: str, *, linked: bool) -> Look:
    look = look.filled(fill) if fill else look
    return replace(look, colour=LINKED.colour, underline=True) if linked else look


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet shows."""

    title: str
    tab: str
    columns: tuple[SheetColumn, ...]
    origin: str
    """The query from FROM on."""
    printed: int | None = None
    """How many columns go to paper, where not all would be readable on a page."""

    @property
    def sql(self) -> str:
        """The query: each column's term, then the row number each column links to."""
        terms = [column.source for column in self.columns] + [column.link_source for column in self.columns]
        return f"SELECT {', '.join(terms)} {self.origin}"


def write_sheet(book: Book, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> None:
    """Writes the rows to as many sheets as they need, one at least."""
    part = _Part(book, sheet, 0)
    for number, row in enumerate(rows):
        if number and number % (book.most_rows - 1) == 0:
            part.finish()
            part = _Part(book, sheet, number // (book.most_rows - 1))
        part.append(row)
    part.finish()


class _Part:
    """One sheet being written."""

    def __init__(self, book: Book, sheet: Sheet, number: int) -> None:
        self._book, self._sheet = book, sheet
        self._target = book.new_sheet(part_title(sheet.title, number), sheet.tab)
        self._row, self._links = 0, 0
        set_widths(self._target, [column.width for column in sheet.columns])
        self._target.freeze_panes(1, 1)
        self._target.repeat_rows(0)
        self._target.set_row(0, _HEADER_HEIGHT)
        for place, column in enumerate(sheet.columns):
            centred = column.look.horizontal == "center"
            look = replace(HEADER, horizontal="center") if centred else HEADER
            book.put(self._target, (0, place), column.heading, look)

    def append(self, row: Sequence[Any]) -> None:
        for kept in (self._target.row_info, self._target.row_sizes):
            kept.pop(self._row - 1, None)  # that row is on the disk; so memory stays flat
        self._row += 1
        columns = self._sheet.columns
        values = row[: len(columns)]
        lines = _lines(columns, values)
        if lines > 1:
            self._target.set_row(self._row, min(_MOST_HEIGHT, _LINE_HEIGHT * lines + _GAP))
        for place, (column, value, link) in enumerate(zip(columns, values, row[len(columns) :], strict=True)):
            if value not in {None, ""}:
                self._put((self._row, place), column, value, link)

    def _put(self, place: tuple[int, int], column: SheetColumn, value: Stored, link: int | None) -> None:
        shown = cell_value(column.kind, value)
        if link is not None and self._links < MOST_LINKS:
            self._links += 1
            text = str(shown)
            look, location = column.look_of(text, linked=True), self._book.location(column.link_to, link)
            self._book.link(self._target, place, text, look, location)
        else:
            look = column.look_of(shown) if isinstance(shown, str) else column.look
            self._book.put(self._target, place, shown, look)

    def finish(self) -> None:
        width = len(self._sheet.columns)
        self._target.autofilter(0, 0, self._row, width - 1)
        self._target.print_area(0, 0, self._row, (self._sheet.printed or width) - 1)


def _lines(columns: Sequence[SheetColumn], values: Sequence[Any]) -> int:
    """Lines that the row's longest wrapped text takes."""
    wrapped = (
        _wrapped_lines(value, column.width)
        for column, value in zip(columns, values, strict=True)
        if column.look.wrap and isinstance(value, str)
    )
    return max(wrapped, default=1)


def _wrapped_lines(text: str, width: float) -> int:
    return sum(max(1, ceil(len(line) / (width * 1.15))) for line in text[:4000].split("\n"))


def cell_value(kind: Kind, value: Stored) -> CellValue:
    """A staged value as a cell shows it."""
    if kind is Kind.BOOLEAN:
        return bool(value)
    if isinstance(value, str):
        if kind is Kind.TIME:
            return _time_value(value)
        return value.replace("|", "; ") if kind is Kind.LIST else value
    return str(value) if isinstance(value, int) and abs(value) >= _EXACT_INTEGERS else value


def _time_value(text: str) -> CellValue:
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    return moment if moment.year >= _FIRST_YEAR else text
