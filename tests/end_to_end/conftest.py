"""The command line run as a user would, in a process of its own."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Auditor = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def auditor() -> Auditor:
    """Runs ``auditor`` with arguments, in the folder given, and returns what came of it."""

    def run(*arguments: str, cwd: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
        return subprocess.run(
            [sys.executable, "-m", "auditor", *arguments],
            cwd=cwd,
            env={**inherited, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100", **environment},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    """The rows of a CSV table of a run."""
    with (folder / "csv" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def demo(auditor: Auditor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one run of the demo, with every format."""
    folder = tmp_path_factory.mktemp("demo")
    done = auditor("demo", "-o", str(folder), "--name", "lab", "--format", "xlsx,csv,html,jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "lab"


@pytest.fixture(scope="session")
def table(demo: Path) -> Callable[[str], list[dict[str, str]]]:
    """The rows of a table of the demo."""
    return lambda name: rows(demo, name)
