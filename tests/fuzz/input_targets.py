"""What users hand over besides: workbooks, options, the settings file."""

import io
import tempfile
import zipfile
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from itertools import islice
from pathlib import Path

from auditor.errors import UsageError
from auditor.net.dial import parse_connect_to
from auditor.net.dns_servers import Server, read_server
from auditor.settings import make_config
from auditor.targets.entries import to_targets
from auditor.targets.options import parse_shard
from auditor.targets.reader import read_list
from tests.fuzz.list_targets import MOST, OPTIONS, assert_items
from tests.fuzz.target import Pieces, Target

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
    part, options = pieces.octet() % 6, pieces.one_of(OPTIONS)
    content = pieces.rest()
    file = io.BytesIO(b"PK\x03\x04" + content if part == 5 else workbook(part, content))
    with suppress(UsageError):
        assert_items(list(islice(to_targets(read_list(file, "list.xlsx", options), None), MOST)))


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
    # A row numbered 1,048,576 has so many before it, at a microsecond each.
    Target("workbook", check_workbook, _SHEET_WORDS, longest=3000, share=0.15, limit_ms=5000),
    Target("options", check_options, _OPTION_WORDS, longest=200, share=10),
    Target("settings", check_settings, _SETTINGS_WORDS, longest=2000, share=1),
)
