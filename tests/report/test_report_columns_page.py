"""The page of columns is what the declarations say."""

from pathlib import Path

import pytest

from auditor.report.columns_page import PAGE, main, page
from auditor.report.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_not_stale() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "write it again: python -m auditor.report.columns_page"


def test_the_page_names_every_column_once_in_a_table() -> None:
    lines = [line for line in page().split("\n") if line.startswith("| `")]
    assert len(lines) == sum(len(table.columns) for table in TABLES)
    assert {line.count(" | ") for line in lines} == {3}


def test_writing_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    main()
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == page()
