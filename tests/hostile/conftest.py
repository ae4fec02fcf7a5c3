"""The hostile lab scanned by the real command line; the tests look at what came of it."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.lab_runs import options_of
from tests.hostile.every import EVERY
from tests.hostile.healthy import HEALTHY
from tests.hostile.others import LARGE
from tests.hostile.traps import Traps
from tests.hostile.zones import LOOPBACK

ROOT = Path(__file__).resolve().parents[2]
_METER = ROOT / "benchmarks" / "meter.py"
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
_LIST = "targets.txt"
Rows = list[dict[str, str]]


@cache
def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Run:
    """What came of one scan."""

    exit_code: int
    messages: str
    seconds: float
    peak_mib: float
    folder: Path

    def rows(self, table: str) -> Rows:
        return _rows(self.folder / "csv" / f"{table}.csv")


@dataclass(frozen=True)
class Seen(Run):
    """What came of the scan of all scenarios, and what the servers saw of it."""

    settings: dict[str, Any] = field(default_factory=dict)
    visits: list[dict[str, Any]] = field(default_factory=list)
    alone: Path = Path()
    """The folder of a run of the healthy domains, before anybody else was spoken to."""
    large: "Run | None" = None
    """A run of the one server that says as much as it may."""
    knocks: tuple[int, int] = (0, 0)
    """At what listens wherever the machine itself is meant: in an ordinary run, and where that was allowed."""


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One scan of all scenarios, and short ones before it that it is compared with."""
    folder = tmp_path_factory.mktemp("hostile")
    visits: list[dict[str, Any]] = []
    with _lab_up(folder, visits) as settings:
        knocks = _knocks(folder, settings)
        alone = _scan(folder, "alone", [one.target for one in HEALTHY], settings)
        large = _scan(folder, "large", [LARGE.target], settings)
        every = _scan(folder, "every", [one.target for one in EVERY], settings)
    return Seen(**vars(every), settings=settings, visits=visits, alone=alone.folder, large=large, knocks=knocks)


@contextmanager
def _lab_up(folder: Path, visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The lab in a process of its own, and its settings; at the end, what it saw of all runs is in ``visits``."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "tests.hostile.lab", str(folder)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_ENVIRONMENT, cwd=ROOT) as lab:
        assert lab.stdout is not None
        assert lab.stdout.readline() == "up\n"
        yield json.loads((folder / "settings.json").read_text())
        output, _ = lab.communicate(timeout=20)
    visits.extend(json.loads(output))


def _scan(folder: Path, name: str, targets: list[str], settings: dict[str, Any], *more: str) -> Run:
    (folder / _LIST).write_text("\n".join(targets))
    report = folder / "used.json"
    meter = [sys.executable, "-I", "-S", str(_METER), str(report)]
    scan = [sys.executable, "-m", "auditor", "scan", _LIST, *options_of(settings), "-o", "out", "-q", "--name", name]
    began_at = time.monotonic()
    done = subprocess.run(
        [*meter, *scan, *more],
        cwd=folder,
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    seconds = time.monotonic() - began_at
    peak_mib = json.loads(report.read_text())["peak_kib"] / 1024
    return Run(done.returncode, done.stderr, seconds, peak_mib, folder / "out" / name)


def _knocks(folder: Path, settings: dict[str, Any]) -> tuple[int, int]:
    """How often names that lead to the machine itself made the scan connect to it, unasked and where it may."""
    targets = [f"{one}.example" for one in LOOPBACK]
    with Traps() as traps:
        freely = settings | {"only_connect_to": False, "connect_to": [], "port": [traps.port], "retries": 0}
        trapped = _scan(folder, "trapped", targets, freely)
        unasked = traps.knocks()
        allowed = _scan(folder, "allowed", targets, freely, "--allow-private")
        assert (trapped.exit_code, allowed.exit_code) == (0, 0), trapped.messages + allowed.messages
        return unasked, traps.knocks()
