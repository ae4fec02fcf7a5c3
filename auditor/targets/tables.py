"""From the rows of a table to entries: its domain column, and the further columns beside it."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from auditor.model.target import Reject
from auditor.targets.columns import Layout, find_layout
from auditor.targets.entries import Entry, is_target, reject
from auditor.targets.rows import Row

SAMPLE_ROWS = 100
"""Rows looked at to find the header and the domain column."""


def table_entries(rows: Iterable[Row], source: str, column: str | None) -> Iterator[Entry | Reject]:
    """Yield an entry for each row with a domain, and a reject for each row that has other cells only.

    Raises:
        UsageError: there is no such ``column``.
    """
    rows = iter(rows)
    sample = list(islice(rows, SAMPLE_ROWS))
    return entries_below(find_layout(sample, column, source), chain(sample, rows), source)


def entries_below(layout: Layout, rows: Iterable[Row], source: str) -> Iterator[Entry | Reject]:
    """Yield the entries and rejects of a table of known layout; ``rows`` are all its rows, the header too."""
    for row in rows:
        if not any(cell.strip() for cell in row.cells) or (row.number == layout.header_line and not layout.guessed):
            continue
        reason = _reason(row, layout)
        text = layout.domain_cell(row)
        if reason:
            yield reject(source, row.number, " ".join(row.cells), reason)
        elif not row.comment:
            yield Entry(source, row.number, text, layout.further(row))


def _reason(row: Row, layout: Layout) -> str:
    """Return why a row is not taken; empty if its domain cell decides, or if it is a comment."""
    if row.too_long:
        return "line over 64 KiB"
    if row.comment:
        # A comment names nothing, unless the # is a value of the first column: then say so.
        lost = layout.column > 0 and is_target(layout.domain_cell(row))
        return "the row begins with #, so it is taken for a comment" if lost else ""
    if row.number == layout.header_line:
        return "taken for the header row"
    if row.number < layout.header_line:
        return "above the header row"
    return "" if layout.domain_cell(row).strip() else "no domain in the row"
