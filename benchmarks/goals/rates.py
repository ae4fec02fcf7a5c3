"""G1, domains per CPU second, and G7, each endpoint once."""

from benchmarks.bench import Bench
from benchmarks.measured import median_of
from benchmarks.records import Figure, Reached, together
from benchmarks.scanning import scan

WITHOUT_SHARING, WITH_SHARING = 600, 1_000
"""Domains per CPU second."""


def g1(bench: Bench) -> Figure:
    """A full audit, with every exchange name spoken to itself, and with conversations shared."""
    own = _rate(bench, WITHOUT_SHARING, "--no-share")
    shared = _rate(bench, WITH_SHARING, "--share")
    domains = bench.world().domains["clean"]
    return together((own, shared), f"{domains:,} domains whose hosts all speak, one process; medians of {bench.rounds}")


def _rate(bench: Bench, wanted: int, option: str) -> Figure:
    rig = bench.rig()
    runs = [scan(rig, rig.world.file("clean"), option, "--workers", "1").measured for _ in range(bench.rounds)]
    rate = rig.world.domains["clean"] / median_of(runs, lambda one: one.cpu_seconds)
    return Figure(f"{rate:,.0f} ({option})", Reached.of(rate >= wanted))


def g7(bench: Bench) -> Figure:
    """Connections that the sink took, against what the zone says that there is."""
    one = _opened(bench, "one process", "--workers", "1")
    two = _opened(bench, "two", "--workers", "2")
    return together((one, two), f"connections the sink took, of endpoints in the zone; {_saved(bench)}")


def _saved(bench: Bench) -> str:
    """What sharing conversations saves, in words."""
    rig = bench.rig()
    own, shared = (scan(rig, rig.world.file("clean"), option, "--workers", "1") for option in ("--no-share", "--share"))
    fewer = 1 - shared.accepted / own.accepted
    cpu = shared.measured.cpu_seconds / own.measured.cpu_seconds
    return f"with --share {shared.accepted:,} connections, {fewer:.0%} fewer, for {cpu:.2f} times the CPU of --no-share"


def _opened(bench: Bench, words: str, *more: str) -> Figure:
    rig = bench.rig()
    accepted, wanted = scan(rig, rig.world.file("clean"), "--no-share", *more).accepted, rig.world.endpoints["clean"]
    return Figure(f"{accepted:,} of {wanted:,} ({words})", Reached.of(accepted == wanted))
