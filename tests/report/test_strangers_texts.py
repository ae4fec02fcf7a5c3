"""Whatever strangers write, in every cell of every table: what is read is text, and nothing else."""

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any
from unicodedata import category
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from auditor.report.about import Report
from auditor.report.cells import CELL_LIMIT, csv_text, html_text, is_formula_like, plain, terminal_text, workbook_text
from auditor.report.columns import Kind
from auditor.report.tables import TABLES
from auditor.report.writers import csv as csv_writer
from auditor.report.writers import html as html_writer
from auditor.report.writers import jsonl as jsonl_writer
from auditor.report.writers import xlsx as xlsx_writer
from tests.report.literal import FakeRun
from tests.report.strangers import strangers_texts

TEXTS = strangers_texts()
Staged = Callable[[FakeRun], Report]
_CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\x9f"
_NO_TEXT = re.compile(f"[{_CONTROLS}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def test_there_are_enough_of_them() -> None:
    assert len(TEXTS) > 2_000
    assert {chr(octet) for octet in range(256)} <= set(TEXTS)


@pytest.mark.parametrize("safe", [plain, csv_text, workbook_text, html_text, terminal_text])
def test_no_control_gets_through_and_nothing_raises(safe: Callable[[str], str]) -> None:
    for text in TEXTS:
        made = safe(text)
        assert not _NO_TEXT.search(made), (safe, text)
        made.encode("utf-8")


def test_what_is_plain_stays_as_it_is() -> None:
    assert [text for text in TEXTS if plain(plain(text)) != plain(text)] == []


def test_a_terminal_gets_one_line_of_the_width() -> None:
    for text in TEXTS:
        made = terminal_text(text, 40)
        assert "\n" not in made
        assert sum(category(character) not in {"Mn", "Me", "Cf"} for character in made) <= 40


def test_no_cell_of_a_csv_begins_like_a_formula() -> None:
    for text in TEXTS:
        made = csv_text(text)
        assert not is_formula_like(made) or made.startswith("'")
        assert made.removeprefix("'") == plain(text) or made == plain(text)


def _filled(report: Report) -> dict[tuple[str, str], list[str]]:
    """Every text in every row of every table, but for words of ours, replaced; what stands where now."""
    texts, placed = cycle(TEXTS), {}
    for table in TABLES:
        columns = [one for one in table.columns if one.kind in {Kind.TEXT, Kind.LIST} and not one.values]
        rows = [row for (row,) in report.staging.rows(f'SELECT rowid FROM "{table.name}" ORDER BY rowid')]  # noqa: S608
        for column in columns:
            written = [plain(next(texts)) for _ in rows]
            placed[table.name, column.name] = written
            for row, text in zip(rows, written, strict=True):
                query = f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE rowid = ?'  # noqa: S608
                report.staging.run(query, (text, row))
    return placed


@pytest.fixture
def filled(sixty: FakeRun, staged: Staged) -> tuple[Report, dict[tuple[str, str], list[str]]]:
    """A report of sixty domains of which every text was written by strangers."""
    report = staged(sixty)
    placed = _filled(report)
    assert sum(map(len, placed.values())) > len(TEXTS)
    return report, placed


@pytest.mark.slow
def test_a_csv_gives_back_what_was_written(filled: Any) -> None:
    report, placed = filled
    for path in csv_writer.write(report):
        octets = path.read_bytes()
        lines = octets.decode("utf-8-sig").split("\n")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(lines) == len(rows) + 2, "a line for each row, the header, and the last end"
        assert b"\x00" not in octets
        for (table, column), written in placed.items():
            if table == path.stem and rows and column in rows[0]:
                assert sorted(row[column] for row in rows) == sorted(map(csv_text, written))


@pytest.mark.slow
def test_json_lines_give_back_what_was_written(filled: Any) -> None:
    report, placed = filled
    for path in jsonl_writer.write(report):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        for (table, column), written in placed.items():
            if table == path.stem and rows and isinstance(rows[0].get(column), str):
                assert sorted(row[column] for row in rows) == sorted(written)


@pytest.mark.slow
def test_a_workbook_has_text_and_nothing_else(filled: Any) -> None:
    report, _ = filled
    (path,) = xlsx_writer.write(report)
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        for name in names:
            if name.endswith((".xml", ".rels")):
                ET.fromstring(parts.read(name))  # noqa: S314 - a workbook of ours
        assert not any("externalLink" in name or "vba" in name.lower() for name in names)
        links = b"".join(parts.read(name) for name in names if name.endswith(".rels"))
        assert b"evil.example" not in links
        assert b'TargetMode="External"' not in links
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > len(TEXTS)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert all(len(str(cell.value).encode("utf-16-le")) // 2 <= CELL_LIMIT for cell in cells)
    assert {cell.hyperlink.target for cell in cells if cell.hyperlink} <= {None}


class _Elements(HTMLParser):
    """The elements of a page with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def _elements(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    (path,) = html_writer.write(report)
    parser = _Elements()
    parser.feed(path.read_text(encoding="utf-8"))
    yield from sorted(set(parser.found))


@pytest.mark.slow
def test_a_page_has_no_element_that_is_not_ours(sixty: FakeRun, staged: Staged) -> None:
    report = staged(sixty)
    ours = set(_elements(report))
    _filled(report)
    assert set(_elements(report)) <= ours


@pytest.mark.slow
def test_a_browser_is_not_fooled(filled: Any, tmp_path: Path) -> None:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs Chromium")
    (path,) = html_writer.write(filled[0])
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--dump-dom"]
    done = subprocess.run([program, *options, path.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    (title,) = re.findall(r"<title>(.*?)</title>", done.stdout)[:1]
    assert "fooled" not in title
    assert title.startswith("Mail domain audit")
