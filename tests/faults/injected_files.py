"""Files and databases of which one operation fails, below the journal and the reports; only those in one folder."""

import builtins
import io
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auditor.journal import schema
from auditor.report import staging
from tests.faults.injected import Plan, Put

BY_PATH = ("open", "mkdir", "replace", "rename", "unlink", "rmdir", "chmod", "symlink")
_open = io.open


class _FaultyFile(io.FileIO):
    """A file of which a write may fail."""

    plan = Plan(armed=False)

    def write(self, octets: Any) -> int:
        self.plan.strike(f"write {Path(str(self.name)).name}")
        return super().write(octets)


class Files:
    """What stands in the place of the system's calls; those in ``folder`` go by the plan."""

    def __init__(self, folder: Path, put: Put) -> None:
        self.plan = Plan(armed=False)
        self._folder = str(folder)
        for name in BY_PATH:
            put(os, name, self._by_path(name, getattr(os, name)))
        put(os, "fsync", self._fsync)
        put(io, "open", self._opened)
        put(builtins, "open", self._opened)
        for module in (schema, staging):
            put(module, "sqlite3", _Sqlite(self))

    def _is_meant(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._folder)

    def _by_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *more: Any, **named: Any) -> Any:
            if self._is_meant(path):
                self.plan.strike(f"{name} {Path(path).name}")
            return real(path, *more, **named)

        return call

    def _fsync(self, number: int) -> None:
        path = str(Path(f"/proc/self/fd/{number}").readlink())
        if self._is_meant(path):
            self.plan.strike(f"fsync {Path(path).name}")

    def _opened(self, file: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:
        if not self._is_meant(file):
            return _open(file, mode, buffering, *more, **named)
        self.plan.strike(f"open {Path(file).name}")
        if "r" in mode and "+" not in mode:
            return _open(file, mode, buffering, *more, **named)
        raw = _FaultyFile(os.fspath(file), mode.replace("b", "").replace("t", ""))
        raw.plan = self.plan
        buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        encoding, newline = named.get("encoding"), named.get("newline")
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding=encoding, newline=newline)


class _Sqlite:
    """``sqlite3``, whose connections fail by the plan as SQLite does."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    def connect(self, path: Any, **settings: Any) -> sqlite3.Connection:
        files = self._files

        class Faulty(sqlite3.Connection):
            def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
                _strike(files.plan, sql)
                return super().execute(sql, *values)

            def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
                _strike(files.plan, sql)
                return super().executemany(sql, *values)

            def executescript(self, sql: str) -> sqlite3.Cursor:
                _strike(files.plan, sql)
                return super().executescript(sql)

        _strike(files.plan, "connect")
        return sqlite3.connect(path, factory=Faulty, **settings)


def _strike(plan: Plan, sql: str) -> None:
    """Fail as the library would: by its own errors, which name no path."""
    number = plan.take(f"sqlite {' '.join(sql.split())[:40]}")
    if number:
        raise sqlite3.OperationalError(SQLITE_SAYS.get(number, os.strerror(number)))


SQLITE_SAYS = {28: "database or disk is full", 5: "disk I/O error", 11: "database is locked"}
"""What SQLite says, by errno (ENOSPC, EIO, EAGAIN)."""
