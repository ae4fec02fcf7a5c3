"""The workbook itself, and cells: what a library is asked for when a sheet is written.

Sheets are written row by row and in order: a row that was left is on the disk,
and nothing more can be written there.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from auditor.report.about import About
from auditor.report.cells import is_formula_like, plain, workbook_text
from auditor.report.writers.xlsx_style import Look, Looks, quoted

MOST_ROWS = 1_048_576
"""Rows a sheet holds, its header included (Excel's specification)."""
_A4 = 9
_LONGEST_FOOTER = 255  # characters (Excel's specification)
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}  # inches

CellValue = str | bool | float | datetime | None


class PlainSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet whose texts have been made safe, and are to stand as they are."""

    def _escape_control_characters(self, data: str | int) -> str | int:
        """The text; the library takes what stands between ``<r>`` and ``</r>`` for its own markup."""
        return f"_x003C_{data[1:]}" if isinstance(data, str) and data.startswith("<r>") else data


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook with what every sheet needs to know."""

    workbook: Workbook
    looks: Looks
    footer: str
    most_rows: int = MOST_ROWS

    def location(self, title: str, number: int) -> str:
        """Where row ``number`` (from 1) of a sheet's data stands, as a link's target."""
        part, row = divmod(number - 1, self.most_rows - 1)
        return f"'{part_title(title, part)}'!A{row + 2}"

    def bare_sheet(self, title: str) -> PlainSheet:
        """An empty sheet."""
        sheet: PlainSheet = self.workbook.add_worksheet(title, PlainSheet)
        return sheet

    def new_sheet(self, title: str, tab: str) -> PlainSheet:
        """An empty sheet, set up for printing on landscape A4, one page wide."""
        sheet = self.bare_sheet(title)
        sheet.set_tab_color(f"#{tab}")
        sheet.fit_to_pages(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(**_MARGINS)
        sheet.set_footer(self.footer)
        return sheet

    def put(self, sheet: PlainSheet, place: tuple[int, int], value: CellValue, look: Look) -> None:
        """Write a cell; row and column of ``place`` count from 0.

        A text, from whomever, is made safe here, and is a text: never a formula or a number.
        """
        if isinstance(value, str):
            text = workbook_text(value)
            sheet.write_string(*place, text, self._format_of(text, look))
            return
        form = self.looks.format(look)
        match value:
            case bool():
                sheet.write_boolean(*place, value, form)
            case datetime():
                sheet.write_datetime(*place, value, form)
            case None:
                sheet.write_blank(*place, None, form)
            case _:
                sheet.write_number(*place, value, form)

    def link(self, sheet: PlainSheet, place: tuple[int, int], text: str, look: Look, location: str) -> None:
        """Write a text that leads to a place of this workbook; it is made safe here, too."""
        safe = workbook_text(text)
        sheet.write_url(*place, f"internal:{location}", self._format_of(safe, look), string=safe)

    def _format_of(self, safe: str, look: Look) -> Format:
        return self.looks.format(quoted(look) if is_formula_like(safe) else look)


def part_title(title: str, part: int) -> str:
    """The name of a sheet's further part: ``Findings (2)``."""
    return title if part == 0 else f"{title} ({part + 1})"


def set_widths(sheet: PlainSheet, widths: Sequence[float]) -> None:
    """Sets the widths of the first columns, in characters."""
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)


def hide_grid(sheet: PlainSheet) -> None:
    """Shows and prints a sheet without the lines between cells."""
    sheet.hide_gridlines(2)


@contextmanager
def new_book(path: Path, about: About, most_rows: int) -> Iterator[Book]:
    """A workbook, which is complete at ``path`` when the block ends without an error.

    What is written goes to files beside ``path`` first.

    Raises:
        OSError: the file system refuses.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".audit.xlsx.", ignore_cleanup_errors=True) as folder:
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        workbook = Workbook(str(path), options)
        workbook.set_properties(
            {
                "author": f"auditor {about.tool_version}",
                "title": plain(f"Mail domain audit {about.name}"),
                "created": about.started_at.replace(tzinfo=None),
            }
        )
        try:
            yield Book(workbook, Looks(workbook), _footer(about), most_rows)
            workbook.close()
        except FileCreateError as error:  # what the library makes of an OSError
            raise OSError(*error.args[0].args) from error
        finally:
            _leave(workbook)


def _leave(workbook: Workbook) -> None:
    """Close what is still open where a workbook was not completed, and see that nobody completes it later."""
    workbook.fileclosed = True
    for sheet in workbook.worksheets():
        sheet.row_data_fh.close()


def _footer(about: About) -> str:
    """Who made it, cut to what a footer holds: a ``&`` counts twice, and is never cut in two."""
    start, of_page = "&L&8", "&R&8&A · page &P of &N"
    words = plain(f"auditor {about.tool_version} · run {about.name}")
    while len(words.replace("&", "&&")) > _LONGEST_FOOTER - len(start + of_page):
        words = words[:-1]
    return f"{start}{words.replace('&', '&&')}{of_page}"
