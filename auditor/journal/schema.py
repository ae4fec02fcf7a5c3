"""The journal's tables, and opening its file."""

import sqlite3
from pathlib import Path

from auditor.errors import UsageError

SCHEMA_VERSION = 1  # raised whenever a table or a record's meaning changes
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE targets (
    ordinal INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, line INTEGER NOT NULL,
    record TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE rejects (ordinal INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE answers (
    name TEXT NOT NULL, type TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (name, type)
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    exchange TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL, settled INTEGER NOT NULL,
    record TEXT NOT NULL, PRIMARY KEY (exchange, address, port)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_address ON sessions (address, port);
CREATE TABLE certificates (sha256 TEXT PRIMARY KEY, der BLOB NOT NULL, record TEXT NOT NULL) STRICT;
"""


def create(path: Path) -> sqlite3.Connection:
    """A new, empty journal at ``path``."""
    connection = _connect(path)
    # One writer, and readers beside it; what a commit wrote survives a killed process, and a
    # power cut costs at most what came since the last checkpoint (sqlite.org/wal.html).
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_SCHEMA)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return connection


def reopen(path: Path) -> sqlite3.Connection:
    """An existing journal.

    Raises:
        UsageError: it is none, or was written by another version.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no journal")
    connection = _connect(path)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise UsageError(f"{path}: is no journal: {error}") from None
    if version != SCHEMA_VERSION:
        raise UsageError(f"{path}: has schema {version}, this version of auditor reads {SCHEMA_VERSION}")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are begun and ended by the journal itself.
    return sqlite3.connect(path, isolation_level=None)
