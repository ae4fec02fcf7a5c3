"""One process at a time at a run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auditor.errors import UsageError

_NAME = "journal.lock"


def is_locked(folder: Path) -> bool:
    """Whether another process is at work on the run; nothing is written to find out."""
    path = folder / _NAME
    if not (path.is_file() and os.access(path, os.W_OK)):
        return False
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


@contextmanager
def locked(folder: Path) -> Iterator[FileLock]:
    """Hold the run's lock, and keep it unless what is done under it fails.

    Raises:
        UsageError: another process holds it, or the folder cannot be written.
    """
    lock = FileLock(folder / _NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"{folder}: another auditor is at work on this run") from None
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error}") from None
    try:
        yield lock
    except BaseException:
        lock.release()
        raise
