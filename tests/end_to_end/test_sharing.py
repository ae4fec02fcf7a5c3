"""A conversation that serves further names saves sessions, and changes no word of what is said of any."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import rows
from tests.end_to_end.lab_runs import differences, lab_up, stable

pytestmark = pytest.mark.slow


def run_of(auditor: Callable[..., "subprocess.CompletedProcess[str]"], folder: Path, option: str) -> Path:
    """A run over the whole list of a lab of its own."""
    folder.mkdir()
    with lab_up(folder) as options:
        done = auditor("scan", "domains.csv", *options, option, "-o", "out", "--name", "run", "-q", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder / "out" / "run"


def test_no_verdict_changes_where_conversations_are_shared(
    auditor: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    shared, own = (run_of(auditor, tmp_path / option, option) for option in ("--share", "--no-share"))
    assert differences(stable(own), stable(shared)) == []
    summaries = [json.loads((run / "run.json").read_text())["summary"] for run in (shared, own)]
    assert summaries[0] == summaries[1]
    saved = [one["exchange"] for one in rows(shared, "endpoints") if one["shared_from"]]
    assert len(set(saved)) == 11
    assert not any(one["shared_from"] for one in rows(own, "endpoints"))
