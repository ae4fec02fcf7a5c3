"""What a column and a table are: declared once, followed by CSV, frames, workbook and docs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from auditor.report.cells import plain, plain_lines

Row_contra = TypeVar("Row_contra", contravariant=True)
Value = str | int | float | bool | datetime | Sequence[str] | None
Stored = str | int | float | None
"""What staging holds: text made plain, times in ISO 8601, lists joined, truth as 0 or 1."""

MOST_INTEGER = 2**63 - 1
"""What the staging database holds; a server may name a larger number."""


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    LINES = "lines"  # text of ours in several lines
    LIST = "list"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"

    @property
    def textual(self) -> bool:
        """Whether a cell may hold what a stranger wrote."""
        return self in {Kind.TEXT, Kind.LINES, Kind.LIST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row_contra]):
    """One column: ``value`` draws it from what one row is about; ``None`` is not known."""

    name: str
    meaning: str
    value: Callable[[Row_contra], Value]
    kind: Kind = Kind.TEXT
    values: tuple[str, ...] = ()
    """Every value it can have, where they are few."""
    observed: bool = True
    """False for a column that has its place, but that nothing in this version fills."""


@dataclass(frozen=True, kw_only=True)
class Table(Generic[Row_contra]):
    """One table: a row for each ``Row``, in the order of ``order`` (columns of it)."""

    name: str
    meaning: str
    columns: tuple[Column[Row_contra], ...]
    order: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column[Row_contra]:
        """The column of that name; a name it does not have raises ``KeyError``."""
        return {column.name: column for column in self.columns}[name]

    @cached_property
    def _drawn(self) -> tuple[tuple[Callable[[Row_contra], Value], Callable[[Value], Stored]], ...]:
        return tuple((column.value, _AS_STAGED.get(column.kind, _stored)) for column in self.columns)

    def row(self, about: Row_contra) -> tuple[Stored, ...]:
        """The values of one row, as they are staged."""
        return tuple([as_staged(value(about)) for value, as_staged in self._drawn])


def _nothing(_: object) -> None:
    return None


def not_observed(name: str, meaning: str, *, values: tuple[str, ...] = (), kind: Kind = Kind.TEXT) -> Column[object]:
    """A column that has its place, but that nothing in this version fills: always empty."""
    return Column(name=name, meaning=meaning, value=_nothing, kind=kind, values=values, observed=False)


def _stored(value: Value) -> Stored:
    """The value as it is staged."""
    if value is None:
        return None
    if isinstance(value, str):
        # as plain() begins: a call less for each of the hundreds of texts of a domain
        return value if value.isascii() and value.isprintable() else plain(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, (int, float)):
        return value if abs(value) <= MOST_INTEGER else None
    return "|".join([plain(item).replace("|", "\\x7c") for item in value])


def _stored_lines(value: Value) -> Stored:
    return plain_lines(value) if isinstance(value, str) else _stored(value)


_AS_STAGED: dict[Kind, Callable[[Value], Stored]] = {Kind.LINES: _stored_lines}


def stored(kind: Kind, value: Value) -> Stored:
    """The value of a column of that kind as it is staged."""
    return _AS_STAGED.get(kind, _stored)(value)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC to the second, such as ``2026-11-23T23:01:05Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"
