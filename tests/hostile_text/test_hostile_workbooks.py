"""The workbook of a run in strangers' words: text, and nothing but text, in LibreOffice too."""

import csv
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from auditor.report.cells import CELL_LIMIT, CSV_LIMIT, is_formula_like
from tests.hostile_text.reports import Written
from tests.hostile_text.screen import loud

pytestmark = pytest.mark.slow


def _cells(book: Any) -> Iterator[Any]:
    yield from (cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _types(book: Any) -> Counter[tuple[str, str, str]]:
    """How many cells of each type each column has."""
    return Counter((cell.parent.title, cell.column_letter, cell.data_type) for cell in _cells(book))


def test_a_workbook_has_the_cells_of_the_ordinary_one_and_all_are_text(ordinary: Written, hostile: Written) -> None:
    usual, strange = (openpyxl.load_workbook(one.folder / "audit.xlsx") for one in (ordinary, hostile))
    assert strange.sheetnames == usual.sheetnames
    assert all(len(title) <= 31 and not set("[]:*?/\\") & set(title) for title in strange.sheetnames)
    assert [sheet.max_row for sheet in strange] == [sheet.max_row for sheet in usual]
    assert _types(strange) <= _types(usual)  # what is read out of texts is not in these
    assert {cell.data_type for cell in _cells(strange)} <= {"s", "n", "d", "b"}
    for cell in _cells(strange):
        assert cell.hyperlink is None or (cell.hyperlink.location and not cell.hyperlink.target)
        if isinstance(cell.value, str):
            assert len(cell.value.encode("utf-16-le")) // 2 <= CELL_LIMIT
            assert not loud(cell.value)
            assert cell.quotePrefix or not is_formula_like(cell.value), (cell.parent.title, cell.coordinate)


def test_the_parts_of_a_workbook_are_well_formed_and_lead_nowhere(ordinary: Written, hostile: Written) -> None:
    with zipfile.ZipFile(ordinary.folder / "audit.xlsx") as parts:
        usual = parts.namelist()
    with zipfile.ZipFile(hostile.folder / "audit.xlsx") as parts:
        assert parts.namelist() == usual
        for name in usual:
            root = ET.fromstring(parts.read(name))  # noqa: S314 - a workbook of ours
            assert not [one for one in root.iter() if one.tag.endswith("}f") and "worksheets" in name], name
            assert not [one for one in root.iter() if one.get("TargetMode") == "External"], name


@pytest.mark.real
def test_libreoffice_reads_every_text_as_it_stands(hostile: Written, tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("needs LibreOffice")
    book = openpyxl.load_workbook(hostile.folder / "audit.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    # comma, double quotes, UTF-8, from the first line; as shown, no formulas; every sheet
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [program, profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path / "out")]
    done = subprocess.run(
        [*command, str(hostile.folder / "audit.xlsx")], capture_output=True, text=True, timeout=240, check=False
    )
    read = 0
    for sheet in (one for one in book if one.sheet_state == "visible"):
        path = tmp_path / "out" / f"audit-{sheet.title}.csv"
        assert path.exists(), done.stderr
        csv.field_size_limit(CSV_LIMIT)
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            assert rows[cell.row - 1][cell.column - 1] == _decoded(str(cell.value)), (sheet.title, cell.coordinate)
            read += 1
    assert read > 4_000


def _decoded(text: str) -> str:
    """The text of a cell as people see it (ECMA-376 part 1, 22.9.2.19)."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
