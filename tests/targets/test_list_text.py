"""Text lists: octets to lines, comments, encodings, line ends."""

import codecs
import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.target import Reject, Target
from auditor.targets.octets import LONGEST_LINE, Line, read_head, read_lines

ReadOctets = Callable[..., list[Target | Reject]]

ENCODINGS = {
    "utf-8": (b"", "utf-8"),
    "utf-8 with BOM": (codecs.BOM_UTF8, "utf-8"),
    "utf-16-le with BOM": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "utf-16-be with BOM": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "utf-16-le": (b"", "utf-16-le"),
    "utf-16-be": (b"", "utf-16-be"),
    "utf-32-le with BOM": (codecs.BOM_UTF32_LE, "utf-32-le"),
    "latin-1": (b"", "latin-1"),
    "cp1252": (b"", "cp1252"),
}
FORMS = {
    "list.txt": ["# names", "example.com", "", "bücher.example # Käufer", "example.org"],
    "list.csv": ["domain,owner", "example.com,Jo", "bücher.example,Käthe", '"example.org","Doe, Jo"'],
    "semicolons.csv": ["owner;domain", "Jo;example.com", "Käthe;bücher.example", '"Doe; Jo";example.org'],
    "list.tsv": ["owner\tdomain", "Jo\texample.com", "Käthe\tbücher.example", '"Doe\tJo"\texample.org'],
    "pipes.txt": ["owner|domain", "Jo|example.com", "Käthe|bücher.example", '"Doe|Jo"|example.org'],
    "no-header.csv": ["example.com,Jo", "bücher.example,Käthe", "example.org,Doe"],
    "list.zone": ["$ORIGIN example.", "@ SOA a b 1 2 3 4 5", "bücher MX 10 a ; Käthe", "example.com. MX 10 a"],
}


def lines_of(octets: bytes) -> list[Line]:
    stream = io.BytesIO(octets)
    return list(read_lines(read_head(stream), stream))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_form_in_every_encoding_with_every_line_end(
    encoding: str, name: str, end: str, read_octets: ReadOctets
) -> None:
    bom, codec = ENCODINGS[encoding]
    expected = read_octets("\n".join(FORMS[name]), name)
    assert "xn--bcher-kva.example" in [item.domain for item in expected if isinstance(item, Target)]
    assert read_octets(bom + end.join(FORMS[name]).encode(codec), name) == expected


def test_comments_and_blank_lines(read_octets: ReadOctets) -> None:
    items = read_octets("# ours\n\n  \t\nexample.com  # the main one\n  # indented\nexample.org\t#x\nfoo#bar.example\n")
    assert [(item.input_line, item.input) for item in items if isinstance(item, Target)] == [
        (4, "example.com"),
        (6, "example.org"),
    ]
    # Without white space before it, a # begins a URL's fragment.
    assert [item for item in items if isinstance(item, Reject)] == [
        Reject(source="list.txt", line=7, text="foo#bar.example", reason="single label")
    ]


def test_repeats_are_the_journal_s_to_drop(read_octets: ReadOctets) -> None:
    assert [item.key for item in read_octets("example.com\nEXAMPLE.com.\n") if isinstance(item, Target)] == [
        "example.com",
        "example.com",
    ]


def test_a_target_keeps_the_text_as_written(read_octets: ReadOctets) -> None:
    assert read_octets("Jo <jo@BÜCHER.example>\n") == [
        Target(
            domain="xn--bcher-kva.example",
            domain_unicode="bücher.example",
            input="Jo <jo@BÜCHER.example>",
            input_line=1,
            source="list.txt",
        )
    ]


def test_one_late_line_in_latin_1_spoils_no_other(read_octets: ReadOctets) -> None:
    octets = "bücher.example\n".encode() * 2_000 + "käse.example\n".encode("latin-1") + "straße.example".encode()
    shown = [item.domain_unicode for item in read_octets(octets) if isinstance(item, Target)]
    assert shown == ["bücher.example"] * 2_000 + ["käse.example", "straße.example"]


def test_octets_that_windows_1252_leaves_undefined(read_octets: ReadOctets) -> None:
    (item,) = read_octets(b"exa\x81mple.com")
    assert isinstance(item, Reject)
    assert item.text == "exa\x81mple.com"


def test_lists_set_end_to_end_keep_a_byte_order_mark_in_the_middle(read_octets: ReadOctets) -> None:
    items = read_octets(b"example.com\n" + codecs.BOM_UTF8 + b"example.org\n")
    assert [item.domain for item in items if isinstance(item, Target)] == ["example.com", "example.org"]


@pytest.mark.parametrize("octets", [b"", b"\n", b"\r\n \r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"# only this"])
def test_lists_of_nothing(octets: bytes, read_octets: ReadOctets) -> None:
    assert read_octets(octets) == []
    assert read_octets(octets, "list.csv") == []


def test_a_line_of_exactly_the_limit_is_read_and_one_octet_more_is_not() -> None:
    assert lines_of(b"a" * LONGEST_LINE + b"\r\nb") == [Line(1, "a" * LONGEST_LINE), Line(2, "b")]
    assert lines_of(b"a" * (LONGEST_LINE + 1) + b"\r\nb") == [Line(1, "a" * 200, too_long=True), Line(2, "b")]


@pytest.mark.parametrize("size", [200_000, 131_072 - 12, 131_072 - 13, 131_072 - 14])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_long_line_is_rejected_and_the_next_one_read(size: int, end: bytes, read_octets: ReadOctets) -> None:
    items = read_octets(b"example.com" + end + b"x" * size + end + b"example.org" + end)
    assert [item.domain if isinstance(item, Target) else (item.line, item.reason) for item in items] == [
        "example.com",
        (2, "line over 64 KiB"),
        "example.org",
    ]


class Dribble(io.RawIOBase):
    """A stream that gives at most so many octets at a time."""

    def __init__(self, octets: bytes, most: int) -> None:
        self.rest = octets
        self.most = most

    def read(self, size: int = -1, /) -> bytes:
        size = self.most if size < 0 else min(size, self.most)
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


@pytest.mark.parametrize("most", [1, 2, 3, 7])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_where_the_chunks_end_changes_nothing(most: int, encoding: str) -> None:
    text = "a\r\n\r\nbü\rc\n" * 1_000 + "d"
    octets = text.encode(encoding)
    stream = Dribble(octets, most)
    lines = read_lines(read_head(stream), stream)  # type: ignore[arg-type]  # a raw stream has what is used
    assert list(lines) == [Line(number, each) for number, each in enumerate(text.splitlines(), 1)]


@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"bb", b"\xc3", b"\xbc"]), max_size=30))
def test_lines_are_those_of_python(pieces: list[bytes]) -> None:
    octets = b"".join(pieces)
    assert [line.number for line in lines_of(octets)] == list(range(1, len(octets.splitlines()) + 1))
