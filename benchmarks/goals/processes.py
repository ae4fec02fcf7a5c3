"""G10: what a second process brings."""

from benchmarks.bench import Bench
from benchmarks.measured import in_turns
from benchmarks.records import Figure, Reached
from benchmarks.scanning import scan


def g10(bench: Bench) -> Figure:
    """Wall and CPU of ``--workers 2`` over those of ``--workers 1``, in turns."""
    rig = bench.rig()
    domains = rig.world.file("clean")
    pair = in_turns(
        lambda: scan(rig, domains, "--workers", "2").measured,
        lambda: scan(rig, domains, "--workers", "1").measured,
        bench.rounds,
    )
    reached = pair.wall_ratio <= 0.6 and pair.cpu_ratio <= 1.1
    how = (
        f"{rig.world.domains['clean']:,} domains in turns; the servers share the cores, which costs two processes more"
    )
    return Figure(f"wall {pair.wall_ratio:.2f}, CPU {pair.cpu_ratio:.2f}", Reached.of(reached), how)
