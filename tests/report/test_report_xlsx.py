"""The workbook: read back it equals the CSV, holds no formula, links where it should, and splits full sheets."""

import csv
import errno
import gc
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from xlsxwriter.workbook import Workbook

from auditor.errors import NotFinishedError
from auditor.model.finding import Severity
from auditor.report.about import Report
from auditor.report.cells import is_formula_like, plain
from auditor.report.columns import Kind
from auditor.report.tables import TABLES
from auditor.report.writers.csv import write as write_csv
from auditor.report.writers.xlsx import write
from auditor.report.writers.xlsx_domains import domains_sheet
from auditor.report.writers.xlsx_policies import dkim_sheet, records_sheet, spf_sheet, tlsa_sheet
from auditor.report.writers.xlsx_sheet import Sheet, cell_value
from auditor.report.writers.xlsx_tables import (
    certificates_sheet,
    coverage_sheet,
    findings_sheet,
    listeners_sheet,
    mx_sheet,
)

pytestmark = pytest.mark.slow

POLICY_SHEETS = {"spf": spf_sheet(), "dkim": dkim_sheet(), "tlsa": tlsa_sheet(), "records": records_sheet()}
SHEETS = (
    *(domains_sheet(), mx_sheet(), listeners_sheet(), certificates_sheet(), findings_sheet()),
    *POLICY_SHEETS.values(),
    coverage_sheet(),
)
TITLES = ["Summary", "_data", *(sheet.title for sheet in SHEETS), "Method"]
READ: dict[Kind, Callable[[str], Any]] = {
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.BOOLEAN: lambda text: text == "true",
    Kind.TIME: lambda text: datetime.fromisoformat(text).replace(tzinfo=None),
}
ADDRESS = [column.heading for column in SHEETS[1].columns].index("Address")
KINDS = {(table.name, column.name): column.kind for table in TABLES for column in table.columns}


def book_of(report: Report, **more: int) -> Any:
    (path,) = write(report, **more)
    return openpyxl.load_workbook(path)


def source_of(column: Any) -> tuple[str, str]:
    """Table and column that a sheet's column shows; empty where it shows another thing."""
    table, _, name = column.source.replace('"', "").partition(".")
    return (table, name) if (table, name) in KINDS else ("", "")


def as_shown(kind: Kind, text: str) -> Any:
    """A cell of CSV as the workbook should show it."""
    if text == "":
        return None
    if kind in READ:
        return READ[kind](text)
    text = text[1:] if text[0] == "'" and is_formula_like(text[1:]) else text
    if kind is Kind.LINES:
        return text.replace("\\x0a", "\n")
    return text.replace("|", "; ") if kind is Kind.LIST else text


