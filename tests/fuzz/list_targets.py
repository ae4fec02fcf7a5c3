"""What users hand over: lists of text of every kind, names, ranges, block lists."""

import io
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, cast

from auditor.errors import UsageError
from auditor.model.target import Reject
from auditor.model.target import Target as Named
from auditor.targets.blocklist import Blocklist
from auditor.targets.direct import parse_entry
from auditor.targets.entries import to_targets
from auditor.targets.names import BadNameError, clean_name, unicode_name
from auditor.targets.octets import LONGEST_LINE, Line, read_head, read_lines
from auditor.targets.options import ListOptions
from auditor.targets.reader import read_list
from tests.fuzz.target import Pieces, Target, cuts

_NAMES = ("list.txt", "list.csv", "list.tsv", "a.test.zone", "-", "db.a.test", "list.dat")
OPTIONS = (ListOptions(), ListOptions(column="domain"), ListOptions(column="2"), ListOptions(shard=(1, 2)))
MOST = 2_000  # targets that are looked at: one range has 65,536


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
    name, options = pieces.one_of(_NAMES), pieces.one_of(OPTIONS)
    content = pieces.rest()
    try:
        items = list(islice(to_targets(read_list(io.BytesIO(content), name, options), options.shard), MOST))
    except UsageError:
        return
    assert_items(items)
    if name == "list.txt" and not any(mark in content for mark in b'\x00,;\t|:$"') and not _like_table(content):
        wanted = {line.number for line in _lines([content]) if line.text.strip() and line.text.strip()[0] != "#"}
        assert options.shard or len(items) == MOST or {_line_of(item) for item in items} == wanted


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


def assert_items(items: Iterable[Named | Reject]) -> None:
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

TARGETS = (
    Target("lines", check_lines, _LIST_WORDS, longest=8192, share=6),
    Target("list", check_list, _LIST_WORDS, share=4),
    Target("names", check_names, _NAMES_WORDS, longest=1500, share=6),
    Target("entries", check_entries, _NAMES_WORDS, longest=400, share=8),
    Target("blocklist", check_blocklist, _NAMES_WORDS, longest=1500, share=4),
)
