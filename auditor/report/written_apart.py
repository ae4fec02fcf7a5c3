"""Reports written by a process of their own, whose memory has nothing in it that observing left behind.

It may be begun before observing is, and then judges what is settled while servers are waited for.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.checks import Selection
from auditor.errors import NotFinishedError, UsageError
from auditor.report.children import ChildEndedError, Task, begun, ended, tell

_CHILD = "auditor.report.writing_child"
_OBSERVED = "observed\n"


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
    with _begun(folder, formats, selection) as child:
        return _written(child)


@contextmanager
def reports_begun(folder: Path, formats: Sequence[str], selection: Selection) -> Iterator[Callable[[], list[Path]]]:
    """Reports of a run that is to be observed, of which nothing is settled yet; what is given finishes them.

    It does what :func:`write_reports_apart` does, when the run is observed to its end.  Left without that, nothing is
    written: what was settled has changed then, or the run went wrong.
    """
    with _begun(folder, formats, selection) as child:

        def finish() -> list[Path]:
            try:
                return _written(child)
            except ChildEndedError:  # hours may lie between; another one has the journal, too
                return write_reports_apart(folder, formats, selection)

        yield finish


@contextmanager
def _begun(folder: Path, formats: Sequence[str], selection: Selection) -> "Iterator[subprocess.Popen[bytes]]":
    with begun(_CHILD) as child:  # whose standard input stays open, for it ends when nobody is there any more
        try:
            tell(child, Task.of(folder, selection, formats).line())
            yield child
        finally:
            child.kill()


def _written(child: "subprocess.Popen[bytes]") -> list[Path]:
    assert child.stdout is not None  # noqa: S101 - asked for when it was started
    tell(child, _OBSERVED)
    answer = child.stdout.read()
    if child.wait():
        raise ended(child)
    said = Done(**json.loads(answer))
    if said.wrong:
        raise UsageError(said.wrong)
    if said.not_finished:
        raise NotFinishedError(said.not_finished)
    return list(map(Path, said.written))
