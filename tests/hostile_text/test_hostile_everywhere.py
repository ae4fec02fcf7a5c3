"""A run in which every text of every record is a stranger's, through staging and every writer, beside the same run
in ordinary words: the reports differ in their words and in nothing else."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.report.cells import csv_text, is_formula_like, plain
from auditor.report.columns import Kind, Table
from auditor.report.tables import TABLES
from tests.hostile_text.disguise import Disguise
from tests.hostile_text.reports import Written
from tests.hostile_text.screen import loud

pytestmark = pytest.mark.slow


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
