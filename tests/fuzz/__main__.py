"""Fuzz what reads what others wrote: ``python -m tests.fuzz [--executions N] [--seconds S] [TARGET…]``.

By atheris, which goes by coverage, where it is installed; else by changes at random, the same for the same seed.
"""

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from tests.fuzz.corpus import line_of
from tests.fuzz.families import targets
from tests.fuzz.target import Target
from tests.fuzz.watch import Seen, cost_ms

ROOT = Path(__file__).resolve().parents[2]
EXECUTIONS = 10_000_000
_HEADINGS = ("target", "executions", "a second", "slowest ms", "failures")


@dataclass(frozen=True, slots=True)
class Job:
    """What one process is to do."""

    family: str
    target: Target
    executions: int
    seconds: float
    seed: int


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; 1 where something did not hold."""
    options = _options(words)
    if options.replay is not None:
        return _replay(options)
    began = monotonic()
    with ThreadPoolExecutor(options.processes) as pool:
        seen = list(pool.map(partial(_run, options), _jobs(options)))
    rows = [_joined(name, [one for one in seen if one.target == name]) for name in options.targets]
    print(_table(rows))
    print(f"{sum(one.executions for one in rows):,} executions by {options.engine} in {monotonic() - began:.0f} s")
    for one in rows:
        for path, what in one.failures:
            print(f"FAILED {one.target}: {what}\n       {path}")
    return int(any(one.failures for one in rows))


def _replay(options: Namespace) -> int:
    """Run one input, and print the line by which it is kept; what fails is raised."""
    octets = options.replay.read_bytes()
    print(line_of(octets))
    for name in options.targets:
        cost = cost_ms(targets()[name][1], octets)
        print(f"{name}: holds, in {cost:.0f} ms")
    return 0


def _jobs(options: Namespace) -> list[Job]:
    """Each target's part for each process; those whose share is small come first, so that all have some."""
    known = targets()
    chosen = [known[name] for name in options.targets]
    seconds = options.seconds / len(chosen)
    parts = options.processes
    each = options.executions / parts / sum(target.share for _, target in chosen)
    return [
        Job(family, target, max(1, round(each * target.share)), seconds, options.seed + part)
        for family, target in chosen
        for part in range(parts)
    ]


def _run(options: Namespace, job: Job) -> Seen:
    words = [sys.executable, "-m", "tests.fuzz.part", job.family, job.target.name, f"--engine={options.engine}"]
    bounds = [f"--executions={job.executions}", f"--seconds={job.seconds}", f"--seed={job.seed}"]
    done = subprocess.run(
        [*words, *bounds, f"--work={options.work}"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        last = " ".join(done.stderr.splitlines()[-3:])[-500:]
        return Seen(job.target.name, 0, 0.0, 0.0, [(str(options.work / "failures"), f"it broke: {last}")])
    seen = Seen(**json.loads(lines[-1]))
    print(f"{seen.target}: {seen.executions:,} executions, {len(seen.failures)} failures", flush=True)
    return seen


def _joined(name: str, parts: Iterable[Seen]) -> Seen:
    """The parts of one target as one; a place that failed in several is told once."""
    parts = list(parts)
    failures = {what.partition(": ")[0]: [path, what] for one in parts for path, what in one.failures}
    return Seen(
        name,
        sum(one.executions for one in parts),
        sum(one.seconds for one in parts),
        max(one.slowest_ms for one in parts),
        [(path, what) for path, what in failures.values()],
    )


def _table(rows: Iterable[Seen]) -> str:
    cells = [
        (
            one.target,
            f"{one.executions:,}",
            f"{one.executions / max(one.seconds, 0.001):,.0f}",
            f"{one.slowest_ms:.1f}",
            f"{len(one.failures)}",
        )
        for one in rows
    ]
    widths = [max(len(row[place]) for row in (_HEADINGS, *cells)) for place in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in (_HEADINGS, *cells)
    )


def _options(words: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.fuzz", description="Fuzz what reads what others wrote.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"({', '.join(targets())})")
    parser.add_argument("--executions", type=int, default=EXECUTIONS, metavar="N", help=f"in all ({EXECUTIONS:,})")
    parser.add_argument("--seconds", type=float, default=86_400, metavar="S", help="at most, in all")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another one makes other inputs (1)")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="side by side (2)")
    parser.add_argument("--engine", choices=("atheris", "own"), default="atheris" if find_spec("atheris") else "own")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="only this input, such as one that failed")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "fuzz", metavar="DIR", help="(build/fuzz)")
    options = parser.parse_args(words)
    options.targets = options.targets or list(targets())
    if unknown := set(options.targets) - set(targets()):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    options.work = options.work.absolute()
    return options


if __name__ == "__main__":
    sys.exit(main())
