"""``csv/<table>.csv``: RFC 4180, UTF-8, one line a row, safe to open in a spreadsheet."""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from string import ascii_letters, digits
from typing import Any, TextIO

from auditor.report.about import Report
from auditor.report.cells import CSV_LIMIT, csv_text
from auditor.report.columns import Kind, Stored, Table
from auditor.report.files import whole_file
from auditor.report.frames import EXTRA_OF_DOMAIN, extra_names, extra_values
from auditor.report.staging import Staging, select
from auditor.report.tables import DOMAINS, TABLES

_ROWS = 1_000  # at a time: cells are made safe column by column
_BEGIN_NO_FORMULA = frozenset(ascii_letters + digits)
_TRUTH: dict[Stored, Stored] = {1: "true", 0: "false"}

Cells = Sequence[Stored]


def write(report: Report) -> list[Path]:
    """Writes a file for each table."""
    return [_write_table(report, table) for table in TABLES]


def _write_table(report: Report, table: Table[Any]) -> Path:
    path = report.folder / "csv" / f"{table.name}.csv"
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        _write_rows(report.staging, table, file)
    return path


def _write_rows(staging: Staging, table: Table[Any], file: TextIO) -> None:
    own = extra_names(staging) if table is DOMAINS else []
    kinds = [*(column.kind for column in table.columns), *[Kind.TEXT] * len(own)]
    safe = [_SAFE.get(kind, _as_they_are) for kind in kinds]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(map(csv_text, (*table.names, *own)))
    rows = _with_own(staging, own) if own else staging.rows(select(table))
    while some := list(islice(rows, _ROWS)):
        writer.writerows(
            zip(*(make(cells) for make, cells in zip(safe, zip(*some, strict=True), strict=True)), strict=True)
        )


def _with_own(staging: Staging, own: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of ``domains``, with the list's own columns after them."""
    for *values, extra in staging.rows(select(DOMAINS, further=EXTRA_OF_DOMAIN)):
        texts = extra_values(extra)
        yield (*values, *(texts.get(name) for name in own))


def _safe_texts(cells: Cells) -> Cells:
    """Texts that staging made plain, and that no spreadsheet takes for a formula."""
    return [csv_text(cell) if isinstance(cell, str) and _needs_care(cell) else cell for cell in cells]


def _needs_care(plain: str) -> bool:
    return plain[:1] not in _BEGIN_NO_FORMULA or len(plain) > CSV_LIMIT


def _safe_lines(cells: Cells) -> Cells:
    """Texts that are plain but for line feeds, which :func:`csv_text` writes so too."""
    return _safe_texts([cell.replace("\n", "\\x0a") if isinstance(cell, str) else cell for cell in cells])


def _words_of_truth(cells: Cells) -> Cells:
    return [_TRUTH.get(cell) for cell in cells]


def _as_they_are(cells: Cells) -> Cells:
    return cells


_SAFE: dict[Kind, Callable[[Cells], Cells]] = {
    Kind.TEXT: _safe_texts,
    Kind.LIST: _safe_texts,
    Kind.LINES: _safe_lines,
    Kind.BOOLEAN: _words_of_truth,
}
