"""Excel workbooks (.xlsx) as rows of cells, read as a stream."""

import difflib
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from auditor.errors import UsageError
from auditor.model.target import Reject
from auditor.targets.columns import Layout, find_layout
from auditor.targets.entries import Entry
from auditor.targets.rows import Row
from auditor.targets.tables import SAMPLE_ROWS, entries_below

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_ROWS = 1_048_576
"""Rows of the largest sheet Excel can hold; what is numbered beyond is no row."""
MAX_UNPACKED = 2 * 2**30
"""Octets a workbook may unpack to: a full sheet of a list has a tenth of that."""

_BATCH = 500


def workbook_entries(
    head: bytes, stream: BinaryIO, source: str, *, column: str | None, sheet: str | None
) -> Iterator[Entry | Reject]:
    """Yield the entries and rejects of one sheet: the one asked for, else the first visible one with a domain column.

    Without such a sheet the first one is read, so that every row is rejected with its reason.

    Raises:
        UsageError: the workbook cannot be read, or there is no such sheet or column.
    """
    with _seekable(head, stream) as file, _complaints(source), closing(_open(file, source)) as book:
        chosen, layout = _choose(_sheets(book, sheet, source), source, column)
        yield from entries_below(layout, _rows(chosen), source)


@contextmanager
def _seekable(head: bytes, stream: BinaryIO) -> Iterator[BinaryIO]:
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=2**24) as copy:
        copy.write(head)
        shutil.copyfileobj(stream, copy)
        yield copy  # type: ignore[misc]  # it has every method that zipfile calls


@contextmanager
def _complaints(source: str) -> Iterator[None]:
    """Turn whatever a damaged workbook makes its parsers raise into one message."""
    try:
        yield
    except (UsageError, GeneratorExit):
        raise
    except Exception as error:  # zipfile, zlib, expat and openpyxl share no base class
        if isinstance(error, OSError) and error.errno is not None:  # of the file, and not of what is in it
            raise
        raise UsageError(f"{source}: not a readable Excel workbook ({type(error).__name__}: {error})") from None


def _open(file: BinaryIO, source: str) -> "Workbook":
    import openpyxl  # noqa: PLC0415 - a third of a second that other lists need not wait for

    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise UsageError(f"{source}: the workbook unpacks to {unpacked:,} octets; at most {MAX_UNPACKED:,} are read")
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that reading needs not
        return openpyxl.load_workbook(file, read_only=True, data_only=True)


def _sheets(book: "Workbook", name: str | None, source: str) -> "list[ReadOnlyWorksheet]":
    """Return the sheets that may be read: the one named, else the visible ones, else all."""
    sheets: list[ReadOnlyWorksheet] = list(book.worksheets)  # what read_only makes of them
    if name is not None:
        return [_named(sheets, name, source)]
    if not sheets:
        raise UsageError(f"{source}: the workbook has no sheet with cells")
    return [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets


def _choose(sheets: "list[ReadOnlyWorksheet]", source: str, column: str | None) -> "tuple[ReadOnlyWorksheet, Layout]":
    """Return the sheet whose domain column is the surest, the first of equals."""
    layouts = []
    complaint = None
    for sheet in sheets:
        try:
            layouts.append((sheet, find_layout(_sample(sheet), column, f"{source}, sheet {sheet.title!r}")))
        except UsageError as error:
            complaint = complaint or error
    if complaint and not layouts:
        raise complaint
    return max(layouts, key=lambda each: each[1].confidence)


def _sample(sheet: "ReadOnlyWorksheet") -> list[Row]:
    return list(islice(_rows(sheet), SAMPLE_ROWS))


def _named(sheets: "list[ReadOnlyWorksheet]", name: str, source: str) -> "ReadOnlyWorksheet":
    titles = {each.title.strip().casefold(): each for each in sheets}
    found = titles.get(name.strip().casefold())
    if found is not None:
        return found
    nearest = difflib.get_close_matches(name.strip().casefold(), titles, n=1, cutoff=0.5)
    listed = ", ".join(repr(each.title) for each in sheets)
    hint = f". Did you mean {titles[nearest[0]].title!r}?" if nearest else ""
    raise UsageError(f"{source}: no sheet {name!r}; the sheets are: {listed}{hint}")


def _rows(sheet: "ReadOnlyWorksheet") -> Iterator[Row]:
    sheet.reset_dimensions()  # many programs write a wrong one
    values = enumerate(islice(sheet.iter_rows(values_only=True), MAX_ROWS), 1)  # type: ignore[misc]  # borrowed
    while batch := _quietly(values):
        yield from batch


def _quietly(values: Iterator[tuple[int, tuple[object, ...]]]) -> list[Row]:
    """Return some rows, without openpyxl's warnings of dates it cannot read and parts it leaves out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_row(number, cells) for number, cells in islice(values, _BATCH)]


def _row(number: int, values: tuple[object, ...]) -> Row:
    width = max((place for place, value in enumerate(values, 1) if value is not None), default=0)
    cells = tuple(map(_text, values[:width]))
    return Row(number, cells, comment=bool(cells) and cells[0].lstrip().startswith("#"))


def _text(value: object) -> str:
    """Return a cell's value as text: whole numbers without decimals, times in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
