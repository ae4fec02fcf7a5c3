"""Excel workbooks: sheets, headers, cells, damage."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time

import openpyxl
import pytest

from auditor.errors import UsageError
from auditor.model.target import Reject, Target
from auditor.targets import ListOptions

ReadOctets = Callable[..., list[Target | Reject]]
Rows = list[list[object]]


def workbook(sheets: dict[str, Rows], hidden: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title in hidden:
            sheet.sheet_state = "hidden"
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


def repacked(octets: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return result.getvalue()


SIMPLE: Rows = [["Domain", "Owner"], ["example.com", "Jo"], ["bücher.example", "Di"]]


def domains(items: list[Target | Reject]) -> list[str]:
    return [item.domain for item in items if isinstance(item, Target)]


@pytest.mark.parametrize("name", ["list.xlsx", "list.XLSX", "-", "list"])
def test_a_workbook_is_known_by_its_content(name: str, read_octets: ReadOctets) -> None:
    items = read_octets(workbook({"Sheet": SIMPLE}), name)
    assert items[1] == Target(
        domain="xn--bcher-kva.example",
        domain_unicode="bücher.example",
        input="bücher.example",
        input_line=3,
        source=name,
        extra=(("Owner", "Di"),),
    )


def test_cells_of_every_type_become_text(read_octets: ReadOctets) -> None:
    values = {
        "whole": (7.0, "7"),
        "part": (1.5, "1.5"),
        "flag": (True, "True"),
        "day": (date(2026, 11, 23), "2026-11-23"),
        "moment": (datetime(2026, 11, 23, 23, 1, 5, tzinfo=UTC).replace(tzinfo=None), "2026-11-23 23:01:05"),
        "time": (time(23, 1), "23:01:00"),
        "none": (None, ""),
        "text": (" a ", "a"),
    }
    rows: Rows = [["domain", *values, "last"], ["example.com", *(value for value, _ in values.values()), "x"]]
    (item,) = read_octets(workbook({"Sheet": rows}), "list.xlsx")
    assert isinstance(item, Target)
    assert dict(item.extra) == {**{name: text for name, (_, text) in values.items()}, "last": "x"}


def test_title_rows_gaps_and_blank_rows(read_octets: ReadOctets) -> None:
    rows: Rows = [["Our names"], [], [None, "Domain"], [None, "example.com"], [], [None, None, "x"], [None, "bad name"]]
    items = read_octets(workbook({"Sheet": rows}), "list.xlsx")
    assert domains(items) == ["example.com"]
    assert [(item.line, item.reason) for item in items if isinstance(item, Reject)] == [
        (1, "above the header row"),
        (6, "no domain in the row"),
        (7, "white space inside the name"),
    ]


@pytest.mark.parametrize(
    ("sheets", "hidden"),
    [
        ({"Cover": [["See www.example.org"], ["www.example.org"]], "Names": SIMPLE}, ()),
        ({"Cover": [["Name"], ["Doe Ltd"]], "Names": SIMPLE}, ()),
        ({"Old": [["Domain"], ["old.example"]], "Names": SIMPLE}, ("Old",)),
        ({"Empty": [], "Names": SIMPLE}, ()),
        ({"Names": SIMPLE, "More": [["Domain"], ["more.example"]]}, ()),
    ],
)
def test_the_first_visible_sheet_with_a_domain_column_is_read(
    sheets: dict[str, Rows], hidden: tuple[str, ...], read_octets: ReadOctets
) -> None:
    items = read_octets(workbook(sheets, hidden), "list.xlsx")
    assert domains(items) == ["example.com", "xn--bcher-kva.example"]


@pytest.mark.parametrize("sheet", ["Names 2", " names 2 "])
def test_the_sheet_asked_for(sheet: str, read_octets: ReadOctets) -> None:
    octets = workbook({"Names": SIMPLE, "Names 2": [["example.org"]]}, hidden=("Names 2",))
    assert domains(read_octets(octets, "list.xlsx", ListOptions(sheet=sheet))) == ["example.org"]


def test_no_such_sheet(read_octets: ReadOctets) -> None:
    octets = workbook({"Names": SIMPLE, "Others": []})
    with pytest.raises(UsageError) as refused:
        read_octets(octets, "list.xlsx", ListOptions(sheet="name"))
    assert str(refused.value) == "list.xlsx: no sheet 'name'; the sheets are: 'Names', 'Others'. Did you mean 'Names'?"


def test_the_column_asked_for_chooses_the_sheet(read_octets: ReadOctets) -> None:
    octets = workbook({"Names": SIMPLE, "Others": [["Site"], ["example.org"]]})
    assert domains(read_octets(octets, "list.xlsx", ListOptions(column="site"))) == ["example.org"]
    with pytest.raises(UsageError, match=r"^list.xlsx, sheet 'Names': no column 'sit'; the headers are: Domain, Owner"):
        read_octets(octets, "list.xlsx", ListOptions(column="sit"))


def test_a_workbook_without_domains_is_rejected_row_by_row(read_octets: ReadOctets) -> None:
    items = read_octets(workbook({"Sheet": [["a b"], ["c d"]]}), "list.xlsx")
    assert [(item.line, item.reason) for item in items if isinstance(item, Reject)] == [
        (1, "white space inside the name"),
        (2, "white space inside the name"),
    ]


def test_a_wrong_dimension_does_not_hide_rows(read_octets: ReadOctets) -> None:
    def shrink(name: str, content: bytes) -> bytes:
        return content.replace(b'ref="A1:B3"', b'ref="A1"') if name.endswith("sheet1.xml") else content

    octets = repacked(workbook({"Sheet": SIMPLE}), shrink)
    assert domains(read_octets(octets, "list.xlsx")) == ["example.com", "xn--bcher-kva.example"]


def test_an_absurd_row_number_ends(read_octets: ReadOctets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.targets.workbook.MAX_ROWS", 1_000)

    def far(_name: str, content: bytes) -> bytes:
        return content.replace(b'r="3"', b'r="2000000000"').replace(b'"A3"', b'"A2000000000"')

    octets = repacked(workbook({"Sheet": SIMPLE}), far)
    assert domains(read_octets(octets, "list.xlsx")) == ["example.com"]


def test_lone_surrogates_do_not_get_through(read_octets: ReadOctets) -> None:
    octets = workbook({"Sheet": [["domain", "note"], ["example.com", "a_xD800_b"]]})
    for item in read_octets(octets, "list.xlsx"):
        repr(item).encode()


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("name", "octets", "message"),
    [
        ("list.xls", b"domain\n", "list.xls: .xls files are not read; save the list as .xlsx or as CSV"),
        ("list.ods", b"PK\x03\x04", "list.ods: .ods files are not read; save the list as .xlsx or as CSV"),
        ("list", OLD_EXCEL, "an old (.xls) or encrypted Excel workbook"),
        ("list.xlsx", OLD_EXCEL, "an old (.xls) or encrypted Excel workbook"),
        ("-", b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "not read"),
        (
            "list.xlsx",
            b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "OpenDocument files are not read",
        ),
        ("list.xlsx", b"", "not a readable Excel workbook"),
        ("list.xlsx", b"example.com\n", "not a readable Excel workbook"),
        ("list.xlsx", b"PK\x03\x04" + bytes(100), "not a readable Excel workbook"),
        ("list.csv.gz", b"\x1f\x8b\x08", "compressed: unpack it first"),
        ("list.pdf", b"%PDF-1.7", "a PDF"),
        ("names.db", b"SQLite format 3\x00", "a database"),
    ],
)
def test_files_that_are_not_read(name: str, octets: bytes, message: str, read_octets: ReadOctets) -> None:
    with pytest.raises(UsageError) as refused:
        read_octets(octets, name)
    assert message in str(refused.value)
    assert str(refused.value).startswith(f"{name}: ")


SHARED = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", b""),
        ("xl/workbook.xml", b"<broken"),
        ("xl/workbook.xml", b"<worksheet/>"),
        ("xl/worksheets/sheet1.xml", b""),
        ("xl/worksheets/sheet1.xml", b"<broken"),
        ("xl/worksheets/sheet1.xml", b"\x00\xff"),
        ("xl/worksheets/sheet1.xml", SHARED),  # a string that is not in the table of strings
        ("[Content_Types].xml", b"<broken"),
        ("[Content_Types].xml", b"<Types/>"),  # no part of it is said to be the workbook
        ("xl/styles.xml", b"<broken"),
    ],
)
def test_damage_inside_is_a_message(part: str, content: bytes, read_octets: ReadOctets) -> None:
    def damage(name: str, old: bytes) -> bytes:
        return content if name == part else old

    octets = repacked(workbook({"Sheet": SIMPLE}), damage)
    with pytest.raises(UsageError, match=r"^list.xlsx: "):
        read_octets(octets, "list.xlsx")


def test_a_sheet_that_is_empty_of_rows_is_an_empty_list(read_octets: ReadOctets) -> None:
    octets = repacked(
        workbook({"Sheet": SIMPLE}), lambda name, old: b"<worksheet/>" if name.endswith("sheet1.xml") else old
    )
    assert read_octets(octets, "list.xlsx") == []


def test_a_truncated_workbook_is_a_message(read_octets: ReadOctets) -> None:
    octets = workbook({"Sheet": SIMPLE})
    with pytest.raises(UsageError, match="not a readable Excel workbook"):
        read_octets(octets[: len(octets) // 2], "list.xlsx")


def test_a_workbook_that_unpacks_to_too_much(read_octets: ReadOctets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.targets.workbook.MAX_UNPACKED", 1_000)
    with pytest.raises(UsageError, match="unpacks to"):
        read_octets(workbook({"Sheet": SIMPLE}), "list.xlsx")
