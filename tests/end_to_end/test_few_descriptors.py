"""A system that allows few open files: a scan makes do with them, and the demo says what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import ROOT, Auditor, rows
from tests.end_to_end.lab_runs import lab_up

pytestmark = pytest.mark.slow


def with_few(limit: int, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command where so many files may be open."""
    words = ["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", sys.executable, "-m", "auditor", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


def verdicts(folder: Path) -> list[tuple[str, ...]]:
    return [tuple(one[name] for name in ("domain", "check", "subject", "verdict")) for one in rows(folder, "findings")]


def test_a_scan_with_64_comes_to_the_same(auditor: Auditor, tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        lines = (tmp_path / "domains.csv").read_text(encoding="utf-8").splitlines()
        healthy = [line.partition(",")[0] for line in lines if ",mx,completed," in line and "Policy" not in line]
        (tmp_path / "list.txt").write_text("\n".join(healthy[:10]))
        scan = ("scan", "list.txt", *options, "-q", "-o", "out", "--name")
        whole = auditor(*scan, "whole", cwd=tmp_path)
        few = with_few(64, tmp_path, *scan, "few")
    assert (whole.returncode, few.returncode) == (0, 0), few.stderr
    assert verdicts(tmp_path / "out" / "few") == verdicts(tmp_path / "out" / "whole")


def test_the_demo_says_that_it_needs_more(tmp_path: Path) -> None:
    done = with_few(64, tmp_path, "demo")
    assert done.returncode == 2
    assert "ulimit -n 1024" in done.stderr
