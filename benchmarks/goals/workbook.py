"""G12: the workbook's writer."""

from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measured import Measured
from benchmarks.records import Figure, Reached, together

MOST_SECONDS, MOST_MIB = 0.30, 80.0
"""CPU seconds per 1,000 rows, and peak memory."""
_ROWS, _MANY_ROWS = 100_000, 1_000_000
_MILLION = 1_000_000


def g12(bench: Bench) -> Figure:
    """CPU and memory at 100,000 rows of 30 columns, and at a million where a million domains are asked for."""
    parts = [_part(bench, bench.least(_ROWS, 20_000))]
    if bench.size >= _MILLION:
        parts.append(_part(bench, _MANY_ROWS))
    else:
        parts.append(Figure("", Reached.NOT_MEASURED, "--domains 1000000 would write a million rows too"))
    return together(parts, "one run each")


def _part(bench: Bench, rows: int) -> Figure:
    done = _written(bench, rows)
    seconds = done.cpu_seconds / rows * 1_000
    reached = seconds <= MOST_SECONDS and done.peak_mib <= MOST_MIB
    return Figure(f"{seconds:.2f} s, {done.peak_mib:.0f} MiB at {rows:,}", Reached.of(reached))


def _written(bench: Bench, rows: int) -> Measured:
    file = Path(bench.work) / "sheet.xlsx"
    try:
        return bench.program("sheet", str(rows), str(file), inside=False)
    finally:
        file.unlink(missing_ok=True)
