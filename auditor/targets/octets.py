"""From octets to lines of text: any encoding, any line end, bounded memory.

Every line is decoded by itself, as UTF-8 and failing that as Windows-1252, so that
one late Latin-1 line neither spoils the list nor needs the whole of it to be seen.
UTF-16 is recognised by its BOM or by the NULs of its ASCII characters.
"""

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

CHUNK = 65_536
LONGEST_LINE = 65_536
"""Octets in the longest line taken (of UTF-8, where the list is UTF-16): no name needs a thousandth of it."""

_SAMPLE = 4_096
_SHOWN = 200
_BOMS = (
    # UTF-32's little-endian BOM begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Line(NamedTuple):
    """One line without its end; of one that is too long, the beginning."""

    number: int
    text: str
    too_long: bool = False


def read_head(stream: BinaryIO) -> bytes:
    """Return the first octets of a stream: 4 KiB, or all if it ends before."""
    head = b""
    while len(head) < _SAMPLE:
        chunk = stream.read(_SAMPLE - len(head))
        if not chunk:
            break
        head += chunk
    return head


def read_lines(head: bytes, stream: BinaryIO) -> Iterator[Line]:
    """Yield the lines of ``head`` and then of the rest of the stream, from number 1."""
    encoding, bom = _encoding(head)
    chunks = _chunks(head[bom:], stream)
    return _split(chunks if encoding == "utf-8" else _to_utf8(chunks, encoding))


def _encoding(head: bytes) -> tuple[str, int]:
    """Return the codec's name and the length of the BOM."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, len(bom)
    even, odd = head[::2], head[1::2]
    if odd.count(0) * 2 > len(odd) and 0 not in even:
        return "utf-16-le", 0
    if even.count(0) * 2 > len(even) and 0 not in odd:
        return "utf-16-be", 0
    return "utf-8", 0


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield head
    while chunk := stream.read(CHUNK):
        yield chunk


def _to_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _split(chunks: Iterable[bytes]) -> Iterator[Line]:
    number = 0
    pending = b""
    for chunk in chunks:
        pieces = (pending + chunk).splitlines(keepends=True)
        # A CR at the end waits too: an LF that belongs to it may follow.
        pending = pieces.pop() if pieces and not pieces[-1].endswith(b"\n") else b""
        for number, piece in enumerate(pieces, number + 1):  # noqa: B020 - goes on from the last number
            yield _line(number, piece)
        if len(pending) > LONGEST_LINE + 2:
            pending = pending[: LONGEST_LINE + 2] + pending[-1:]
    if pending:
        yield _line(number + 1, pending)


def _line(number: int, octets: bytes) -> Line:
    octets = octets.rstrip(b"\r\n")
    if len(octets) > LONGEST_LINE:
        return Line(number, octets[:_SHOWN].decode("utf-8", "replace"), too_long=True)
    return Line(number, _decode(octets))


def _decode(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        pass
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
