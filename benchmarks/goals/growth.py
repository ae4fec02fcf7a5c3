"""G8 and G9: memory and CPU as the list grows."""

from benchmarks.bench import Bench
from benchmarks.measured import MOST_SECONDS
from benchmarks.records import Figure, Reached
from benchmarks.scanning import Scan, scan
from benchmarks.zones import World

MOST_MIB, MOST_GROWTH = 160, 1.15
MOST_CPU = 10.3
_LARGE, _HUGE = 100_000, 1_000_000
_SECONDS_PER_DOMAIN = 0.02
"""What a list may take at most, some three times what it does on two cores."""
_GIB, _TOLD = 2**30, 0.2
"""Files of at least so many GiB are told by name."""


def g8(bench: Bench) -> Figure:
    """Peak memory over a list of the wide world, and over one a hundred times as long; with what the long one took."""
    large = min(bench.size, _HUGE)
    small = large // 100 if large == _HUGE else large // 10
    first, last = (_run(bench, bench.world(size, wide=True)) for size in (small, large))
    before, after = first.measured.peak_mib, last.measured.peak_mib
    reached = Reached.of(after <= MOST_MIB and after / before <= MOST_GROWTH)
    if large < _HUGE:
        reached = Reached.NOT_MEASURED
    judged = "" if large == _HUGE else "; --domains 1000000 would judge it"
    figure = f"{before:.0f} MiB at {small:,}, {after:.0f} at {large:,}: {after / before:.2f} times"
    return Figure(figure, reached, f"the wide world, one run each{judged}; the long one: {told(last, large)}")


def told(one: Scan, domains: int) -> str:
    """What a run took and wrote, in words: rates, and the sizes of its large files."""
    wall, cpu = one.measured.wall_seconds, one.measured.cpu_seconds
    files = ", ".join(f"{name} {size / _GIB:.1f} GiB" for name, size in one.written.items() if size >= _TOLD * _GIB)
    written = sum(one.written.values()) / _GIB
    return (
        f"{wall:,.0f} s, {cpu:,.0f} CPU s, {domains / wall:,.0f} domains a second, {one.accepted:,} sessions, "
        f"{written:.1f} GiB written{f' ({files})' if files else ''}"
    )


def g9(bench: Bench) -> Figure:
    """CPU over a list of the ordinary world, and over one ten times as long."""
    large = min(bench.size, _LARGE)
    small = large // 10
    first, last = (_run(bench, bench.world(size)).measured.cpu_seconds for size in (small, large))
    reached = Reached.of(last / first <= MOST_CPU) if large == _LARGE else Reached.NOT_MEASURED
    how = (
        f"{large:,} and {small:,} domains, one run each{'' if large == _LARGE else '; --domains 100000 would judge it'}"
    )
    return Figure(f"{last / first:.1f} times ({first:.1f} s, {last:.1f} s)", reached, how)


def _run(bench: Bench, world: World) -> Scan:
    seconds = max(MOST_SECONDS, world.size * _SECONDS_PER_DOMAIN)
    return scan(bench.rig(world), world.file("clean"), most_seconds=seconds)
