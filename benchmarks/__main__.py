"""Measure the goals, compare ways to do one thing, and write the page: ``python -m benchmarks``."""

import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.comparisons import COMPARISONS
from benchmarks.goals import GOALS, measure
from benchmarks.machine import described, taken
from benchmarks.measured import ROOT
from benchmarks.page import comparison_rows, measured_part, write_page
from benchmarks.peers import Peers
from benchmarks.records import Goal, load, merged, plain_table, save
from benchmarks.timing import Comparison, compare

QUICK_DOMAINS, DOMAINS = 1_000, 10_000
RECORDS = "goals.json"


def main(words: list[str] | None = None) -> int:
    """Do what the command line asks for."""
    options = _options(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that servers are ended
    options.work.mkdir(parents=True, exist_ok=True)
    if options.install_peers:
        Peers(options.work / "peers").install()
    goals = _measured(options)
    rows = [(one.goal, one.reached.value, one.figure) for one in goals]
    print(f"\n{plain_table(rows, ('goal', 'reached', 'figure'))}\n")
    comparisons = [] if options.only else _compared()
    if options.page is not None:
        _write(options, goals, comparisons)
    return 0


def _options(words: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks", description="Measure the goals of docs/performance.md.")
    parser.add_argument("--only", type=_goals, default=(), metavar="G1,G6", help="these goals alone, no comparisons")
    parser.add_argument("--domains", type=int, metavar="N", help=f"size of the world ({DOMAINS:,})")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes and one round, to see that all works; no page"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="runs of each, of which the median counts (3)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="(build/bench)")
    parser.add_argument("--install-peers", action="store_true", help="install checkdmarc and trustymail there first")
    parser.add_argument("--page", type=Path, metavar="FILE", help="page to write (docs/performance.md)")
    options = parser.parse_args(words)
    options.work = options.work.absolute()
    options.domains = options.domains or (QUICK_DOMAINS if options.quick else DOMAINS)
    options.rounds = options.rounds or (1 if options.quick else 3)
    if options.page is None and not options.quick:
        options.page = ROOT / "docs" / "performance.md"
    return options


def _goals(text: str) -> tuple[str, ...]:
    """The goals of ``--only``."""
    names = tuple(name.strip().upper() for name in text.split(","))
    if unknown := [name for name in names if name not in GOALS]:
        raise ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return names


def _measured(options: Namespace) -> list[Goal]:
    goals, when = [], taken()
    with Bench(work=options.work, size=options.domains, rounds=options.rounds, quick=options.quick) as bench:
        for name in options.only or GOALS:
            print(f"{name}: {GOALS[name][0]}", file=sys.stderr, flush=True)
            goal = replace(measure(name, bench), taken=when)
            print(f"    {goal.reached.value}: {goal.figure or '–'} ({goal.how})", file=sys.stderr, flush=True)
            goals.append(goal)
    return goals


def _compared() -> list[Comparison]:
    comparisons = [compare(name, ours, theirs) for name, ours, theirs in COMPARISONS]
    print(f"{plain_table(comparison_rows(comparisons), ('comparison', 'ours ms', 'other ms', 'ratio'))}\n")
    return comparisons


def _write(options: Namespace, goals: Iterable[Goal], comparisons: list[Comparison]) -> None:
    """Write the page from these figures and the earlier ones of goals that were not measured now."""
    kept = merged(load(options.work / RECORDS), goals)
    save(options.work / RECORDS, kept)
    write_page(options.page, measured_part(described(), kept, comparisons or _compared()))
    print(f"written: {options.page}")


if __name__ == "__main__":
    sys.exit(main())
