"""A run in which every text of every record is a stranger's, through staging and every writer, beside the same run
in ordinary words: the reports differ in their words and in nothing else."""

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest

from auditor.report.about import About, Report
from auditor.report.cells import CELL_LIMIT, CSV_LIMIT, csv_text, is_formula_like, plain
from auditor.report.columns import Kind, Stored, Table
from auditor.report.manifest import write_manifest
from auditor.report.rejected import write_rejected
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging, select
from auditor.report.tables import TABLES
from auditor.report.target_rows import judged_here
from auditor.report.writers import FORMATS
from tests.hostile_text.disguise import Disguise, hostile_about, hostile_run, ordinary_run
from tests.hostile_text.screen import loud
from tests.report.literal import FakeRun, about_of
from tests.report.strangers import strangers_texts

pytestmark = pytest.mark.slow
Rows = dict[str, list[tuple[Stored, ...]]]


@dataclass(frozen=True)
class Written:
    """The reports of a run, and what was staged for them."""

    folder: Path
    staged: Rows

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()


def _write(run: FakeRun, about: About, folder: Path, formats: Iterable[str] = FORMATS) -> Written:
    folder.mkdir()
    with Staging(folder, STAGED) as staging:
        stage(run, judged_here(run, run.survey_of, run.judge), staging)
        report = Report(staging, about, folder)
        files = [path for name in formats for path in FORMATS[name](report)]
        write_manifest(report, [*files, write_rejected(folder, run.rejects())])
        return Written(folder, {table.name: list(staging.rows(select(table))) for table in TABLES})


@pytest.fixture(scope="module")
def disguise() -> Disguise:
    return Disguise()


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Written:
    run = ordinary_run()
    return _write(run, about_of(run), tmp_path_factory.mktemp("reports") / "ordinary")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, disguise: Disguise) -> Written:
    run = hostile_run(ordinary_run(), disguise)
    return _write(run, hostile_about(run, disguise), tmp_path_factory.mktemp("reports") / "hostile")


@pytest.fixture(scope="module")
def marked_up(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The page of a run in which every text is markup of a kind."""
    markup = Disguise(texts=[one for one in strangers_texts() if set("<>&") & set(one) and len(one) < 1_000])
    run = hostile_run(ordinary_run(), markup)
    return _write(run, hostile_about(run, markup), tmp_path_factory.mktemp("reports") / "marked-up", ["html"])


def _textual(table: Table[Any]) -> list[tuple[int, str]]:
    return [(at, one.name) for at, one in enumerate(table.columns) if one.kind.textual and len(one.values) == 0]


def test_every_text_is_worn_and_no_column_is_spared(ordinary: Written, hostile: Written, disguise: Disguise) -> None:
    assert len(disguise.texts) > 2_000
    assert set(disguise.texts) <= set(disguise.worn.values())
    shown, spared = 0, []
    for table in TABLES:
        assert len(hostile.staged[table.name]) == len(ordinary.staged[table.name])
        for at, name in _textual(table):
            usual = {row[at] for row in ordinary.staged[table.name]} - {None, ""}
            shown += bool(usual)
            spared += [f"{table.name}.{name}"] if usual and usual <= {r[at] for r in hostile.staged[table.name]} else []
    assert shown > 70
    assert set(spared) <= {
        # addresses and digests, which are nobody's words, and sentences of ours
        *("endpoints.address", "listeners.address", "mx.addresses", "domains.spf_networks"),
        *("certificates.sha256", "endpoints.cert_sha256", "domains.role_reason", "tlsa.reason"),
    }


def _files(written: Written, *suffixes: str) -> Iterator[Path]:
    yield from (path for path in sorted(written.folder.rglob("*")) if path.suffix in suffixes)


def test_no_file_of_text_holds_a_control(hostile: Written) -> None:
    files = list(_files(hostile, ".csv", ".jsonl", ".json"))
    assert len(files) == 2 * len(TABLES) + 2
    for path in files:
        assert loud(path.read_bytes().decode()) == [], path.name


def test_csv_gives_back_what_was_staged_a_line_for_each_row(hostile: Written) -> None:
    for table in TABLES:
        path = hostile.folder / "csv" / f"{table.name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert path.read_bytes().count(b"\n") == len(rows) + 1
        assert len(rows) == len(hostile.staged[table.name])
        cells = (*header, *(row[at] for row in rows for at, _ in _textual(table)))
        assert not [cell for cell in cells if is_formula_like(cell) and not cell.startswith("'")]
        for at, _ in _textual(table):
            expected = [csv_text(str(row[at] or "")) for row in hostile.staged[table.name]]
            assert [row[at] for row in rows] == expected
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, header=None, skiprows=1)
        assert frame.to_numpy().tolist() == rows


def test_a_list_s_own_columns_are_in_every_row(hostile: Written, disguise: Disguise) -> None:
    with (hostile.folder / "csv" / "domains.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    own = [csv_text(plain(f"input_{disguise.worn[f'own {place}']}")) for place in range(30)]
    assert header[-30:] == own
    assert all(all(row[-30:]) for row in rows)


def test_rejected_lines_are_given_back(hostile: Written, disguise: Disguise) -> None:
    with (hostile.folder / "rejected.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    expected = [csv_text(disguise.worn[f"no name {line}"]) for line in range(100)]
    assert [row[2] for row in rows][-100:] == expected


def test_json_lines_give_back_what_was_staged(hostile: Written) -> None:
    for table in TABLES:
        lines = hostile.text(f"jsonl/{table.name}.jsonl").split("\n")
        assert lines.pop() == ""
        rows = [json.loads(line) for line in lines]
        for at, name in _textual(table):
            if table.column(name).kind is not Kind.LIST:
                assert [row[name] for row in rows] == [row[at] for row in hostile.staged[table.name]]


class _Outline(HTMLParser):
    """Elements with the names of their attributes, and what stands in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, ...]] = Counter()
        self.ours: list[str] = []
        self.others: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.elements[tag, *(name for name, _ in attrs)] += 1

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        self.elements[f"/{tag}",] += 1

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"}:
            self.ours.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


@pytest.mark.parametrize("name", ["hostile", "marked_up"])
def test_a_page_has_the_elements_of_the_ordinary_one_and_no_other(
    name: str, ordinary: Written, request: pytest.FixtureRequest
) -> None:
    written: Written = request.getfixturevalue(name)
    usual, strange = (_Outline(one.text("report.html")) for one in (ordinary, written))
    assert strange.elements == usual.elements
    assert strange.ours == usual.ours
    assert strange.others == usual.others == ["DOCTYPE html"]
    assert loud(written.text("report.html")) == loud(ordinary.text("report.html"))


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
