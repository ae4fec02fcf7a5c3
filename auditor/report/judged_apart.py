"""A run judged by several processes, each of which reads its journal; the rows come in the order of the list."""

import json
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Self

from auditor.checks import Selection
from auditor.report.children import Task, begun, ended, tell
from auditor.report.target_rows import TargetRows

_AHEAD = 4
"""Blocks that each process has been told of, so that none waits; what it says of them is taken and kept meanwhile."""


def judged_apart(
    folder: Path, selection: Selection, blocks: Iterable[tuple[int, int]], processes: int
) -> Iterator[TargetRows]:
    """The rows of each of the run's targets in these blocks of ordinals, as ``ready_blocks`` has them, in order.

    Raises:
        NotFinishedError: a process ended before it was done.
    """
    task = Task.of(folder, selection).line()
    waiting = iter(blocks)
    first = list(islice(waiting, 1))  # no process is begun before there is something to judge
    with ExitStack() as stack:
        children = [_Child.begun(task, stack) for _ in range(processes)]
        judged = (child.judge(*block) for block, child in zip(chain(first, waiting), cycle(children), strict=False))
        ahead = deque(islice(judged, _AHEAD * len(children)))
        while ahead:
            yield from map(_rows, ahead.popleft().result())
            ahead.extend(islice(judged, 1))


@dataclass(frozen=True, slots=True)
class _Child:
    """A process that judges, and the thread that takes what it says: its pipe holds a few targets alone."""

    process: "subprocess.Popen[bytes]"
    reader: ThreadPoolExecutor

    @classmethod
    def begun(cls, task: str, stack: ExitStack) -> Self:
        """A new one, which ends with the stack."""
        process = stack.enter_context(_started(task))
        reader = stack.enter_context(ThreadPoolExecutor(1))
        stack.callback(process.kill)
        return cls(process, reader)

    def judge(self, first: int, last: int) -> "Future[list[bytes]]":
        """A line for each of these targets, in time; the blocks of one process come one after the other."""
        tell(self.process, f"{first} {last}\n")
        return self.reader.submit(_lines, self.process, last - first + 1)


def _started(task: str) -> "subprocess.Popen[bytes]":
    child = begun("auditor.report.judging_child")
    tell(child, task)
    return child


def _lines(child: "subprocess.Popen[bytes]", count: int) -> list[bytes]:
    assert child.stdout is not None  # noqa: S101 - asked for when it was started
    lines = list(islice(child.stdout, count))
    if len(lines) < count or not lines[-1].endswith(b"\n"):
        raise ended(child)
    return lines


def _rows(line: bytes) -> TargetRows:
    return TargetRows(tuple((table, tuple(row)) for table, row in json.loads(line)))
