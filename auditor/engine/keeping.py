"""Beside a campaign's work: its journal brought to where others read it and to the disk, and how it goes shown."""

from dataclasses import dataclass

import trio

from auditor.engine.progress import ProgressSink, Tally
from auditor.engine.schedule import Schedule
from auditor.journal import Journal

# A commit takes about 4 µs a row, too little to leave the loop for; the disk's own sync has a thread.
FLUSH_SECONDS = 0.25
SYNC_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is done every moment for as long as a campaign runs."""

    journal: Journal
    tally: Tally
    schedule: Schedule
    sink: ProgressSink | None

    async def run(self) -> None:
        """Flush, show and sync until cancelled.

        Raises:
            NotFinishedError: the journal cannot be written any more.
        """
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._flush)
            nursery.start_soon(self._sync)

    def tell(self) -> None:
        """Show how it goes."""
        progress = self.tally.snapshot(
            at_seconds=trio.current_time(),
            conversations_open=self.schedule.under_way,
            waiting=self.schedule.waiting,
            retries_waiting=self.schedule.retries_waiting,
        )
        if self.sink is not None:
            self.sink(progress)

    async def _flush(self) -> None:
        """Let others read, and a kill spare, what is older than a moment."""
        while True:
            self.tell()
            self.journal.flush()
            await trio.sleep(FLUSH_SECONDS)

    async def _sync(self) -> None:
        """Let a power cut spare what is older than a moment."""
        while True:
            await trio.sleep(SYNC_SECONDS)
            await trio.to_thread.run_sync(self.journal.sync, abandon_on_cancel=True)
