"""G13: hosts that say nothing hold up nobody but themselves."""

from statistics import median

from benchmarks.bench import Bench
from benchmarks.measured import in_turns
from benchmarks.records import Figure, Reached
from benchmarks.scanning import scan

TIMEOUT_SECONDS = 5.0
_PATIENCE = ("--greeting-timeout", f"{TIMEOUT_SECONDS:g}", "--retry-wait", "0")
"""One look and a second one: two time-outs."""


def g13(bench: Bench) -> Figure:
    """Wall seconds over a list with 1 % silent hosts, less those over the same list without."""
    rig = bench.rig()
    pair = in_turns(
        lambda: scan(rig, rig.world.file("silent"), *_PATIENCE).measured,
        lambda: scan(rig, rig.world.file("clean"), *_PATIENCE).measured,
        bench.rounds,
    )
    more = median(a.wall_seconds - b.wall_seconds for a, b in zip(pair.ours, pair.theirs, strict=True))
    silent = rig.world.domains["silent"] - rig.world.domains["clean"]
    domains = rig.world.domains["silent"]
    waited = f"a greeting waited for {TIMEOUT_SECONDS:g} s"
    how = f"{silent:,} silent hosts among {domains:,} domains, {waited}; median of {bench.rounds} pairs"
    return Figure(f"{more:.1f} s more, of {2 * TIMEOUT_SECONDS:g} s", Reached.of(more <= 2 * TIMEOUT_SECONDS), how)
