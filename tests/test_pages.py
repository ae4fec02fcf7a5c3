"""The pages that are generated are the ones that ``make docs`` writes."""

import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "auditor.checks.catalogue_page": "checks.md",
    "auditor.report.columns_page": "columns.md",
    "auditor.cli.options_page": "commands.md",
}


@pytest.mark.parametrize(("module", "name"), PAGES.items())
def test_a_generated_page_is_fresh(module: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, module, raising=False)  # another test may have imported it
    runpy.run_module(module, run_name="__main__")
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == (tmp_path / "docs" / name).read_text(encoding="utf-8")
