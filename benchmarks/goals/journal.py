"""G11: what keeping everything costs, and what it saves when a run is killed."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.journal import Journal
from benchmarks.bench import Bench
from benchmarks.measured import ROOT, run
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Reached, together
from benchmarks.rig import Rig
from benchmarks.scanning import NAME, output_folder, scan_command

MOST_SHARE, MOST_SECONDS, MOST_REPEATED = 0.15, 1.0, 0.01
KEEPING = ("journal", "report")
"""The rooms whose time is that of journal and tables; judging is work that a report shows, and has rooms of its own."""
STEPS = {
    "net.dns": "questions and answers of the DNS",
    "net.recent": "questions and answers of the DNS",
    "net.resolver": "questions and answers of the DNS",
    "net.": "connections and TLS",
    "probes.": "conversations",
    "protocol.": "conversations",
    "policy.": "what records mean, for the questions and again for the judgement",
    "checks.": "checks",
    "journal.": "journal",
    "report.": "tables and their files",
    "engine.": "campaign",
}
"""What modules do whose names begin so; the first that fits counts."""
OTHERS = "start, settings and libraries of their own"
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Moment:
    """How many sessions had come to their end at a time."""

    seconds: float
    sessions: int


def g11(bench: Bench) -> Figure:
    """The share of journal and tables, by samples; and a run that is killed half way, and resumed."""
    rig = bench.rig()
    parts = (_share(rig), _killed(rig))
    return together(parts, f"{rig.world.domains['clean']:,} domains, one run each, --no-share; killed half way")


def _share(rig: Rig) -> Figure:
    with output_folder(rig) as output:
        file = output / "samples.json"
        program = ("-m", "benchmarks.drivers.sampled", str(file))
        one = ("--workers", "1")  # what is not in this process is not sampled
        run(scan_command(rig, rig.world.file("clean"), output, "--no-share", *one, program=program)).checked()
        seconds = json.loads(file.read_text(encoding="ascii"))
    share = share_of(seconds, KEEPING)
    steps = {step: 1000 * each / rig.world.domains["clean"] for step, each in by_step(seconds).items()}
    return Figure(f"{share:.0%} of CPU", Reached.of(share <= MOST_SHARE), milliseconds=steps)


def by_step(seconds: Mapping[str, float]) -> dict[str, float]:
    """The seconds of each step of the work, from those of modules."""
    steps = dict.fromkeys((*STEPS.values(), OTHERS), 0.0)
    for module, each in seconds.items():
        steps[next((step for start, step in STEPS.items() if module.startswith(start)), OTHERS)] += each
    return steps


def share_of(seconds: Mapping[str, float], rooms: Sequence[str]) -> float:
    """The share of some rooms in all that was sampled, from 0 to 1."""
    return sum(each for module, each in seconds.items() if module.partition(".")[0] in rooms) / sum(seconds.values())


def _killed(rig: Rig) -> Figure:
    endpoints = rig.world.endpoints["clean"]
    with output_folder(rig) as output:
        before = rig.counters().accepted
        moments, ended = _kill_half_way(rig, output, endpoints // 2)
        kept = _kept(output / NAME)
        resume = [sys.executable, "-m", "auditor", "scan", "--isolated", "--no-progress", "-o", str(output)]
        run(rig.inside([*resume, "--resume", str(output / NAME)])).checked()
        repeated = rig.counters().accepted - before - endpoints
    lost = lost_seconds(moments, kept, ended)
    reached = Reached.of(lost <= MOST_SECONDS and repeated <= endpoints * MOST_REPEATED)
    return Figure(f"{lost:.2f} s lost; {repeated:,} of {endpoints:,} sessions repeated", reached)


def lost_seconds(moments: Sequence[Moment], kept: int, ended: float) -> float:
    """How long before its end a run had come as far as its journal has it."""
    return ended - next((one.seconds for one in moments if one.sessions >= kept), ended)


def _kill_half_way(rig: Rig, output: Path, sessions: int) -> tuple[list[Moment], float]:
    """Kill a run at so many sessions; how it went, and when it was killed."""
    began = rig.counters().goodbyes
    command = scan_command(rig, rig.world.file("clean"), output, "--no-share")
    moments = [Moment(time.monotonic(), 0)]
    process = subprocess.Popen(  # noqa: S603 - a command of ours; ip executes it, so that its number is this one
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while moments[-1].sessions < sessions and process.poll() is None:
            time.sleep(_POLL_SECONDS)
            moments.append(Moment(time.monotonic(), rig.counters().goodbyes - began))
    finally:
        process.kill()
        ended = time.monotonic()
        process.wait()
    if moments[-1].sessions < sessions:
        raise CannotMeasureError("the run ended before it was killed")
    return moments, ended


def _kept(folder: Path) -> int:
    """Sessions in the journal of a run."""
    with Journal.read(folder) as journal:
        return journal.counts()["sessions"]
