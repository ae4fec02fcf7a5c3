"""G8 and G9: memory and CPU as the list grows."""

from benchmarks.bench import Bench
from benchmarks.measured import Measured
from benchmarks.records import Figure, Reached
from benchmarks.scanning import scan
from benchmarks.zones import World

MOST_MIB, MOST_GROWTH = 160, 1.15
MOST_CPU = 10.3
_LARGE, _HUGE = 100_000, 1_000_000


def g8(bench: Bench) -> Figure:
    """Peak memory over a list of the wide world, and over one a hundred times as long."""
    large = min(bench.size, _HUGE)
    small = large // 100 if large == _HUGE else large // 10
    first, last = (_run(bench, bench.world(size, wide=True)).peak_mib for size in (small, large))
    growth = last / first
    reached = Reached.of(last <= MOST_MIB and growth <= MOST_GROWTH) if large == _HUGE else Reached.NOT_MEASURED
    how = f"the wide world, one run each{'' if large == _HUGE else '; --domains 1000000 would judge it'}"
    return Figure(f"{first:.0f} MiB at {small:,}, {last:.0f} at {large:,}: {growth:.2f} times", reached, how)


def g9(bench: Bench) -> Figure:
    """CPU over a list of the ordinary world, and over one ten times as long."""
    large = min(bench.size, _LARGE)
    small = large // 10
    first, last = (_run(bench, bench.world(size)).cpu_seconds for size in (small, large))
    reached = Reached.of(last / first <= MOST_CPU) if large == _LARGE else Reached.NOT_MEASURED
    how = (
        f"{large:,} and {small:,} domains, one run each{'' if large == _LARGE else '; --domains 100000 would judge it'}"
    )
    return Figure(f"{last / first:.1f} times ({first:.1f} s, {last:.1f} s)", reached, how)


def _run(bench: Bench, world: World) -> Measured:
    return scan(bench.rig(world), world.file("clean")).measured
