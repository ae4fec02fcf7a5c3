"""What kind of list a source is, by its name and its beginning."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from auditor.errors import UsageError
from auditor.targets.headers import is_known_header
from auditor.targets.octets import Line
from auditor.targets.rows import read_rows
from auditor.targets.tidy import without_comment

SAMPLE_LINES = 200
"""Lines looked at to tell what a list is."""

_DELIMITERS = "\t;,|"
_ADVICE = "save the list as .xlsx or as CSV"
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an old (.xls) or encrypted Excel workbook: {_ADVICE}"),
    (b"\x1f\x8b", "compressed: unpack it first"),
    (b"BZh", "compressed: unpack it first"),
    (b"\xfd7zXZ\x00", "compressed: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed: unpack it first"),
    (b"%PDF-", f"a PDF: {_ADVICE}"),
    (b"SQLite format 3\x00", f"a database: {_ADVICE}"),
)
_FOREIGN_SUFFIXES = {".xls", ".xlsb", ".ods", ".numbers"}
_ZIP = b"PK\x03\x04"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
_ZONE_LINE = re.compile(
    r"""\$(?:ORIGIN|TTL|INCLUDE|GENERATE)\s
    |[^\s;#,|]*\s+(?:[0-9][0-9smhdw]*\s+|IN\s+){0,2}SOA\s""",
    re.IGNORECASE | re.VERBOSE,
)
_SEPARATOR_LINE = re.compile(r"sep=(.)", re.IGNORECASE)


def is_workbook(head: bytes, name: str) -> bool:
    """Tell whether a source is an Excel workbook, by name or by content.

    Raises:
        UsageError: it is a file of a kind that is not read.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in _FOREIGN_SUFFIXES or _OPEN_DOCUMENT in head[:128]:
        raise UsageError(f"{name}: {suffix or 'OpenDocument'} files are not read; {_ADVICE}")
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            raise UsageError(f"{name}: this is {kind}")
    return head.startswith(_ZIP) or suffix in {".xlsx", ".xlsm"}


def is_zone(lines: Sequence[Line], name: str) -> bool:
    """Tell whether a text is a zone file (RFC 1035 §5), by name or by its directives or SOA record."""
    return PurePath(name).suffix.lower() in {".zone", ".db"} or any(_ZONE_LINE.match(line.text) for line in lines)


def find_delimiter(lines: Sequence[Line], name: str, column: str | None) -> str:
    """Return the character between a table's cells, or nothing if the text is a plain list.

    A list is a table if its name says so, if the same number of delimiters stands
    in nearly every line, or if its first line is a header.
    """
    separator = _SEPARATOR_LINE.fullmatch(lines[0].text.strip()) if lines else None
    if separator:
        return separator[1]
    suffix = PurePath(name).suffix.lower()
    if suffix in {".tsv", ".tab"}:
        return "\t"
    found = _most_regular(lines, certain=suffix == ".csv")
    if found or suffix == ".csv" or _begins_with_header(lines, column):
        return found or ","
    return ""


def is_separator_line(line: Line) -> bool:
    """Tell whether this is the line ``sep=;`` that Excel reads and writes."""
    return _SEPARATOR_LINE.fullmatch(line.text.strip()) is not None


def _most_regular(lines: Sequence[Line], *, certain: bool) -> str:
    # What stands in a comment is punctuation, not a delimiter.
    bare = [line if '"' in line.text else line._replace(text=without_comment(line.text)) for line in lines]
    regularity = {delimiter: _regularity(bare, delimiter, certain=certain) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=regularity.__getitem__)
    return best if regularity[best] > (0.0, 0) else ""


def _regularity(lines: Sequence[Line], delimiter: str, *, certain: bool) -> tuple[float, int]:
    """Return the share of rows with the usual number of cells, and that number; zeros if this is no delimiter.

    Unless it is ``certain`` that there is one, nearly every row must agree, and one row is
    not enough: several names in one line are for the user to put right.
    """
    rows = [row.cells for row in read_rows(lines, delimiter) if not row.comment and not row.too_long]
    width, count = max(Counter(map(len, rows)).items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
    if width == 1 or not any(cell.strip() for cells in rows for cell in cells[1:]):
        return 0.0, 0
    alone = len(rows) == 1 and not any(map(is_known_header, rows[0]))
    if not certain and (alone or count < 0.6 * len(rows)):
        return 0.0, 0
    return count / len(rows), width


def _begins_with_header(lines: Sequence[Line], column: str | None) -> bool:
    for line in lines:
        text = line.text.strip()
        if text and not text.startswith("#"):
            wanted = column is not None and text.casefold() == column.strip().casefold()
            return wanted or is_known_header(text)
    return False
