"""What users hand over: lists of every kind, names, ranges, block lists, and the settings."""

import io
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from auditor.errors import UsageError
from auditor.model.target import Reject
from auditor.model.target import Target as Named
from auditor.net.dial import parse_connect_to
from auditor.net.dns_servers import Server, read_server
from auditor.settings import make_config
from auditor.targets.blocklist import Blocklist
from auditor.targets.direct import parse_entry
from auditor.targets.entries import to_targets
from auditor.targets.names import BadNameError, clean_name, unicode_name
from auditor.targets.octets import LONGEST_LINE, Line, read_head, read_lines
from auditor.targets.options import ListOptions, parse_shard
from auditor.targets.reader import read_list
from tests.fuzz.target import Pieces, Target, cuts

_NAMES = ("list.txt", "list.csv", "list.tsv", "a.test.zone", "-", "db.a.test", "list.dat")
_OPTIONS = (ListOptions(), ListOptions(column="domain"), ListOptions(column="2"), ListOptions(shard=(1, 2)))
_MOST = 2_000  # targets that are looked at: one range has 65,536


class Slow:
    """A stream that gives what it has in pieces, as pipes do."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = list(filter(None, chunks))

    def read(self, size: int) -> bytes:
        if not self._chunks:
            return b""
        taken, self._chunks[0] = self._chunks[0][:size], self._chunks[0][size:]
        self._chunks = list(filter(None, self._chunks))
        return taken

    def seekable(self) -> bool:
        return False


def check_lines(octets: bytes) -> None:
    head, rest = octets[:16], octets[16:]  # by the head alone the encoding is known
    whole, *others = (_lines(chunks, head) for chunks in cuts(rest))
    assert all(other == whole for other in others)
    assert [line.number for line in whole] == list(range(1, len(whole) + 1))
    assert all(len(line.text) <= LONGEST_LINE for line in whole)


def _lines(chunks: list[bytes], head: bytes = b"") -> list[Line]:
    stream = cast("BinaryIO", Slow(chunks))
    return list(read_lines(head or read_head(stream), stream))


def check_list(octets: bytes) -> None:
    pieces = Pieces(octets)
    name, options = pieces.one_of(_NAMES), pieces.one_of(_OPTIONS)
    content = pieces.rest()
    try:
        items = list(islice(to_targets(read_list(io.BytesIO(content), name, options), options.shard), _MOST))
    except UsageError:
        return
    _assert_items(items)
    if name == "list.txt" and not any(mark in content for mark in b'\x00,;\t|:$"') and not _like_table(content):
        wanted = {line.number for line in _lines([content]) if line.text.strip() and line.text.strip()[0] != "#"}
        assert options.shard or len(items) == _MOST or {_line_of(item) for item in items} == wanted


def _like_table(content: bytes) -> bool:
    """A header, an SOA record, or a magic number in the text, which is no plain list then."""
    lower = content.lower()
    return b"soa" in lower or not content.isascii() or any(word in lower for word in _HEADERS) or content[:2] == b"PK"


_HEADERS = (
    b"domain",
    b"name",
    b"host",
    b"mail",
    b"server",
    b"zone",
    b"target",
    b"dns",
    b"site",
    b"url",
    b"dom",
    b"fqdn",
    b"corr",
    b"cour",
    b"indi",
)


def _line_of(item: Named | Reject) -> int:
    return item.line if isinstance(item, Reject) else item.input_line


def _assert_items(items: Iterable[Named | Reject]) -> None:
    for item in items:
        if isinstance(item, Reject):
            assert item.reason
            assert len(item.text) <= 200
            item.text.encode()
            continue
        item.input.encode()
        assert item.input_line >= 1
        _assert_domain(item.domain, direct=item.direct)


def _assert_domain(domain: str, *, direct: bool) -> None:
    """A name that stands for itself wherever it is read again."""
    assert domain.isascii()
    assert domain == domain.lower()
    assert len(domain) <= 253
    if not direct:
        assert clean_name(domain) == domain
        (again,) = parse_entry(domain)
        assert again.domain == domain


def check_names(octets: bytes) -> None:
    text = octets.decode(errors="surrogateescape")
    for host in (False, True):
        with suppress(BadNameError):
            name = clean_name(text, host=host)
            assert clean_name(name, host=host) == name
            assert name.isascii()
            assert len(name) <= 253
            shown = unicode_name(name)
            assert clean_name(shown, host=host) == name, shown


def check_entries(octets: bytes) -> None:
    text = octets.decode(errors="replace")
    try:
        named = list(islice(parse_entry(text, large_ranges=bool(len(octets) % 2)), 100))
    except BadNameError:
        return
    assert named
    for one in named:
        _assert_domain(one.domain, direct=one.direct)
        assert one.port is None or 1 <= one.port <= 65_535
        assert one.direct or not one.sought


def check_blocklist(octets: bytes) -> None:
    lines = octets.decode(errors="surrogateescape").split("\n")
    with suppress(UsageError):
        blocked = Blocklist.of(((line, number) for number, line in enumerate(lines, 1)), "list")
        again = Blocklist.of(blocked.entries(), "list")
        assert list(again.entries()) == list(blocked.entries())
        for entry, _ in islice(blocked.entries(), 50):
            host = entry.partition("/")[0]
            assert blocked.blocks_host(host)
            assert "/" in entry or blocked.blocks_domain(f"x.{host}.")


_CONTENT_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_CONTENT_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def check_workbook(octets: bytes) -> None:
    """One part of a workbook is the input; or the whole file is."""
    pieces = Pieces(octets)
    part, options = pieces.octet() % 6, pieces.one_of(_OPTIONS)
    content = pieces.rest()
    file = io.BytesIO(b"PK\x03\x04" + content if part == 5 else workbook(part, content))
    with suppress(UsageError):
        _assert_items(list(islice(to_targets(read_list(file, "list.xlsx", options), None), _MOST)))


def workbook(part: int, content: bytes) -> bytes:
    """A workbook in which one part is this: the sheet's rows, or another of its files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for place, (name, text) in enumerate(_PARTS.items(), 1):
            archive.writestr(name, content if place == part else text)
        rows = content if part == 0 else b'<row><c t="inlineStr"><is><t>a.test</t></is></c></row>'
        sheet = f'<worksheet xmlns="{_SHEETS}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


