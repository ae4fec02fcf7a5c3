"""What a command uses: wall and CPU seconds, peak memory; and two commands in turns.

Servers under load share the cores with the command, so wall times say little by
themselves.  CPU seconds, and ratios of runs that were made in turns, are compared.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.problems import CannotMeasureError

ROOT = Path(__file__).resolve().parents[1]
"""The repository; commands run there, so that ``python -m auditor`` is this checkout's."""
MOST_SECONDS = 3600.0
_METER = Path(__file__).with_name("meter.py")
_TAIL = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of a command."""

    wall_seconds: float
    cpu_seconds: float
    """User and system time, of the command and of all its children."""
    peak_mib: float
    """Peak resident memory of the largest of its processes."""
    exit_code: int
    output: str = ""
    errors: str = ""

    def checked(self, *good: int) -> "Measured":
        """This run, if it ended with 0 or one of ``good``.

        Raises:
            CannotMeasureError: it did not; a figure of work that was not done is none.
        """
        if self.exit_code not in {0, *good}:
            words = " ".join((self.errors or self.output)[-_TAIL:].split())
            raise CannotMeasureError(f"exit code {self.exit_code}: {words}")
        return self


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    most_seconds: float = MOST_SECONDS,
) -> Measured:
    """Run a command to its end, with ``environment`` beside ours.

    Raises:
        CannotMeasureError: it took longer than ``most_seconds``; it was ended then, with all its children.
    """
    with TemporaryDirectory() as place:
        report, output, errors = (Path(place, name) for name in ("report", "output", "errors"))
        code = _metered(command, (report, output, errors), {**os.environ, **(environment or {})}, folder, most_seconds)
        used = json.loads(report.read_text(encoding="ascii"))
        return Measured(
            wall_seconds=used["wall"],
            cpu_seconds=used["cpu"],
            peak_mib=used["peak_kib"] / 1024,
            exit_code=code,
            output=output.read_text(encoding="utf-8", errors="replace"),
            errors=errors.read_text(encoding="utf-8", errors="replace"),
        )


def _metered(
    command: Sequence[str],
    files: tuple[Path, Path, Path],
    environment: Mapping[str, str],
    folder: Path,
    most_seconds: float,
) -> int:
    report, output, errors = files
    metered = [sys.executable, "-I", "-S", str(_METER), str(report), *command]
    with output.open("wb") as out, errors.open("wb") as err:
        # A session of its own, so that whatever it started can be ended with it.
        process = subprocess.Popen(  # noqa: S603 - commands of ours
            metered,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        try:
            return process.wait(most_seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise CannotMeasureError(f"took longer than {most_seconds:g} s") from None
            raise


@dataclass(frozen=True, slots=True)
class Paired:
    """Runs of two ways in turns: the n-th of ours beside the n-th of theirs."""

    ours: tuple[Measured, ...]
    theirs: tuple[Measured, ...]

    @property
    def cpu_ratio(self) -> float:
        """Ours over theirs, the median over the pairs; below 1, ours takes less."""
        return median(a.cpu_seconds / b.cpu_seconds for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def wall_ratio(self) -> float:
        """The same of wall seconds."""
        return median(a.wall_seconds / b.wall_seconds for a, b in zip(self.ours, self.theirs, strict=True))


def in_turns(ours: Callable[[], Measured], theirs: Callable[[], Measured], rounds: int) -> Paired:
    """Run both ways in turns, every second time the other one first: what slows the machine slows both."""
    pairs: list[tuple[Measured, Measured]] = []
    for number in range(rounds):
        if number % 2:
            second, first = theirs(), ours()
        else:
            first, second = ours(), theirs()
        pairs.append((first, second))
    return Paired(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def median_of(runs: Sequence[Measured], what: Callable[[Measured], float]) -> float:
    """The median of a figure over runs."""
    return median(what(one) for one in runs)
