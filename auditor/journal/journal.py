"""Writing and reading the journal of one run."""

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock

from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import schema
from auditor.journal.codec import decode, encode
from auditor.journal.lock import locked
from auditor.journal.reader import FAULT, LIST, RecordedRun
from auditor.journal.rows import AnswerRow, answer_row
from auditor.journal.trouble import trouble_of
from auditor.model.certificate import Certificate
from auditor.model.dns import Answer, Question
from auditor.model.mta_sts import PolicyFetch, PolicyHost
from auditor.model.session import Session
from auditor.model.target import Reject, Target
from auditor.runs import JOURNAL

# A kill costs at most what came in half a second; at some hundred rows a commit, one row costs about 9 µs.
BATCH_ROWS = 500
BATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ListCounts:
    """What became of the lines of a list."""

    accepted: int
    rejected: int
    duplicates: int


class Journal(RecordedRun):
    """The journal of one run; a context manager that writes out what is pending when it closes."""

    def __init__(self, folder: Path, database: sqlite3.Connection, lock: FileLock | None) -> None:
        super().__init__(folder, database)
        self._lock = lock
        self._pending = 0
        self._flushed_at = time.monotonic()
        self._closed = False
        self.opened_at = datetime.now(UTC)
        """When this part of the run began."""
        self._listed = False

    @classmethod
    def create(cls, folder: Path, config: Config, started_at: datetime) -> Self:
        """The journal of a new run; makes its folder.

        Raises:
            UsageError: the folder cannot be written.
            NotFinishedError: its disk is full already.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder) as lock:
                journal = cls(folder, schema.create(folder / JOURNAL), lock)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"{folder}: cannot be written: {error}") from None
        try:
            journal.set_meta("config", config.model_dump(mode="json"))
            journal.set_meta("started_at", started_at.isoformat())
            journal.flush()
        except BaseException:
            with suppress(NotFinishedError):
                journal.close()
            raise
        return journal

    @classmethod
    def resume(cls, folder: Path) -> Self:
        """The journal of a run that stopped, to go on with; doubtful targets count as not done again.

        Raises:
            UsageError: there is none, another version wrote it, another process is at it, or
                the run was killed before its list was read to the end.
            NotFinishedError: its disk fails.
        """
        if not (folder / JOURNAL).is_file():
            raise UsageError(f"{folder / JOURNAL}: there is no journal")
        with locked(folder) as lock:
            journal = cls(folder, schema.reopen(folder / JOURNAL), lock)
            try:
                with journal._guarded():
                    journal._go_on()
            except BaseException:
                journal._database.close()
                raise
        return journal

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The journal of any run, to be read alone; also while another process writes it.

        Raises:
            UsageError: there is none, or another version wrote it.
            NotFinishedError: its disk fails.
        """
        return cls(folder, schema.open_to_read(folder / JOURNAL), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if (trouble := trouble_of(error)) is not None:  # of what was read: what is written is guarded by itself
            raise self._failed(trouble) from None

    def add_list(self, entries: Iterable[Target | Reject]) -> ListCounts:
        """Take in a list as it streams; a target that was there before becomes a reject that says so."""
        accepted = rejected = duplicates = 0
        for entry in entries:
            if isinstance(entry, Reject):
                rejected += 1
                self.reject(entry)
            elif self._add_target(entry):
                accepted += 1
            else:
                duplicates += 1
                self.reject(self._duplicate(entry))
        counts = ListCounts(accepted, rejected, duplicates)
        self.set_meta(LIST, asdict(counts))
        self.flush()
        self._listed = True
        return counts

    def reject(self, reject: Reject) -> None:
        """Take down a line that was not taken."""
        self._write("INSERT INTO rejects (record) VALUES (?)", encode(reject))

    def answer_came(self, answer: Answer) -> None:
        """Take down a DNS answer."""
        self.take_answers((answer_row(answer),))

    def take_answers(self, rows: Sequence[AnswerRow]) -> tuple[Answer, ...]:
        """Take down DNS answers; where others stand already, these, which go on to stand."""
        insert = "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)"
        taken = self._write_all(insert, [(row.name[::-1], *row[1:]) for row in rows])
        if taken == len(rows):
            return ()
        return tuple(filter(None, map(self._stands_instead, rows)))

    def _stands_instead(self, row: AnswerRow) -> Answer | None:
        """The answer that stands where another came; one that does not stand any more gives way."""
        question = Question(row.name, row.type, row.server)
        earlier, came = self.standing(question, self.opened_at), decode(Answer, row.record)
        if earlier is None:
            change = "UPDATE answers SET record = ? WHERE name_backwards = ? AND type = ? AND server = ?"
            self._write(change, row.record, row.name[::-1], row.type, row.server)
        return None if earlier == came else earlier

    def session_ended(self, session: Session, *, settled: bool) -> None:
        """Take down a conversation; an unsettled one will be looked at again and replaced."""
        endpoint = session.endpoint
        flags = (int(settled), int(session.shared_from is not None))
        row = (endpoint.exchange, endpoint.address, endpoint.port, *flags, endpoint.service.protocol, encode(session))
        self._write("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def policy_fetched(self, host: PolicyHost, fetch: PolicyFetch, *, settled: bool) -> None:
        """Take down an attempt to fetch a policy; an unsettled one is made again and replaced."""
        query = "INSERT OR REPLACE INTO policies VALUES (?, ?, ?)"
        self._write(query, host.domain, int(settled), encode(fetch))

    def certificate_seen(self, certificate: Certificate) -> None:
        """Take down a certificate, once."""
        record = encode(replace(certificate, der=b""))
        self._write("INSERT OR IGNORE INTO certificates VALUES (?, ?, ?)", certificate.sha256, certificate.der, record)

    def finish(self, key: str) -> None:
        """Mark the target of that key as done: everything of it is settled."""
        self._write("UPDATE targets SET done = 1 WHERE key = ?", key)

    def fault(self, key: str, words: str) -> None:
        """Take down that a target could not be surveyed by a fault of ours; without words, that it could after all."""
        if words:
            self.set_meta(f"{FAULT}{key}", words)
        elif f"{FAULT}{key}" in self._faults_before:
            self._write("DELETE FROM meta WHERE key = ?", f"{FAULT}{key}")

    @cached_property
    def _faults_before(self) -> frozenset[str]:
        """The keys of faults when this part of the run began, which are few."""
        rows = self._database.execute("SELECT key FROM meta WHERE key LIKE ?", (f"{FAULT}%",))
        return frozenset(key for (key,) in rows)

    def doubt(self, key: str) -> None:
        """Let a target be surveyed anew if the run is resumed, done or not: what is known of it is no fact."""
        self._write("UPDATE targets SET doubtful = 1 WHERE key = ?", key)

    def doubt_all(self) -> None:
        """Let every target be surveyed anew if the run is resumed."""
        self._write("UPDATE targets SET doubtful = 1")

    def set_meta(self, key: str, value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Keep a value under a key."""
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, json.dumps(value))

    def flush(self) -> None:
        """Commit what is pending.

        Raises:
            NotFinishedError: the disk is full or gone; what was committed before stands.
        """
        if not self._closed and self._database.in_transaction:
            with self._guarded():
                self._database.execute("COMMIT")
        self._pending, self._flushed_at = 0, time.monotonic()

    def sync(self) -> None:
        """Have what was committed written to the disk itself, so that a power cut costs no more than what came after.

        Waits for the disk: to be called from a thread, which it may, for it touches no more than the file.

        Raises:
            NotFinishedError: the disk is gone.
        """
        with self._guarded():
            wal = os.open(self.folder / f"{JOURNAL}-wal", os.O_RDWR)
            try:
                os.fsync(wal)
            finally:
                os.close(wal)

    def close(self) -> None:
        """Commit, close the file, and let other processes at it; a second time does nothing.

        Raises:
            NotFinishedError: the disk is full or gone; what was committed before stands.
        """
        try:
            self.flush()
        finally:
            self._closed = True
            try:
                with self._guarded():
                    self._database.close()
            finally:
                if self._lock is not None:
                    self._lock.release()

    def _go_on(self) -> None:
        if self.meta(LIST) is None:
            raise UsageError(f"{self.folder}: was ended before its list was read to the end; begin a new run")
        self._listed = True
        self._write("UPDATE targets SET done = 0, doubtful = 0 WHERE doubtful = 1")
        self.flush()

    def _add_target(self, target: Target) -> bool:
        row = (target.key, target.input_line, encode(target))
        query = "INSERT INTO targets (key, line, record) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING"
        return self._write(query, *row) == 1

    def _duplicate(self, target: Target) -> Reject:
        first = self._number("SELECT line FROM targets WHERE key = ?", target.key)
        reason = f"duplicate of line {first}"
        return Reject(source=target.source, line=target.input_line, text=target.input, reason=reason)

    def _write(self, query: str, *values: object) -> int:
        """Run one statement in the open transaction; the number of rows it changed."""
        return self._write_all(query, (values,))

    def _write_all(self, query: str, rows: Sequence[Sequence[object]]) -> int:
        """Run a statement for each row in the open transaction; the number of rows changed in all."""
        with self._guarded():
            if not self._database.in_transaction:
                self._database.execute("BEGIN IMMEDIATE")
            changed = self._database.executemany(query, rows).rowcount
        self._pending += len(rows)
        if self._pending >= BATCH_ROWS or time.monotonic() - self._flushed_at >= BATCH_SECONDS:
            self.flush()
        return max(0, changed)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, sqlite3.DatabaseError) and trouble_of(error) is None:
                raise
            raise self._failed(error) from None

    def _failed(self, error: BaseException) -> NotFinishedError:
        return NotFinishedError(f"{self.folder / JOURNAL}: {error}; {self._way_on}")

    @property
    def _way_on(self) -> str:
        """What to do after a failure."""
        if self._lock is None:
            return "nothing in it was changed"
        if self._listed:
            return f"what was observed until then is kept: auditor scan --resume {self.folder}"
        return "the list was not read to its end, so begin a new run; there is nothing to --resume"
