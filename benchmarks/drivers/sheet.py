"""Writes a workbook of one sheet by the report's own writer: ``sheet ROWS FILE``.

30 columns: 15 of few different texts, 10 whose texts are all different, 5 of numbers.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from auditor.report.about import About
from auditor.report.columns import Kind
from auditor.report.writers.xlsx_book import MOST_ROWS, new_book
from auditor.report.writers.xlsx_sheet import Sheet, SheetColumn, write_sheet

FEW, DIFFERENT, NUMBERS = 15, 10, 5
_WORDS = ("pass", "fail", "unknown", "not-applicable", "mx1.provider.example", "TLSv1.3", "completed")


def main(rows: str, file: str) -> None:
    """Write so many rows, and print how many octets they became."""
    sheet = Sheet(title="Rows", tab="336699", columns=tuple(_columns()), origin="FROM nothing")
    about = About(name="benchmark", started_at=datetime.now(UTC))
    with new_book(Path(file), about, MOST_ROWS) as book:
        write_sheet(book, sheet, _rows(int(rows)))
    print(json.dumps({"rows": int(rows), "octets": Path(file).stat().st_size}))


def _columns() -> Iterator[SheetColumn]:
    for number in range(FEW + DIFFERENT + NUMBERS):
        kind = Kind.TEXT if number < FEW + DIFFERENT else Kind.INTEGER
        yield SheetColumn(heading=f"column {number}", source="NULL", width=18, kind=kind)


def _rows(count: int) -> Iterator[tuple[str | int | None, ...]]:
    """Each row's values, and then that none of them leads anywhere."""
    no_links = (None,) * (FEW + DIFFERENT + NUMBERS)
    for row in range(count):
        few = (_WORDS[(row + n) % len(_WORDS)] for n in range(FEW))
        different = (f"d{row:07d}.column{n}.test" for n in range(DIFFERENT))
        yield (*few, *different, *(row * n for n in range(NUMBERS)), *no_links)


if __name__ == "__main__":
    main(*sys.argv[1:])
