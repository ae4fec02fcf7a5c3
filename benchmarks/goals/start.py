"""G14: how soon the first packet is sent, and what is not imported for it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.bench import Bench
from benchmarks.measured import ROOT
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Reached, together

MOST_SECONDS = 0.35
HEAVY = ("pandas", "openpyxl", "xlsxwriter", "numpy")
"""What only reports need."""
_WAIT_SECONDS = 30.0
_AFTER_SECONDS = 1.0
"""How long is listened for late imports."""


def g14(bench: Bench) -> Figure:
    """From starting the command to its first DNS query, at a nameserver that says nothing."""
    times = [_start().seconds for _ in range(max(bench.rounds, 5))]
    seconds = median(times)
    told = _start("-X", "importtime").errors
    if not imported(told, ["auditor"]):
        raise CannotMeasureError("the interpreter does not tell what it imports")
    heavy = imported(told, HEAVY)
    parts = (
        Figure(f"{seconds:.2f} s", Reached.of(seconds <= MOST_SECONDS)),
        Figure(f"imports {', '.join(heavy)}" if heavy else "imports none of them", Reached.of(not heavy)),
    )
    return together(parts, f"medians of {len(times)} starts; imports up to {_AFTER_SECONDS:g} s after the first packet")


@dataclass(frozen=True, slots=True)
class _Started:
    """A start: how long it took, and what was said on standard error."""

    seconds: float
    errors: str


def _start(*options: str) -> _Started:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, TemporaryDirectory() as folder:
        silent.bind(("127.0.0.1", 0))
        silent.settimeout(_WAIT_SECONDS)
        port = silent.getsockname()[1]
        words = ["example.com", "--isolated", "--no-progress", "--resolver", f"127.0.0.1:{port}", "-o", folder]
        errors = Path(folder, "errors")
        began = time.monotonic()
        with errors.open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - a command of ours
                [sys.executable, *options, "-m", "auditor", "scan", *words], cwd=ROOT, stdout=err, stderr=err
            )
        try:
            seconds = _first_packet(silent) - began
            time.sleep(_AFTER_SECONDS if options else 0)
        finally:
            process.kill()
            process.wait()
        return _Started(seconds, errors.read_text(encoding="utf-8", errors="replace"))


def _first_packet(silent: socket.socket) -> float:
    try:
        silent.recv(512)
    except TimeoutError:
        raise CannotMeasureError(f"no packet came within {_WAIT_SECONDS:g} s") from None
    return time.monotonic()


def imported(importtime: str, names: Iterable[str]) -> list[str]:
    """Which of these packages ``-X importtime`` tells of."""
    lines = (line for line in importtime.splitlines() if line.startswith("import time:"))
    seen = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    return [name for name in names if name in seen]
