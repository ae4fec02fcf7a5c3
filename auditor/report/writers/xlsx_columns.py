"""From a declared column to a column of a sheet."""

from auditor.report.columns import Kind
from auditor.report.tables import TABLES
from auditor.report.tables.staged import COVERAGE, DETAILS
from auditor.report.writers.palette import word_fills
from auditor.report.writers.xlsx_sheet import SheetColumn
from auditor.report.writers.xlsx_style import LARGE_NUMBER, NUMBER, TEXT, TIME, WORD, WRAPPED, Look

_TABLES = {table.name: table for table in (*TABLES, DETAILS, COVERAGE)}
_LOOKS = {
    Kind.INTEGER: NUMBER,
    Kind.NUMBER: LARGE_NUMBER,
    Kind.BOOLEAN: WORD,
    Kind.TIME: TIME,
    Kind.LINES: WRAPPED,
    Kind.LIST: WRAPPED,
}


def column_of(source: str, heading: str, width: float, look: Look | None = None) -> SheetColumn:
    """A column ``table.name``, with the look of its kind unless another is given."""
    table, _, name = source.partition(".")
    declared = _TABLES[table].column(name)
    few = bool(declared.values)
    return SheetColumn(
        heading=heading,
        source=f'{table}."{name}"',
        width=width,
        kind=declared.kind,
        look=look or (WORD if few else _LOOKS.get(declared.kind, TEXT)),
        fills=word_fills(source) if few else {},
    )


def linked(source: str, heading: str, width: float, sheet: str, link_source: str) -> SheetColumn:
    """A column whose texts lead to a row of another sheet, whose number ``link_source`` is."""
    return SheetColumn(heading=heading, source=source, width=width, link_to=sheet, link_source=link_source)
