"""How the workbook looks: the looks of its cells."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray

from auditor.report.writers.palette import GREY, NAVY, RED

AnySheet = Any
"""A sheet written row by row; openpyxl's types leave out most of what it shares with others."""
CellValue = str | float | datetime | None
Horizontal = Literal["left", "center", "right", "centerContinuous"]

LINK = "1F4E9E"


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a cell."""

    fill: str = ""
    colour: str = "000000"
    size: float = 10
    bold: bool = False
    underline: bool = False
    horizontal: Horizontal = "left"
    vertical: Literal["top", "center"] = "top"
    wrap: bool = False
    number_format: str = "General"
    quoted: bool = False
    """Kept as text also when somebody edits the cell in a spreadsheet."""
    gap: bool = False
    """A white edge to the right, which parts tiles."""

    def filled(self, fill: str) -> "Look":
        """This look on a colour, with letters that can be read on it."""
        return replace(self, fill=fill, colour="FFFFFF" if fill in {RED, NAVY} else self.colour)


TEXT = Look()
WRAPPED = Look(wrap=True)
WORD = Look(horizontal="center")
NUMBER = Look(horizontal="center")
LARGE_NUMBER = Look(horizontal="center", number_format="#,##0")
PERCENT = Look(horizontal="center", number_format="0%")
TIME = Look(horizontal="center", number_format="yyyy-mm-dd hh:mm")
LINKED = Look(colour=LINK, underline=True)
HEADER = Look(fill=NAVY, colour="FFFFFF", bold=True, vertical="center", wrap=True)
TITLE = Look(colour=NAVY, size=20, bold=True, vertical="center")
SUBTITLE = Look(colour=GREY, size=10)
HEADING = Look(colour=NAVY, size=12, bold=True)
LABEL = Look(colour="404040", bold=True)


class Looks:
    """Cells of one sheet; each look is turned into a style once."""

    def __init__(self, sheet: AnySheet) -> None:
        self._sheet = sheet
        self._styles: dict[Look, StyleArray] = {}

    def cell(self, value: CellValue, look: Look = TEXT) -> Cell:
        """A cell; a text is always a text, never a formula, an error or a number."""
        if not isinstance(value, str):
            cell = WriteOnlyCell(self._sheet, value=value)
        else:  # a text is set as it is: it was made safe, and what it looks like is not to be found out
            cell = WriteOnlyCell(self._sheet)
            cell._value, cell.data_type = value, "s"  # type: ignore[attr-defined]  # noqa: SLF001
        # one style for many cells, as openpyxl's own copying does
        cell._style = self._style(look)  # type: ignore[attr-defined]  # noqa: SLF001
        return cell

    def _style(self, look: Look) -> StyleArray:
        style = self._styles.get(look)
        if style is None:
            style = self._styles[look] = self._made(look)
        return style

    def _made(self, look: Look) -> StyleArray:
        cell = WriteOnlyCell(self._sheet)
        underline: Literal["single"] | None = "single" if look.underline else None
        cell.font = Font(name="Calibri", size=look.size, bold=look.bold, color=look.colour, underline=underline)
        cell.alignment = Alignment(horizontal=look.horizontal, vertical=look.vertical, wrap_text=look.wrap)
        cell.number_format = look.number_format
        if look.fill:
            cell.fill = PatternFill("solid", start_color=look.fill)
        if look.gap:
            cell.border = Border(right=Side("thick", color="FFFFFF"))
        if look.quoted:
            cell.quotePrefix = True
        style: StyleArray = cell._style  # type: ignore[attr-defined]  # noqa: SLF001
        return style
