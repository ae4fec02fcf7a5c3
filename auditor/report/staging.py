"""A temporary SQLite database of judged rows, so that memory stays flat however long the list is.

Rows go in one by one; every writer reads them out in order, and what needs
counting over all domains is SQL.  The file lies in the run's folder and goes
when staging is closed.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self, TypeVar

from auditor.report.columns import Column, Kind, Stored, Table

_BATCH = 500
_PRAGMAS = (
    *("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=FILE"),
    # In KiB: what is sorted at once.  Each such piece costs a page in the end, so that ten gigabytes in the default's
    # pieces of two megabytes cost more memory than fewer, larger ones.
    "cache_size=-8000",
)
_SQL_TYPES = {Kind.INTEGER: "INTEGER", Kind.BOOLEAN: "INTEGER", Kind.NUMBER: "REAL"}

Row = TypeVar("Row")


class Staging:
    """The tables of one report; a column ``target_`` says which target a row belongs to.

    A context manager, which opens the database and removes it again.
    """

    def __init__(self, folder: Path, tables: Sequence[Table[Any]]) -> None:
        self._folder = TemporaryDirectory(dir=folder, prefix=".staging-", ignore_cleanup_errors=True)
        path = Path(self._folder.name, "rows.sqlite")
        self._pending: dict[str, list[tuple[Stored, ...]]] = {}
        self._inserts: dict[str, str] = {}
        try:
            self.connection = self._opened(path, tables)
        except BaseException:
            self._folder.cleanup()
            raise
        with suppress(OSError):  # nothing stays behind a killed process, where the system allows it
            path.unlink()
            self._folder.cleanup()

    def _opened(self, path: Path, tables: Sequence[Table[Any]]) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            for table in tables:
                self._create(connection, table)
        except BaseException:
            connection.close()
            raise
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self._folder.cleanup()

    def _create(self, connection: sqlite3.Connection, table: Table[Any]) -> None:
        columns = ", ".join(f'"{one.name}" {_SQL_TYPES.get(one.kind, "TEXT")}' for one in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" (target_ INTEGER, {columns})')
        places = ", ".join("?" * (len(table.columns) + 1))
        self._inserts[table.name] = f'INSERT INTO "{table.name}" VALUES ({places})'  # noqa: S608 - declared names
        self._pending[table.name] = []

    def add(self, table: Table[Row], about: Row) -> None:
        """Takes what one row is about."""
        self.add_row(table.name, table.row(about))

    def add_row(self, table: str, row: Sequence[Stored], *, target: int | None = None) -> None:
        """Takes one row of a table."""
        pending = self._pending[table]
        pending.append((target, *row))
        if len(pending) >= _BATCH:
            self._write(table)

    def _write(self, name: str) -> None:
        self.connection.execute("BEGIN")
        self.connection.executemany(self._inserts[name], self._pending[name])
        self.connection.execute("COMMIT")
        self._pending[name].clear()

    def flush(self) -> None:
        """Brings every row taken to where queries see it."""
        for name, pending in self._pending.items():
            if pending:
                self._write(name)

    def run(self, sql: str, parameters: Sequence[Stored] = ()) -> None:
        """Executes a statement of ours."""
        self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Stored] = ()) -> Iterator[tuple[Any, ...]]:
        """The result of a query of ours, row by row."""
        # Not delegated to: a writer that fails leaves this to be closed when the connection is, and a cursor minds.
        for row in self.connection.execute(sql, parameters):  # noqa: UP028
            yield row

    def one(self, sql: str, parameters: Sequence[Stored] = ()) -> tuple[Any, ...]:
        """The only row of a query of ours."""
        row: tuple[Any, ...] = self.connection.execute(sql, parameters).fetchone()
        return row

    def count(self, table: str) -> int:
        """Rows in a table."""
        (count,) = self.one(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - a declared name
        return int(count)


def order_terms(table: Table[Any], order: Sequence[str] | None = None) -> str:
    """What to order the table's rows by, its own order unless another is given.

    Values of a closed list stand in the list's order.
    """
    terms = [order_term(table.column(name)) for name in (table.order if order is None else order)]
    return ", ".join([*terms, f'"{table.name}".rowid'])


def order_term(column: Column[Any]) -> str:
    """What to order rows by one column by."""
    if not column.values:
        return f'"{column.name}"'
    cases = " ".join(f"WHEN '{value}' THEN {rank}" for rank, value in enumerate(column.values))
    return f'CASE "{column.name}" {cases} END'


def select(table: Table[Any], *, further: str = "") -> str:
    """The query for the table's rows in their order, with a further term if one is given."""
    terms = ", ".join([*(f'"{name}"' for name in table.names), *([further] if further else [])])
    return f'SELECT {terms} FROM "{table.name}" ORDER BY {order_terms(table)}'  # noqa: S608 - declared names
