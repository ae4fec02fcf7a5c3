"""Reports written by a process of their own, whose memory has nothing in it that observing left behind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.checks import Selection
from auditor.errors import NotFinishedError, UsageError
from auditor.report.children import Task, begun, ended, tell

_CHILD = "auditor.report.writing_child"


@dataclass(frozen=True, slots=True)
class Done:
    """What it says on standard output: the paths that it wrote, or what a user can do something about."""

    written: tuple[str, ...] = ()
    wrong: str = ""
    """As a :class:`UsageError` says it."""
    not_finished: str = ""
    """As a :class:`NotFinishedError` does."""


def write_reports_apart(folder: Path, formats: Sequence[str], selection: Selection) -> list[Path]:
    """What :func:`auditor.report.write_reports` does, in another process.

    Raises:
        UsageError: there is no journal, or a format or check that does not exist is asked for.
        NotFinishedError: the file system refuses, or that process was ended.
    """
    with begun(_CHILD) as child:  # whose standard input stays open, for it ends when nobody is there any more
        assert child.stdout is not None  # noqa: S101 - asked for when it was started
        tell(child, Task.of(folder, selection, formats).line())
        answer = child.stdout.read()
        if child.wait():
            raise ended(child)
    said = Done(**json.loads(answer))
    if said.wrong:
        raise UsageError(said.wrong)
    if said.not_finished:
        raise NotFinishedError(said.not_finished)
    return list(map(Path, said.written))
