"""G15: a run over several hosts."""

from benchmarks.bench import Bench
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure


def g15(bench: Bench) -> Figure:
    """Not measured: there is no ``--cluster`` yet, and the rig has one namespace."""
    raise CannotMeasureError(f"no run over several hosts is measured here yet ({bench.size:,} domains)")
