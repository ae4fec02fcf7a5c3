"""One of several runs that are to be merged, as its journal has it."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Self

from auditor.errors import UsageError
from auditor.journal import schema
from auditor.journal.lock import is_locked
from auditor.journal.reader import LIST, MERGED_FROM, RecordedRun
from auditor.runs import JOURNAL

FINISHED = "finished"
KILLED = "killed"


def distinct_names(folders: Sequence[Path]) -> list[str]:
    """What to call runs: by their folders, and where these are called the same, by the folders they lie in too."""
    counted = Counter(folder.name for folder in folders)
    return ["/".join(folder.parts[-2:]) if counted[folder.name] > 1 else folder.name for folder in folders]


class Part(RecordedRun):
    """A recorded run that nobody is at work on, as it stood when it was opened; a context manager."""

    def __init__(self, folder: Path, database: sqlite3.Connection, name: str = "") -> None:
        super().__init__(folder, database)
        self.name = name or folder.name

    @classmethod
    def open(cls, folder: Path, name: str = "") -> Self:
        """The run in that folder, which is not changed; ``name`` is what it is called, its folder's if left out.

        Raises:
            UsageError: there is none, another version wrote it, it goes on, or its list was not read to the end.
        """
        if is_locked(folder):
            raise UsageError(f"{folder}: another auditor is at work on this run")
        part = cls(folder, schema.open_to_read(folder / JOURNAL), name)
        part._database.execute("BEGIN")  # so that all of it is read as of one moment
        if part.meta(LIST) is None:
            part._database.close()
            raise UsageError(f"{folder}: was ended before its list was read to the end; there is nothing to merge")
        return part

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @cached_property
    def state(self) -> str:
        """How it ended, such as ``finished`` or ``interrupted``."""
        state = str(self.meta("state", KILLED))
        return KILLED if state == "running" else state

    @cached_property
    def sources(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of the lists that its targets come from, and its rejects, each in their order."""
        return self._sources("targets"), self._sources("rejects")

    def origins(self) -> tuple[dict[str, Any], ...]:
        """What ``run.json`` says of it in a merged run; of one that is itself merged, of each of its own."""
        merged_from = self.meta(MERGED_FROM)
        return tuple(merged_from) if merged_from else (self._origin(),)

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """What a query yields, streamed.

        Raises:
            UsageError: the journal is damaged.
        """
        try:
            for row in self._database.execute(query):  # noqa: UP028 - a cursor minds to be closed after its database
                yield row
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self.folder / JOURNAL}: cannot be read: {error}") from None

    def _origin(self) -> dict[str, Any]:
        finished_at = self.finished_at
        return {
            "name": self.name,
            "shard": self.config.shard,
            "sources": sorted({PurePath(name).name for names in self.sources for name in names}),
            "state": self.state,
            "started_at": self.started_at.isoformat(),
            "finished_at": None if finished_at is None else finished_at.isoformat(),
            "host": self.meta("vantage", {}).get("host", ""),
            "tool_version": self.meta("tool_version", ""),
            "targets": self.target_count,
        }

    def _sources(self, table: str) -> tuple[str, ...]:
        query = f"SELECT json_extract(record, '$.source') FROM {table} GROUP BY 1 ORDER BY min(ordinal)"  # noqa: S608
        return tuple(name for (name,) in self.rows(query))
