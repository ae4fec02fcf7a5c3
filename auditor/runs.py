"""Where runs live: naming, finding, and pointing to the newest."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from auditor.errors import UsageError

JOURNAL = "journal.sqlite"
LATEST = "latest"
_LONGEST_NAME = 255  # octets, of one name in a file system


def new_run_folder(output: Path, name: str | None, moment: datetime) -> Path:
    """The folder of a run that begins at ``moment``; not made yet.

    Raises:
        UsageError: ``name`` is no folder name, or already names a run.
    """
    if name is None:
        stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        return next(folder for folder in _numbered(output / stamp) if not folder.exists())
    if name in {"", ".", "..", LATEST} or Path(name).name != name or not name.isprintable() or _too_long(name):
        raise UsageError(f"--name {name}: will not do for a folder in {output}")
    folder = output / name
    if folder.exists():
        raise UsageError(
            f"{folder} exists already; choose another --name, or go on with it: auditor scan --resume {name}"
        )
    return folder


def find_run(output: Path, run: str | None) -> Path:
    """The folder of a recorded run, given as a path, as a name under ``output``, or left out for the latest.

    Raises:
        UsageError: there is no such run.
    """
    candidates = [Path(run), output / run] if run else [output / LATEST]
    for folder in candidates:
        if (folder / JOURNAL).is_file():
            return folder.resolve()
    if run:
        raise UsageError(f"{run}: no recorded run here, nor under {output}")
    raise UsageError(f"no recorded run under {output}; begin with: auditor scan FILE")


@contextmanager
def undone_if_wrong(folder: Path) -> Iterator[None]:
    """Leave nothing of a new run's folder behind if the request turns out to be wrong."""
    with undone_if(UsageError, folder):
        yield


@contextmanager
def undone_if(kind: type[BaseException], folder: Path) -> Iterator[None]:
    """Leave nothing of a new run's folder behind if that is raised."""
    parent_was_there = folder.parent.exists()
    try:
        yield
    except kind:
        shutil.rmtree(folder, ignore_errors=True)
        if not parent_was_there:
            with suppress(OSError):
                folder.parent.rmdir()
        raise


def point_latest(folder: Path) -> None:
    """Let ``latest`` beside ``folder`` point to it; where links cannot be made, nothing happens."""
    link = folder.parent / LATEST
    passing = folder.parent / f".{LATEST}-{os.getpid()}"
    try:
        passing.symlink_to(folder.name, target_is_directory=True)
        passing.replace(link)
    except OSError:
        passing.unlink(missing_ok=True)


def _too_long(name: str) -> bool:
    return len(name.encode(errors="surrogateescape")) > _LONGEST_NAME


def _numbered(folder: Path) -> Iterator[Path]:
    """``folder`` itself, then with -2, -3 … for runs begun in the same second."""
    yield folder
    number = 2
    while True:
        yield folder.with_name(f"{folder.name}-{number}")
        number += 1
