"""From SOURCEs to targets: each list by its own kind, one after another, as a stream."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from auditor.model.target import Reject, Target
from auditor.targets.entries import Entry, reject, to_targets
from auditor.targets.octets import Line, read_head, read_lines
from auditor.targets.options import ListOptions
from auditor.targets.rows import read_rows
from auditor.targets.sniff import SAMPLE_LINES, find_delimiter, is_separator_line, is_workbook, is_zone
from auditor.targets.sources import ARGUMENT, Source, locate, open_source
from auditor.targets.tables import table_entries
from auditor.targets.workbook import workbook_entries
from auditor.targets.zone import zone_entries


def read_targets(sources: Sequence[str], options: ListOptions) -> Iterator[Target | Reject]:
    """Yield a target for each input taken and a reject for each that was not, in their order, repeats included.

    A target of a list has the file's name as given, and its line; with a shard, only
    this part's targets come, and the rejects come with the first part alone.

    Raises:
        UsageError: at once for a SOURCE that is no file and no name; on the way for a list that
            cannot be read, or lacks the sheet or column asked for.
    """
    located = [locate(source) for source in sources]
    return to_targets(_entries(located, options), options.shard, large_ranges=options.large_ranges)


def read_list(stream: BinaryIO, name: str, options: ListOptions) -> Iterator[Entry | Reject]:
    """Yield the entries of one list of any kind; ``name`` is its file's, whose extension counts.

    Raises:
        UsageError: the list cannot be read, or lacks the sheet or column asked for.
    """
    head = read_head(stream)
    if is_workbook(head, name):
        return workbook_entries(head, stream, name, column=options.column, sheet=options.sheet)
    lines = read_lines(head, stream)
    sample = list(islice(lines, SAMPLE_LINES))
    return _text_entries(sample, chain(sample, lines), name, options.column)


def _entries(sources: Sequence[Source], options: ListOptions) -> Iterator[Entry | Reject]:
    for position, source in enumerate(sources, 1):
        if source.is_name:
            yield Entry(ARGUMENT, position, source.text)
            continue
        with open_source(source) as stream:
            yield from read_list(stream, source.text, options)


def _text_entries(
    sample: Sequence[Line], lines: Iterator[Line], name: str, column: str | None
) -> Iterator[Entry | Reject]:
    if is_zone(sample, name):
        return zone_entries(lines, name)
    delimiter = find_delimiter(sample, name, column)
    if not delimiter:
        return _plain_entries(lines, name)
    if any(map(is_separator_line, sample[:1])):
        next(lines)
    return table_entries(read_rows(lines, delimiter), name, column)


def _plain_entries(lines: Iterator[Line], name: str) -> Iterator[Entry | Reject]:
    """Yield the entries of a list with one name a line, comments after ``#``, blank lines skipped."""
    for number, text, too_long in lines:
        if too_long:
            yield reject(name, number, text, "line over 64 KiB")
        elif (stripped := text.strip()) and not stripped.startswith("#"):
            yield Entry(name, number, stripped)
