"""G6: DNS questions per CPU second, beside dnspython's resolver and massdns."""

import json
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.peers import Peers
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Reached, together
from benchmarks.servers import KNOT_PORT

TIMES, RATE, SHARE = 9, 22_000, 0.15


def g6(bench: Bench) -> Figure:
    """Our resolver beside ``dns.asyncresolver`` in turns, and beside massdns by questions per CPU second."""
    count = bench.least(20_000, 4_000)
    domains = bench.rig().world.file("clean")
    pairs = [
        (_rate(bench, "ours", domains, count), _rate(bench, "dnspython", domains, count)) for _ in range(bench.rounds)
    ]
    times, rate = median(ours / theirs for ours, theirs in pairs), median(ours for ours, _ in pairs)
    parts = (
        Figure(f"{times:.1f} times dns.asyncresolver", Reached.of(times >= TIMES)),
        Figure(f"{rate:,.0f} answers", Reached.of(rate >= RATE)),
        _beside_massdns(bench, domains, rate),
    )
    return together(parts, f"{count:,} questions, 200 in flight, medians of {bench.rounds} pairs")


def _rate(bench: Bench, way: str, domains: Path, count: int) -> float:
    """Questions per CPU second of one way."""
    return rate_of(bench.program("questions", way, str(domains), str(count), str(KNOT_PORT)).output)


def rate_of(output: str) -> float:
    """Questions per CPU second in a driver's line.

    Raises:
        CannotMeasureError: more than one in a hundred failed.
    """
    line = json.loads(output)
    if line["failed"] > line["questions"] / 100:
        raise CannotMeasureError(f"{line['failed']} of {line['questions']} questions got no answer")
    return float(line["questions"]) / float(line["cpu_ms"]) * 1000


def _beside_massdns(bench: Bench, domains: Path, rate: float) -> Figure:
    try:
        done = Peers(bench.work / "peers").massdns(bench.rig(), domains)
    except CannotMeasureError as error:
        return Figure("", Reached.NOT_MEASURED, str(error))
    share = rate / (bench.rig().world.domains["clean"] / done.cpu_seconds)
    return Figure(f"{share:.0%} of massdns", Reached.of(share >= SHARE))
