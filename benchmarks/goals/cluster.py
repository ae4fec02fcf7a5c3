"""G15: a run over several hosts."""

from benchmarks.bench import Bench
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure


def g15(bench: Bench) -> Figure:
    """Not measured: the rig has one namespace, and its world's addresses are loopback's.

    That tables are equal, a killed worker's too, ``tests/real/test_real_cluster.py`` shows over three namespaces.
    """
    raise CannotMeasureError(f"no run over several hosts is measured here yet ({bench.size:,} domains)")
