"""The goals, one small function each, by number; ``docs/performance.md`` tells what came of them."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.goals.cluster import g15
from benchmarks.goals.dialogue import g5
from benchmarks.goals.growth import g8, g9
from benchmarks.goals.journal import g11
from benchmarks.goals.lookups import g6
from benchmarks.goals.peers import g2, g3, g4
from benchmarks.goals.processes import g10
from benchmarks.goals.rates import g1, g7
from benchmarks.goals.silence import g13
from benchmarks.goals.start import g14
from benchmarks.goals.workbook import g12
from benchmarks.measured import ROOT
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Goal, Reached

GOALS: Mapping[str, tuple[str, Callable[[Bench], Figure]]] = {
    "G1": ("at least 600 domains per CPU second, 1,000 where conversations are shared", g1),
    "G2": ("CPU and wall at most 1/10 of checkdmarc --check-mx-tls", g2),
    "G3": ("CPU at most 1/20 of trustymail, 1/4 of posttls-finger, 1/50 of swaks", g3),
    "G4": ("CPU at most 0.8 of nmap over the same addresses, wall at most 0.6", g4),
    "G5": ("a STARTTLS session at most 1.4 times the CPU of a client in C", g5),
    "G6": ("DNS per CPU second: 9 times dns.asyncresolver, 22,000 answers, 15 % of massdns", g6),
    "G7": ("sessions opened = distinct endpoints, across processes too", g7),
    "G8": ("peak of one worker at most 160 MiB up to a million domains; of 1M at most 1.15 that of 10k", g8),
    "G9": ("CPU of 100k domains at most 10.3 times that of 10k", g9),
    "G10": ("two processes: wall at most 0.6 of one, CPU at most 1.1", g10),
    "G11": ("journal and tables at most 15 % of CPU; kill -9 loses at most 1 s, resuming repeats under 1 %", g11),
    "G12": ("workbook: at most 0.30 CPU s per 1,000 rows, peak at most 80 MiB at 100k and 1M rows", g12),
    "G13": ("1 % silent hosts: wall at most that without them, and two time-outs", g13),
    "G14": ("first packet within 0.35 s; no pandas or openpyxl before a report is written", g14),
    "G15": ("a cluster of two hosts: the same tables, wall at most 0.65, a killed worker changes nothing", g15),
}
"""What is asked, and how it is measured."""


def _anywhere(words: str, bench: Bench) -> str:
    """Words without this machine's folders, which mean nothing to readers of the page."""
    for folder, name in ((bench.work, "WORK"), (ROOT, "."), (Path(sys.prefix), "PYTHON")):
        words = words.replace(str(folder), name)
    return words


def measure(name: str, bench: Bench) -> Goal:
    """The record of one goal; what keeps it from being measured is told in it."""
    asked, function = GOALS[name]
    try:
        taken = function(bench)
    except CannotMeasureError as error:
        taken = Figure("", Reached.NOT_MEASURED, _anywhere(str(error), bench))
    return Goal(
        goal=name,
        asked=asked,
        figure=taken.figure,
        reached=taken.reached,
        how=taken.how,
        milliseconds=taken.milliseconds,
    )
