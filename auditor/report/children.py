"""Processes of a report: what one is told first, and how it is told more."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from auditor.checks import Selection
from auditor.errors import NotFinishedError, not_written


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is told by the first line of its standard input."""

    folder: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    formats: tuple[str, ...]
    """None for one that only judges."""

    @classmethod
    def of(cls, folder: Path, selection: Selection, formats: Sequence[str] = ()) -> Self:
        """The task about the run in a folder."""
        return cls(str(folder), tuple(selection.include), tuple(selection.exclude), tuple(formats))

    @classmethod
    def read(cls, line: str) -> Self:
        """The task that :meth:`line` wrote."""
        said = json.loads(line)
        return cls(said["folder"], *(tuple(said[name]) for name in ("include", "exclude", "formats")))

    def line(self) -> str:
        """The task as that process reads it."""
        return json.dumps(asdict(self)) + "\n"

    @property
    def selection(self) -> Selection:
        """The checks that were chosen."""
        return Selection(self.include, self.exclude)


class ChildEndedError(NotFinishedError):
    """A process of a report ended before it was done."""


def begun(module: str) -> "subprocess.Popen[bytes]":
    """A process that runs a module of ours, and can be told and asked."""
    # A group of its own, so that an interruption from the terminal reaches the run alone; it ends with its input.
    command = [sys.executable, "-m", module]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)  # noqa: S603 - of ours


def tell(child: "subprocess.Popen[bytes]", line: str) -> None:
    """Say a line to a process.

    Raises:
        ChildEndedError: it has ended.
    """
    assert child.stdin is not None  # noqa: S101 - asked for when it was started
    try:
        child.stdin.write(line.encode())
        child.stdin.flush()
    except OSError as error:
        with suppress(OSError):  # what could not be said goes with it
            child.stdin.close()
        raise ended(child) from error


def ended(child: "subprocess.Popen[bytes]") -> ChildEndedError:
    """The error of a process that ended before it was done; one that did not is ended."""
    child.kill()
    said = not_written(f"a process of the report ended before it was done (status {child.wait()})")
    return ChildEndedError(str(said))
