"""A long run, watched: ``python -m benchmarks.soak`` tells whether memory or descriptors grow as the list goes by."""

import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.measured import ROOT
from benchmarks.rig import Rig
from benchmarks.scanning import NAME, output_folder, scan_command

DOMAINS, MOST_MIB = 100_000, 10.0
MOST_DESCRIPTORS = 4
"""More than before: a file that is open for a moment is no leak, and one for each domain would be thousands."""
SAMPLE_SECONDS = 0.5
WARM_UP, FEWEST = 0.3, 20
"""The share of a process's samples in which its caches fill, and the samples below which nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A process at one moment."""

    rss_mib: float
    descriptors: int


Watched = dict[tuple[int, str], list[Sample]]
"""Samples by process: its number, and what it does."""


def watch(process: "subprocess.Popen[bytes]") -> Watched:
    """Samples of a command and of all below it, until it ends."""
    watched: Watched = {}
    while process.poll() is None:
        for pid in _family(process.pid):
            with suppress(OSError, ValueError, IndexError):  # it has just ended
                watched.setdefault((pid, _what(pid)), []).append(_sample(pid))
        time.sleep(SAMPLE_SECONDS)
    return watched


def growth(samples: Sequence[Sample]) -> tuple[float, int]:
    """MiB and descriptors from when its caches were full to its end, of a tenth each: medians, and fewest."""
    warm = samples[int(len(samples) * WARM_UP) :]
    tenth = max(1, len(warm) // 10)
    first, last = warm[:tenth], warm[-tenth:]
    mib = median(one.rss_mib for one in last) - median(one.rss_mib for one in first)
    return mib, min(one.descriptors for one in last) - min(one.descriptors for one in first)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir() if Path(f"/proc/{pid}/task").exists() else ():
        with suppress(OSError):
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _what(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return next((words[number + 1] for number, word in enumerate(words) if word == "-m"), Path(words[0]).name)


def _sample(pid: int) -> Sample:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Sample(pages * 4096 / 2**20, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def soak(rig: Rig, domains: Path) -> tuple[int, float, Watched]:
    """One run over a list: its exit code, its seconds, and what was watched."""
    with output_folder(rig) as output:
        began_at = time.monotonic()
        command = scan_command(rig, domains, output)
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)  # noqa: S603 - a command of ours
        try:
            watched = watch(process)
        finally:
            process.kill()
            process.wait()
        left = [path.name for path in (output / NAME).iterdir() if path.name.startswith(".")]
        if left:
            print(f"left behind: {', '.join(left)}")
        return process.returncode or len(left), time.monotonic() - began_at, watched


def told(watched: Watched) -> tuple[list[str], bool]:
    """A line for each process that lived long enough, and whether none of them grew."""
    lines, good = [], True
    for (pid, what), samples in watched.items():
        if len(samples) < FEWEST:
            continue
        mib, descriptors = growth(samples)
        good &= mib < MOST_MIB and descriptors <= MOST_DESCRIPTORS
        peak = max(one.rss_mib for one in samples)
        tenths = " ".join(f"{one.rss_mib:.0f}" for one in samples[len(samples) // 20 :: len(samples) // 10])
        growths = f"{mib:+.1f} MiB of {peak:.0f}, {descriptors:+d} descriptors"
        lines.append(f"{what} {pid}: {growths}; MiB by tenths of its time: {tenths}")
    return lines, good and bool(lines)


def main(words: Sequence[str] | None = None) -> int:
    """Soak, and say what came of it; 1 if something grew."""
    parser = ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--domains", type=int, default=DOMAINS, metavar="N", help=f"size of the list ({DOMAINS:,})")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="(build/bench)")
    options = parser.parse_args(words)
    options.work.mkdir(parents=True, exist_ok=True)
    with Bench(work=options.work.absolute(), size=options.domains) as bench:
        world = bench.world()
        code, seconds, watched = soak(bench.rig(world), world.file("clean"))
    lines, good = told(watched)
    print("\n".join((*lines, f"{options.domains:,} domains in {seconds:,.0f} s, exit code {code}")))
    return 0 if good and not code else 1


if __name__ == "__main__":
    sys.exit(main())
