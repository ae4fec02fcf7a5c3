"""Reports written by a process of their own, whose memory has nothing in it that observing left behind."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from auditor.checks import Selection
from auditor.errors import NotFinishedError, UsageError, not_written

_CHILD = (sys.executable, "-m", "auditor.report.writing_child")


@dataclass(frozen=True, slots=True)
class Task:
    """What that process is told by the first line of its standard input."""

    folder: str
    formats: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """The task in JSON."""
        said = json.loads(text)
        return cls(said["folder"], *(tuple(said[name]) for name in ("formats", "include", "exclude")))


@dataclass(frozen=True, slots=True)
class Done:
    """What it says on standard output: the paths that it wrote, or what a user can do something about."""

    written: tuple[str, ...] = ()
    wrong: str = ""
    """As a :class:`UsageError` says it."""
    not_finished: str = ""
    """As a :class:`NotFinishedError` does."""


def write_reports_apart(
    folder: Path, formats: Sequence[str], selection: Selection, *, child: Sequence[str] = _CHILD
) -> list[Path]:
    """What :func:`auditor.report.write_reports` does, in another process.

    Raises:
        UsageError: there is no journal, or a format or check that does not exist is asked for.
        NotFinishedError: the file system refuses, or that process was ended.
    """
    task = Task(str(folder), tuple(formats), tuple(selection.include), tuple(selection.exclude))
    said = Done(**json.loads(_asked(child, json.dumps(asdict(task)))))
    if said.wrong:
        raise UsageError(said.wrong)
    if said.not_finished:
        raise NotFinishedError(said.not_finished)
    return list(map(Path, said.written))


def _asked(child: Sequence[str], task: str) -> str:
    """What the process says; its standard input stays open, for it ends when nobody is there any more."""
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - of ours
        assert process.stdin is not None  # noqa: S101 - asked for
        assert process.stdout is not None  # noqa: S101 - asked for
        with suppress(OSError):  # it has ended already
            process.stdin.write(f"{task}\n")
            process.stdin.flush()
        said = process.stdout.read()
        if status := process.wait():
            raise not_written(f"the process that writes the reports ended before it was done (status {status})")
    return said
