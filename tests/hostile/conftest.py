"""The hostile lab scanned once by the real command line; the tests look at what came of it."""

import csv
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.lab_runs import options_of

ROOT = Path(__file__).resolve().parents[2]
_METER = ROOT / "benchmarks" / "meter.py"
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Seen:
    """What came of the run, and what the servers saw of it."""

    exit_code: int
    messages: str
    seconds: float
    peak_mib: float
    folder: Path
    settings: dict[str, Any]
    visits: list[dict[str, Any]]

    def rows(self, table: str) -> Rows:
        with (self.folder / "csv" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One scan of all scenarios."""
    folder = tmp_path_factory.mktemp("hostile")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "tests.hostile.lab", str(folder)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=ROOT) as lab:
        assert lab.stdout is not None
        assert lab.stdout.readline() == "up\n"
        settings = json.loads((folder / "settings.json").read_text())
        report = folder / "used.json"
        meter = [sys.executable, "-I", "-S", str(_METER), str(report)]
        scan = [sys.executable, "-m", "auditor", "scan", "domains.csv", *options_of(settings), "-o", "out", "-q"]
        began_at = time.monotonic()
        done = subprocess.run(
            [*meter, *scan, "--name", "run"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        seconds = time.monotonic() - began_at
        output, _ = lab.communicate(timeout=20)
    peak_mib = json.loads(report.read_text())["peak_kib"] / 1024
    run = folder / "out" / "run"
    return Seen(done.returncode, done.stderr, seconds, peak_mib, run, settings, json.loads(output))
