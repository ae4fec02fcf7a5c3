"""A sheet of rows: headings, widths, links, filter and print set-up; split where a sheet is full."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from auditor.report.cells import is_formula_like, workbook_text
from auditor.report.columns import Kind, Stored
from auditor.report.writers.xlsx_style import HEADER, LINKED, TEXT, AnySheet, CellValue, Look, Looks

MOST_ROWS = 1_048_576
"""Rows a sheet holds, its header included (Excel's specification)."""
MOST_LINKS = 65_000
"""Links written in a sheet; Excel takes 65,530."""
_EXACT_INTEGERS = 10**15  # a cell's number has 15 digits
_FIRST_YEAR = 1900  # of a cell's time
_LINE_HEIGHT, _MOST_HEIGHT = 13.5, 120.0


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
        return _look(self.look, self.fills.get(text, ""), quoted=is_formula_like(text), linked=linked)


@cache
def _look(look: Look, fill: str, *, quoted: bool, linked: bool) -> Look:
    if fill:
        look = look.filled(fill)
    elif quoted:
        look = replace(look, quoted=True)
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


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook with what every sheet needs to know."""

    workbook: Workbook
    footer: str
    most_rows: int = MOST_ROWS

    def location(self, title: str, number: int) -> str:
        """Where row ``number`` (from 1) of a sheet's data stands, as a link's target."""
        part, row = divmod(number - 1, self.most_rows - 1)
        return f"'{part_title(title, part)}'!A{row + 2}"

    def new_sheet(self, title: str, tab: str) -> AnySheet:
        """An empty sheet, set up for printing on landscape A4, one page wide."""
        sheet: AnySheet = self.workbook.create_sheet(title)
        sheet.sheet_properties.tabColor = tab
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.6
        sheet.HeaderFooter.oddFooter.left.text, sheet.HeaderFooter.oddFooter.right.text = (
            self.footer,
            "&A · page &P of &N",
        )
        sheet.HeaderFooter.oddFooter.left.size = sheet.HeaderFooter.oddFooter.right.size = 8
        return sheet


def part_title(title: str, part: int) -> str:
    """The name of a sheet's further part: ``Findings (2)``."""
    return title if part == 0 else f"{title} ({part + 1})"


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
        self._target: AnySheet = book.new_sheet(part_title(sheet.title, number), sheet.tab)
        self._looks = Looks(self._target)
        self._rows, self._links = 1, 0
        set_widths(self._target, [column.width for column in sheet.columns])
        self._target.freeze_panes = "B2"
        self._target.print_title_rows = "1:1"
        self._append([self._heading(column) for column in sheet.columns], 30)

    def _heading(self, column: SheetColumn) -> Cell:
        centred = column.look.horizontal == "center"
        look = replace(HEADER, horizontal="center") if centred else HEADER
        return self._looks.cell(workbook_text(column.heading), look)

    def _append(self, cells: list[Cell | None], height: float) -> None:
        self._target.row_dimensions[self._rows].height = height
        self._target.append(cells)
        del self._target.row_dimensions[self._rows]  # written; so memory stays flat

    def append(self, row: Sequence[Any]) -> None:
        self._rows += 1
        columns = self._sheet.columns
        values = row[: len(columns)]
        cells = [
            self._cell(column, value, link)
            for column, value, link in zip(columns, values, row[len(columns) :], strict=True)
        ]
        self._append(cells, _height(columns, values))

    def _cell(self, column: SheetColumn, value: Stored, link: int | None) -> Cell | None:
        if value is None:
            return None
        shown = cell_value(column.kind, value)
        if link is not None and self._links < MOST_LINKS:
            return self._linked(column, shown, link)
        return self._looks.cell(shown, column.look_of(shown) if isinstance(shown, str) else column.look)

    def _linked(self, column: SheetColumn, shown: CellValue, link: int) -> Cell:
        self._links += 1
        cell = self._looks.cell(shown, column.look_of(str(shown), linked=True))
        cell.hyperlink = Hyperlink(ref="A1", location=self._book.location(column.link_to, link))
        return cell

    def finish(self) -> None:
        width = len(self._sheet.columns)
        self._target.auto_filter.ref = f"A1:{get_column_letter(width)}{self._rows}"
        self._target.print_area = f"A1:{get_column_letter(self._sheet.printed or width)}{self._rows}"


def set_widths(sheet: AnySheet, widths: Sequence[float]) -> None:
    """Sets the widths of the first columns, in characters."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _height(columns: Sequence[SheetColumn], values: Sequence[Any]) -> float:
    wrapped = (
        _lines(value, column.width)
        for column, value in zip(columns, values, strict=True)
        if column.look.wrap and isinstance(value, str)
    )
    return min(_MOST_HEIGHT, _LINE_HEIGHT * max(wrapped, default=1) + 1.5)


def _lines(text: str, width: float) -> int:
    return sum(max(1, ceil(len(line) / (width * 1.15))) for line in text[:4000].split("\n"))


def cell_value(kind: Kind, value: Stored) -> CellValue:
    """A staged value as a cell shows it."""
    if kind is Kind.BOOLEAN:
        return bool(value)
    if isinstance(value, str):
        return (
            _time_value(value)
            if kind is Kind.TIME
            else workbook_text(value.replace("|", "; ") if kind is Kind.LIST else value)
        )
    return str(value) if isinstance(value, int) and abs(value) >= _EXACT_INTEGERS else value


def _time_value(text: str) -> CellValue:
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    return moment if moment.year >= _FIRST_YEAR else text
