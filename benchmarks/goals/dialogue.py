"""G5: what a STARTTLS session costs, beside a client in C."""

import json
from statistics import median

from benchmarks.bench import Bench
from benchmarks.compiled import compiled
from benchmarks.measured import run
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Reached
from benchmarks.rig import RSA_PORT

AT_ONCE = 100
MOST = 1.4


def g5(bench: Bench) -> Figure:
    """CPU milliseconds a session of the probe over those of ``floor.c``, in turns, with RSA certificates."""
    count = bench.least(4_000, 500)
    pairs = [(_ours(bench, count), _floor(bench, count)) for _ in range(bench.rounds)]
    ratio = median(ours / floor for ours, floor in pairs)
    ours, floor = (median(values) for values in zip(*pairs, strict=True))
    how = f"{count:,} sessions, {AT_ONCE} at once, medians of {bench.rounds} pairs"
    return Figure(f"{ratio:.2f} ({ours:.2f} ms, C {floor:.2f} ms)", Reached.of(ratio <= MOST), how)


def _ours(bench: Bench, count: int) -> float:
    ca_file = str(bench.rig().certificates.ca_file)
    done = bench.program("sessions", str(count), str(AT_ONCE), str(RSA_PORT), ca_file)
    return per_session(done.output)


def _floor(bench: Bench, count: int) -> float:
    rig = bench.rig()
    command = [str(compiled("floor", rig.folder)), str(count), str(AT_ONCE), str(RSA_PORT)]
    return per_session(run(rig.inside(command)).checked().output)


def per_session(output: str) -> float:
    """CPU milliseconds a session in a driver's line.

    Raises:
        CannotMeasureError: a session failed, so the figure is not of the work that was asked for.
    """
    line = json.loads(output)
    if line["failed"]:
        raise CannotMeasureError(f"{line['failed']} of {line['sessions']} sessions failed")
    return float(line["cpu_ms"]) / float(line["sessions"])
