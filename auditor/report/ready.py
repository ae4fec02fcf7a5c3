"""Which targets of a run can be judged."""

from collections.abc import Iterator
from threading import Event

from auditor.journal import Journal

BLOCK = 50
"""Targets that are judged at a time."""
_LOOK_SECONDS = 0.5


def ready_blocks(journal: Journal, observed: Event | None = None) -> Iterator[tuple[int, int]]:
    """All targets of the list in blocks, by the first and last ordinal of each, in order.

    While ``observed`` is not set the run goes on, and a block is waited for until all in it is settled.
    """
    targets = journal.target_count
    for first in range(1, targets + 1, BLOCK):
        last = min(first + BLOCK - 1, targets)
        while not (observed is None or observed.is_set() or journal.settled_between(first, last)):
            observed.wait(_LOOK_SECONDS)
        yield first, last