def csv_rows(folder: Path) -> dict[str, list[dict[str, str]]]:
    rows = {}
    for table in TABLES:
        with (folder / "csv" / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            rows[table.name] = list(csv.DictReader(file))
    return rows


def values(cell: Any) -> Any:
    return cell.value.replace("_x005F_", "_") if isinstance(cell.value, str) else cell.value


def assert_rows_equal(sheet: Sheet, table: str, row: Any, expected: dict[str, str]) -> None:
    for column, cell in zip(sheet.columns, row, strict=False):
        of_table, name = source_of(column)
        if of_table == table:
            assert values(cell) == as_shown(KINDS[table, name], expected[name]), (sheet.title, name)


def test_the_workbook_equals_the_csv(sixty: Any, staged: Any) -> None:
    report = staged(sixty)
    write_csv(report)
    rows, book = csv_rows(report.folder), book_of(report)
    endpoints = {(one["exchange"], one["address"]): one for one in rows["endpoints"]}
    domains = {one["domain"]: one for one in rows["domains"]}
    rows["findings"].sort(key=lambda one: one["verdict"] == "unknown")  # what failed comes first for people
    for sheet, table in ((SHEETS[0], "domains"), (SHEETS[4], "findings")):
        found = list(book[sheet.title].iter_rows(min_row=2))
        assert len(found) == len(rows[table])
        for row, expected in zip(found, rows[table], strict=True):
            assert_rows_equal(sheet, table, row, expected)
    found = list(book["MX hosts"].iter_rows(min_row=2))
    assert len(found) == len(rows["mx"])
    for row, expected in zip(found, rows["mx"], strict=True):
        assert_rows_equal(SHEETS[1], "mx", row, expected)
        assert_rows_equal(SHEETS[1], "endpoints", row, endpoints[row[2].value, row[ADDRESS].value])
    certificates = {one["sha256"]: one for one in rows["certificates"]}
    for row in book["Certificates"].iter_rows(min_row=2):
        assert_rows_equal(SHEETS[3], "certificates", row, certificates[row[-1].value])
    for row in book["Coverage"].iter_rows(min_row=2):
        assert_rows_equal(SHEETS[-1], "domains", row, domains[row[0].value])
    rows["records"] = [one for one in rows["records"] if one["status"] == "answered"]
    for table, sheet in POLICY_SHEETS.items():
        found = list(book[sheet.title].iter_rows(min_row=2))
        assert len(found) == len(rows[table])
        for row, expected in zip(found, rows[table], strict=True):
            assert_rows_equal(sheet, table, row, expected)


def test_sheets_stand_in_order_and_only_the_data_is_hidden(sixty: Any, staged: Any) -> None:
    book = book_of(staged(sixty))
    assert book.sheetnames == TITLES
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["_data"]
    assert len(book.worksheets[0]._charts) == 3
    assert all(sheet.sheet_properties.tabColor for sheet in book if sheet.title != "_data")


def test_no_cell_anywhere_is_a_formula(make: Any, sixty: Any, staged: Any) -> None:
    for text in (make.HOSTILE, "=1+1", "@x", "-1", "#N/A", "\ud800\ufffe\x0b", "'=1", "{=1}"):
        sixty.add(text, make.route(text, make.exchange(text, "192.0.2.1")), extra=((text, text),))
        sixty.speak(make.session(sixty.routes[text].endpoints[0], error=text))
        sixty.judgements[text] = make.Judgement(
            findings=(make.finding(text, text, evidence=text, reproduce=text),), failed=1
        )
    (path,) = write(staged(sixty))
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"n", "s", "inlineStr", "d", "b"}
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        external = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/_rels")]
    assert not any(b"<f>" in part or b"<f " in part for part in sheets)
    assert not any(b"TargetMode" in part for part in external)
    dangerous = [cell for cell in cells if isinstance(cell.value, str) and is_formula_like(cell.value)]
    assert len(dangerous) > 20
    assert all(cell.quotePrefix for cell in dangerous if cell.row > 1)


