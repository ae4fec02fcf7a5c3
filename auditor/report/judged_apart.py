"""A run judged by several processes, each of which reads its journal; the rows come in the order of the list."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

from auditor.checks import Selection
from auditor.errors import NotFinishedError
from auditor.report.target_rows import TargetRows

BLOCK = 100
"""Targets that one process judges at a time."""
_AHEAD = 4
"""Blocks that each process has been told of, so that none waits."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a process that judges is told first."""

    folder: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def line(self) -> str:
        """The task as that process reads it."""
        return json.dumps(asdict(self)) + "\n"


def judged_apart(folder: Path, selection: Selection, targets: int, processes: int) -> Iterator[TargetRows]:
    """The rows of each of the run's targets, whose ordinals are 1 to ``targets``, in order.

    Raises:
        NotFinishedError: a process ended before it was done.
    """
    task = Task(str(folder), tuple(selection.include), tuple(selection.exclude)).line()
    blocks = [(first, min(first + BLOCK - 1, targets)) for first in range(1, targets + 1, BLOCK)]
    with ExitStack() as stack:
        children = [stack.enter_context(_started(task)) for _ in range(min(processes, len(blocks)))]
        for child in children:
            stack.callback(child.kill)
        turns = [(children[number % len(children)], block) for number, block in enumerate(blocks)]
        ahead = _AHEAD * len(children)
        for turn in turns[:ahead]:
            _order(*turn)
        for (child, (first, last)), later in zip_longest(turns, turns[ahead:]):
            if later is not None:
                _order(*later)
            yield from _taken(child, last - first + 1)


def _started(task: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "auditor.report.judging_child"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - of ours
    _tell(child, task)
    return child


def _order(child: "subprocess.Popen[bytes]", block: Sequence[int]) -> None:
    _tell(child, f"{block[0]} {block[1]}\n")


def _tell(child: "subprocess.Popen[bytes]", line: str) -> None:
    assert child.stdin is not None  # noqa: S101 - asked for when it was started
    try:
        child.stdin.write(line.encode())
        child.stdin.flush()
    except OSError as error:
        raise _ended(child) from error


def _taken(child: "subprocess.Popen[bytes]", count: int) -> Iterator[TargetRows]:
    assert child.stdout is not None  # noqa: S101 - as above
    for _ in range(count):
        line = child.stdout.readline()
        if not line.endswith(b"\n"):
            raise _ended(child)
        yield TargetRows(tuple((table, tuple(row)) for table, row in json.loads(line)))


def _ended(child: "subprocess.Popen[bytes]") -> NotFinishedError:
    child.kill()
    return NotFinishedError(
        f"a process that judges ended before it was done (status {child.wait()}); the journal keeps all that was "
        "observed, so that `auditor report` can write the reports later"
    )
