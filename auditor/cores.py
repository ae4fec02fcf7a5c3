"""How many processes of this machine a job is worth."""

import os
import sys

LARGE_LIST = 2_000
"""Targets from which on a second process saves more time than its start takes."""


def processes_for(wanted: int | None, targets: int) -> int:
    """As many as are wanted; if nobody says, one for a small list, and one for each core for a large one."""
    if sys.platform == "win32":  # pragma: no cover - pipes cannot be waited for there as sockets are
        return 1
    if wanted is not None:
        return wanted
    return cores() if targets >= LARGE_LIST else 1


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover - not on macOS
        return os.cpu_count() or 1
