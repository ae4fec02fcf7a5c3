"""``audit.xlsx``: the workbook people open; every sheet is written row by row, so memory stays flat."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.report.about import Report
from auditor.report.files import whole_file
from auditor.report.frames import EXTRA_OF_DOMAIN, extra_names, extra_values
from auditor.report.stage import number_findings
from auditor.report.staging import Staging
from auditor.report.summary import summarize
from auditor.report.writers.xlsx_book import MOST_ROWS, Book, new_book
from auditor.report.writers.xlsx_domains import domains_sheet
from auditor.report.writers.xlsx_method import TITLE_OF_SHEET, Line, check_rows, method_lines, write_method
from auditor.report.writers.xlsx_policies import dkim_sheet, records_sheet, spf_sheet, tlsa_sheet
from auditor.report.writers.xlsx_sheet import Sheet, SheetColumn, write_sheet
from auditor.report.writers.xlsx_summary import write_summary
from auditor.report.writers.xlsx_tables import (
    certificates_sheet,
    coverage_sheet,
    findings_sheet,
    listeners_sheet,
    mx_sheet,
)

_OWN_WIDTH = 22


def write(report: Report, *, most_rows: int = MOST_ROWS) -> list[Path]:
    """Writes the workbook; a sheet holds ``most_rows`` rows, its header included, and goes on in another."""
    path = report.folder / "audit.xlsx"
    number_findings(report.staging)
    summary = summarize(report.staging, report.about.started_at)
    with whole_file(path) as temporary, new_book(temporary, report.about, most_rows) as book:
        write_summary(book, report.about, summary)
        lines = method_lines(report.about, summary)
        _write_tables(book, report.staging, lines)
        write_method(book, lines)
    return [path]


def _write_tables(book: Book, staging: Staging, method: list[Line]) -> None:
    _write_domains(book, staging)
    for sheet in (mx_sheet(), listeners_sheet(), certificates_sheet()):
        write_sheet(book, sheet, staging.rows(sheet.sql))
    findings = findings_sheet()
    write_sheet(book, findings, _with_check_rows(findings, staging.rows(findings.sql), check_rows(method)))
    for sheet in (spf_sheet(), dkim_sheet(), tlsa_sheet(), records_sheet(), coverage_sheet()):
        write_sheet(book, sheet, staging.rows(sheet.sql))


def _write_domains(book: Book, staging: Staging) -> None:
    """The sheet Domains, with the list's own columns at its end and a blank one for the reader."""
    sheet = domains_sheet()
    own = extra_names(staging)
    headings = [*(name.removeprefix("input_") for name in own), "Note"]
    columns = tuple(SheetColumn(heading=heading, source=EXTRA_OF_DOMAIN, width=_OWN_WIDTH) for heading in headings)
    last = columns[-1]
    rows = staging.rows(replace(sheet, columns=(*sheet.columns, last)).sql)
    write_sheet(book, replace(sheet, columns=(*sheet.columns, *columns)), _with_own(rows, len(sheet.columns), own))


def _with_own(rows: Iterable[Sequence[Any]], width: int, own: Sequence[str]) -> Iterator[list[Any]]:
    for row in rows:
        values = extra_values(row[width])
        links = row[width + 1 : -1]
        yield [*row[:width], *(values.get(name) for name in own), None, *links, *[None] * (len(own) + 1)]


def _with_check_rows(sheet: Sheet, rows: Iterable[Sequence[Any]], row_of: Mapping[str, int]) -> Iterator[Sequence[Any]]:
    """Rows in which the links to the list of checks are row numbers of that sheet."""
    place = len(sheet.columns) + next(
        number for number, column in enumerate(sheet.columns) if column.link_to == TITLE_OF_SHEET
    )
    for row in rows:
        # a sheet's data begins in row 2
        check = row_of.get(row[place])
        yield [*row[:place], None if check is None else check - 1, *row[place + 1 :]]