def check_options(octets: bytes) -> None:
    text = octets.decode(errors="surrogateescape")
    with suppress(UsageError):
        (host, port), (address, to_port) = parse_connect_to(text)
        first, second = (f"[{one}]" if ":" in one else one for one in (host, address))
        assert parse_connect_to(f"{first}:{port}:{second}:{to_port}") == ((host, port), (address, to_port))
    with suppress(UsageError):
        server = read_server(text)
        ip_address(server.address)
        assert read_server(_written(server)) == server
    with suppress(UsageError):
        part, parts = parse_shard(text)
        assert 1 <= part <= parts


def _written(server: Server) -> str:
    return f"[{server.address}]:{server.port}" if ":" in server.address else f"{server.address}:{server.port}"


def check_settings(octets: bytes) -> None:
    path = _settings_file()
    path.write_bytes(octets)
    with suppress(UsageError):
        config = make_config({}, path)
        assert make_config(config.model_dump(exclude_unset=True)) == config


@cache
def _settings_file() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-")) / "auditor.toml"


_LIST_WORDS = (
    *(b"example.com", b"domain", b",", b";", b"\t", b'"', b"\n", b"\r\n", b"\r", b"#", b"\x00", b"\xff", b"\xc3\xbc"),
    *(b"$ORIGIN x.", b" SOA ", b"(", b")", b"\\", b" MX 10 a", b"@ ", b"$GENERATE", b"$INCLUDE", b"192.0.2.0/30"),
    *(b"sep=;\n", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"[::1]:25", b"xn--"),
)
_NAMES_WORDS = (
    *(
        b"http://",
        b"mailto:",
        b"user@",
        b"<",
        b">",
        b"xn--",
        b"xn--bcher-kva",
        b"\xc3\x9f",
        b"\xe2\x80\x8d",
        b"\xe3\x80\x82",
    ),
    *(
        b".",
        b":25",
        b"[",
        b"]",
        b"/24",
        b"/30",
        b"192.0.2.1",
        b"2001:db8::1",
        b"*.",
        b"_",
        b"-",
        b"\xd9\xa1",
        b"\xd7\x90",
    ),
    *(b"\xcc\x81", b"\xe2\x80\xae", b"\xc2\xad", b"\xef\xbc\x8e", b"example.com", b"%eth0", b"::ffff:", b"\xc2\xb7"),
)
_SHEET_WORDS = (
    *(b'<row r="1">', b"</row>", b'<c t="inlineStr"><is><t>', b"</t></is></c>", b'<c r="B1"><v>1</v></c>', b"domain"),
    *(
        b'<c t="s"><v>0</v></c>',
        b'<c t="d"><v>2026-01-01</v></c>',
        b'<c t="e"><v>#REF!</v></c>',
        b"&#0;",
        b"&lt;",
        b"\x00",
    ),
    *(b'<c r="XFD1048577">', b'<c t="b"><v>1</v></c>', b"<v>1e999</v>", b"<f>1+1</f>", b'r="0"', b'r="-1"', b"<!--"),
)
_OPTION_WORDS = (b"[2001:db8::1]", b":25:", b"192.0.2.1", b"mx.a.test", b":53", b"1/2", b"[", b"]", b"%", b"\xd9\xa1")
_SETTINGS_WORDS = (
    *(
        b'resolver = ["192.0.2.1"]\n',
        b"per-host = 2\n",
        b'output = "x"\n',
        b"nameservers = true\n",
        b"[",
        b"]",
        b"= ",
        b'"',
    ),
    *(
        b"allow-net = ['10.0.0.0/8']\n",
        b"at = 2026-01-01T00:00:00Z\n",
        b"'''",
        b"{",
        b"}",
        b"nan",
        b"inf",
        b"1e400",
        b"\n",
    ),
    *(b"timeout = ", b'name = "a/b"\n', b'dkim-selector = ["x"]\n', b"connect-to = []\n", b'fail-on = "high"\n', b"0x"),
)

TARGETS = (
    Target("lines", check_lines, _LIST_WORDS, longest=8192, share=6),
    Target("list", check_list, _LIST_WORDS, share=4),
    Target("names", check_names, _NAMES_WORDS, longest=1500, share=6),
    Target("entries", check_entries, _NAMES_WORDS, longest=400, share=8),
    Target("blocklist", check_blocklist, _NAMES_WORDS, longest=1500, share=4),
    # A row numbered 1,048,576 has so many before it, at a microsecond each.
    Target("workbook", check_workbook, _SHEET_WORDS, longest=3000, share=0.15, limit_ms=5000),
    Target("options", check_options, _OPTION_WORDS, longest=200, share=10),
    Target("settings", check_settings, _SETTINGS_WORDS, longest=2000, share=1),
)
