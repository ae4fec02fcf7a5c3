"""How the workbook looks: the looks of its cells."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from auditor.report.writers.palette import GREY, NAVY, RED

Horizontal = Literal["left", "center", "right", "center_across"]
_NO_LINE, _THICK = 0, 5

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


@cache
def quoted(look: Look) -> Look:
    """This look, for a text that somebody's spreadsheet could take for a formula."""
    return replace(look, quoted=True)


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


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of one workbook; each is turned into a format once."""

    workbook: Workbook
    _formats: dict[Look, Format] = field(default_factory=dict)

    def format(self, look: Look) -> Format:
        """The workbook's format of a look."""
        made = self._formats.get(look)
        if made is None:
            made = self._formats[look] = self.workbook.add_format(_properties(look))
        return made


def _properties(look: Look) -> dict[str, Any]:
    filled = {"pattern": 1, "bg_color": f"#{look.fill}"} if look.fill else {}
    return filled | {
        "font_name": "Calibri",
        "font_size": look.size,
        "font_color": f"#{look.colour}",
        "bold": look.bold,
        "underline": int(look.underline),
        "align": look.horizontal,
        "valign": {"top": "top", "center": "vcenter"}[look.vertical],
        "text_wrap": look.wrap,
        "num_format": look.number_format,
        "quote_prefix": look.quoted,
        "right": _THICK if look.gap else _NO_LINE,
        "right_color": "#FFFFFF",
    }
