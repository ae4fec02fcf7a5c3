"""The journal's tables, and opening its file."""

import os
import sqlite3
from pathlib import Path

from auditor.errors import UsageError
from auditor.journal.trouble import not_opened

SCHEMA_VERSION = 7  # raised whenever a table or a record's meaning changes
# Rows are appended, beside an index that finds them: a row of some hundred octets in a tree by key would have a page
# or two written for each.  Names are kept backwards, so that what is asked of one domain stands together in the index
# (600,000 answers: 9 µs of CPU each instead of 51, and an eighth of the octets written).
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE targets (
    ordinal INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, line INTEGER NOT NULL,
    record TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, doubtful INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE rejects (ordinal INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE answers (
    name_backwards TEXT NOT NULL, type TEXT NOT NULL, server TEXT NOT NULL, record TEXT NOT NULL,
    UNIQUE (name_backwards, type, server)
) STRICT;
CREATE TABLE sessions (
    exchange TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL, settled INTEGER NOT NULL,
    shared INTEGER NOT NULL, protocol TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (exchange, address, port)
) STRICT;
CREATE INDEX sessions_held ON sessions (address, port) WHERE settled = 1 AND shared = 0;
CREATE TABLE policies (
    domain TEXT PRIMARY KEY, settled INTEGER NOT NULL, record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE certificates (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL, record TEXT NOT NULL) STRICT;
"""


def create(path: Path) -> sqlite3.Connection:
    """A new, empty journal at ``path``.

    Raises:
        UsageError: there is one already.
    """
    if path.exists():
        raise UsageError(f"{path.parent}: holds a run already")
    connection = _connect(path)
    # One writer, and readers beside it.  What a commit wrote survives a killed process; against a
    # power cut the WAL is synced apart (``Journal.sync``), since a sync at each commit would hold
    # up every conversation (sqlite.org/wal.html, "Performance Considerations").
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def reopen(path: Path) -> sqlite3.Connection:
    """An existing journal, to go on writing it.

    Raises:
        UsageError: it is none, or was written by another version.
        NotFinishedError: its disk fails.
    """
    return _existing(path, "PRAGMA synchronous = NORMAL")


def open_to_read(path: Path) -> sqlite3.Connection:
    """An existing journal, which this connection cannot change; also where the folder cannot be written.

    Raises:
        UsageError: it is none, or was written by another version.
        NotFinishedError: its disk fails.
    """
    wal = path.with_name(f"{path.name}-wal")
    # SQLite writes beside a WAL journal even to read it.  Where it may not, and no WAL was left
    # behind whose rows would be passed over, the file can be read as one that never changes.
    fixed = not os.access(path.parent, os.W_OK) and not (wal.is_file() and wal.stat().st_size)
    return _existing(path, "PRAGMA query_only = ON", fixed=fixed)


def _existing(path: Path, pragma: str, *, fixed: bool = False) -> sqlite3.Connection:
    if not path.is_file():
        raise UsageError(f"{path}: there is no journal")
    connection = None
    try:
        connection = _connect(path, fixed=fixed)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(pragma)
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()
        raise not_opened(path, error) from None
    if version != SCHEMA_VERSION:
        connection.close()
        raise UsageError(f"{path}: has schema {version}, this version of auditor reads {SCHEMA_VERSION}")
    return connection


def _connect(path: Path, *, fixed: bool = False) -> sqlite3.Connection:
    # Transactions are begun and ended by the journal itself.
    place = f"{path.absolute().as_uri()}?immutable=1" if fixed else str(path)
    return sqlite3.connect(place, isolation_level=None, uri=fixed)
