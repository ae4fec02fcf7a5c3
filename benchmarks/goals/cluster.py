"""G15: a run over several hosts."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.hosts import EACH_WAY_MILLISECONDS, NEAR, Host, hosts
from benchmarks.measured import ROOT, Measured, run
from benchmarks.namespaces import started, wait_for_words
from benchmarks.records import Figure, Reached
from benchmarks.rig import Rig
from benchmarks.scanning import NAME, output_folder, scan_words
from tests.end_to_end.lab_runs import differences, stable, wait_for_rows
from tests.real.dask_tls import dask_over_tls

MOST = 0.65
_SCHEDULER = f"tls://{NEAR}:8786"
_WAITING = ("--dns-concurrency", "10", "--workers", "1")
"""Few questions at once, so that a run is made of waiting; and one process judges, as in the run that is compared."""
_HALF_WAY = 5
"""Answers a domain at which a worker is killed; there are some twelve in the end."""


def g15(bench: Bench) -> Figure:
    """Two Dask workers, each on a host of its own, against one process on such a host; and with one of them killed."""
    rig = bench.rig()
    count = min(bench.least(2_000, 200), rig.world.domains["clean"])
    with hosts(rig, 2) as both, output_folder(rig) as output:
        cluster = _Cluster(rig, both, rig.world.head("clean", count), output, count)
        one = cluster.by_one()
        two = cluster.by_two("two")
        cluster.by_two("cut", kill=True)
        expected = stable(output / "one" / NAME)
        differ = [len(differences(expected, stable(output / name / NAME))) for name in ("two", "cut")]
    ratio = two.wall_seconds / one.wall_seconds
    whole, cut = (f"{each} values differ" if each else "the same tables" for each in differ)
    how = (
        f"{count:,} domains, servers {2 * EACH_WAY_MILLISECONDS} ms away and back, --dns-concurrency 10; "
        "workers, scheduler, command and servers share the cores; one run each"
    )
    figure = f"wall {ratio:.2f} ({two.wall_seconds:.0f} s of {one.wall_seconds:.0f}), {whole}; a worker killed: {cut}"
    return Figure(figure, Reached.of(ratio <= MOST and not any(differ)), how)


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The hosts, and runs over a list of their servers."""

    rig: Rig
    both: Sequence[Host]
    domains: Path
    output: Path
    count: int
    """Of the domains."""

    def by_one(self) -> Measured:
        """A run of one process on the first host."""
        return run(self.both[0].inside(self._words("one"))).checked()

    def by_two(self, name: str, *, kill: bool = False) -> Measured:
        """A run by both hosts' workers, ordered where the servers are; the first may be killed when half is asked."""
        command = self.rig.inside([*self._words(name), "--cluster", _SCHEDULER])
        with self._workers(name) as (environment, first):
            if not kill:
                return run(command, environment=environment).checked()
            with ThreadPoolExecutor(1) as other:
                running = other.submit(run, command, environment=environment)
                wait_for_rows(self.output / name / NAME / "journal.sqlite", "answers", _HALF_WAY * self.count)
                first.kill()
                return running.result().checked()

    def _words(self, name: str) -> list[str]:
        (self.output / name).mkdir()
        return scan_words(self.rig, self.domains, self.output / name, *_WAITING)

    @contextmanager
    def _workers(self, name: str) -> Iterator[tuple[Mapping[str, str], "subprocess.Popen[bytes]"]]:
        """A scheduler and a worker on each host: the environment that reaches them, and the first worker."""
        folder = self.output / f"{name}-cluster"
        folder.mkdir()
        environment = {"PYTHONPATH": str(ROOT), **dask_over_tls(folder)}
        dask = str(Path(sys.executable).with_name("dask"))
        fixed = ["--no-dashboard", "--protocol", "tls"]
        with ExitStack() as stack:
            scheduler = [dask, "scheduler", "--host", NEAR, "--port", "8786", *fixed, "--no-show"]
            started(self.rig.inside(scheduler), folder / "scheduler.log", stack, environment)
            workers = []
            for number, host in enumerate(self.both):
                own = ["--host", host.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
                words = host.inside([dask, "worker", _SCHEDULER, *fixed, *own])
                workers.append(started(words, folder / f"worker{number}.log", stack, environment))
            for number in range(len(self.both)):
                wait_for_words(folder / f"worker{number}.log", "Registered to")
            yield environment, workers[0]