@pytest.mark.parametrize(
    "text",
    [
        "<r><t>bold</t></r>",
        "<r><f>1+1</f></r>",
        "</t></is></c><c><f>1+1</f></c>",
        "_x0041_x0042_",
        " both ends ",
        "a\n\nb",
        "&amp;<!--",
    ],
)
def test_a_text_stands_as_it_was_written_by_a_stranger(text: str, make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", extra=(("owner", text),))
    (path,) = write(staged(run))
    (owner, _) = [row[-2:] for row in openpyxl.load_workbook(path)["Domains"].iter_rows(values_only=True)][1]
    assert str(owner).replace("_x003C_", "<").replace("_x005F_", "_") == plain(text)
    shared = zipfile.ZipFile(path).read("xl/worksheets/sheet3.xml").decode()
    assert "<f>" not in shared
    assert "<r><t>" not in shared


def test_a_workbook_that_fails_leaves_nothing_behind(sixty: Any, staged: Any) -> None:
    report = staged(sixty)
    report.staging.connection.execute("DROP TABLE tlsa")
    with pytest.raises(sqlite3.OperationalError):
        write(report)
    gc.collect()  # the library would complete a workbook that is thrown away
    assert [path.name for path in report.folder.iterdir() if "xlsx" in path.name] == []


def test_a_full_disk_is_told(sixty: Any, staged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Workbook, "_store_workbook", fails)
    report = staged(sixty)
    with pytest.raises(NotFinishedError, match="No space left on device"):
        write(report)
    assert [path.name for path in report.folder.iterdir() if "xlsx" in path.name] == []


def test_links_lead_to_the_row_they_speak_of(sixty: Any, staged: Any) -> None:
    book = book_of(staged(sixty))
    seen = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is None:
                    continue
                title, place = cell.hyperlink.location.rsplit("!", 1)
                target = book[title.strip("'")]
                texts = [one.value for one in target[int(place[1:])]]
                assert cell.value in texts, (sheet.title, cell.coordinate, cell.hyperlink.location)
                seen += 1
    assert seen > 200


def test_a_full_sheet_goes_on_in_another(sixty: Any, staged: Any) -> None:
    report = staged(sixty)
    book = book_of(report, most_rows=21)
    parts = ["Domains", "Domains (2)", "Domains (3)"]
    assert [title for title in book.sheetnames if title.startswith("Domains")] == parts
    names = [row[0].value for title in parts for row in book[title].iter_rows(min_row=2)]
    assert names == [target.domain for target in sixty.listed]
    assert {book[title]["A1"].value for title in parts} == {"Domain"}
    assert book["Domains (3)"].auto_filter.ref.endswith("21")
    links = [row[4] for row in book["Findings (2)"].iter_rows(min_row=2)]
    for cell in links:
        title, place = cell.hyperlink.location.rsplit("!", 1)
        assert book[title.strip("'")][place].value == cell.value


def test_a_sheet_that_is_just_full_needs_no_other(make: Any, staged: Any) -> None:
    run = make.Run()
    for number in range(20):
        run.add(f"d{number}.example")
    assert book_of(staged(run), most_rows=21).sheetnames == TITLES


def test_every_sheet_is_set_up_for_reading_and_for_paper(sixty: Any, staged: Any) -> None:
    book = book_of(staged(sixty))
    for sheet in SHEETS:
        found = book[sheet.title]
        assert (found.freeze_panes, found.print_title_rows) == ("B2", "$1:$1")
        assert found.auto_filter.ref == found.dimensions
        assert found.page_setup.orientation == "landscape"
        assert (found.page_setup.fitToWidth or 1, found.page_setup.fitToHeight) == (1, 0)
        assert found.sheet_properties.pageSetUpPr.fitToPage
        assert "2026-09-03T020000Z" in found.oddFooter.left.text
        assert all(9 <= found.column_dimensions[cell.column_letter].width < 85 for cell in found[1])
        assert {cell.font.name for row in found.iter_rows() for cell in row if cell.value is not None} == {"Calibri"}


def test_the_list_s_own_columns_and_a_blank_one_stand_last(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", extra=(("owner", "=me"),))
    run.add("b.example", extra=(("group", "x"),))
    first, second, third = list(book_of(staged(run))["Domains"].iter_rows(values_only=True))
    assert first[-3:] == ("owner", "group", "Note")
    assert (second[-3:], third[-3:]) == (("=me", None, None), (None, "x", None))


def test_a_run_of_nothing_still_makes_a_workbook(make: Any, staged: Any) -> None:
    book = book_of(staged(make.Run()))
    assert book.sheetnames == TITLES
    assert "No check failed." in [cell.value for row in book["Summary"].iter_rows() for cell in row]


def test_tiles_say_what_the_summary_says(sixty: Any, staged: Any) -> None:
    sheet = book_of(staged(sixty))["Summary"]
    assert [sheet.cell(7, column).value for column in range(2, 14, 2)] == [
        *("Domains", "Average score", "Critical findings", "High findings"),
        *("Certificates < 30 days", "DMARC enforced"),
    ]
    assert sheet["B6"].value == "60"
    assert sheet["B4"].value.startswith("58 of 60 targets looked up")


def test_findings_carry_the_colour_of_their_severity(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example"))
    findings = tuple(make.finding("a.example", f"MX{one.rank:03}", one) for one in Severity)
    run.judgements["a.example"] = make.Judgement(findings=findings, failed=5)
    rows = list(book_of(staged(run))["Findings"].iter_rows(min_row=2))
    assert [row[0].value for row in rows] == [severity.value for severity in Severity]
    assert [row[0].fill.start_color.rgb[2:] for row in rows] == ["C00000", "F4B183", "FFE699", "BDD7EE", "EDEDED"]


@pytest.mark.parametrize(
    ("kind", "staged_value", "shown"),
    [
        (Kind.TIME, "2026-11-02T02:00:00Z", datetime(2026, 11, 2, 2)),  # noqa: DTZ001 - cells have no zone
        (Kind.TIME, "1850-01-01T00:00:00Z", "1850-01-01T00:00:00Z"),
        (Kind.INTEGER, 10**15 - 1, 10**15 - 1),
        (Kind.INTEGER, 10**15, "1000000000000000"),
        (Kind.BOOLEAN, 1, True),
        (Kind.LIST, "a|b", "a; b"),
        (Kind.NUMBER, 0.5, 0.5),
    ],
)
def test_cells_show_values(kind: Kind, staged_value: Any, shown: Any) -> None:
    assert cell_value(kind, staged_value) == shown
