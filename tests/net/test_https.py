"""One GET, against servers that answer in every way."""

from collections.abc import Sequence

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import memory_stream_pair

from auditor.model.mta_sts import FetchOutcome
from auditor.net.failure import ContactFailure
from auditor.net.https import MAX_BODY_OCTETS, MAX_HEAD_OCTETS, MAX_OCTETS, FetchFailure, Head, HttpGet

HOST, PATH = "mta-sts.example.com", "/.well-known/mta-sts.txt"
AGENT = "auditor (auditor.example)"
OK = b"HTTP/1.1 200 OK\r\n"


class Octets:
    """A stream that gives the pieces it was made of, one for each time it is read, and then its end."""

    def __init__(self, *pieces: bytes) -> None:
        self.sent = b""
        self.reads = 0
        self._pieces = iter(pieces)

    async def send_all(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self.sent += data

    async def receive_some(self, max_bytes: int) -> bytes:
        await trio.lowlevel.checkpoint()
        self.reads += 1
        piece = next(self._pieces, b"")
        assert len(piece) <= max_bytes
        return piece

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


def in_pieces(octets: bytes, size: int) -> list[bytes]:
    return [octets[at : at + size] for at in range(0, len(octets), size)]


async def get(*pieces: bytes) -> tuple[Head, bytes, bool]:
    """The head, the body, and whether only the end of the connection ended the body."""
    http = HttpGet(Octets(*pieces), AGENT)
    head = await http.head(HOST, PATH)
    body = await http.body()
    return head, body, http.ended_by_close


@pytest.mark.parametrize(("port", "authority"), [(443, HOST), (8443, f"{HOST}:8443")])
async def test_the_request_says_what_it_wants_and_who_asks(port: int, authority: str) -> None:
    stream = Octets(OK + b"\r\n")
    await HttpGet(stream, AGENT).head(HOST, PATH, port)
    request, *fields = stream.sent.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
    assert request == f"GET {PATH} HTTP/1.1"
    assert fields == [
        f"Host: {authority}",
        f"User-Agent: {AGENT}",
        "Accept: text/plain",
        "Connection: close",
    ]


BODIES = {
    "by its length": (OK + b"Content-Length: 4\r\n\r\nbody", b"body", False),
    "of no length": (OK + b"Content-Length: 0\r\n\r\n", b"", False),
    "in chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\n\r\n", b"body", False),
    "with trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n", b"body", False),
    "by the end": (OK + b"\r\nbody", b"body", True),
    "of HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nbody", b"body", True),
    "with more after it": (OK + b"Content-Length: 4\r\n\r\nbodymore", b"body", False),
    "after 1xx": (
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nbody",
        b"body",
        False,
    ),
    "with bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 4\n\nbody", b"body", False),
    "without a reason": (b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nbody", b"body", False),
    "in octets": (OK + b"Content-Length: 3\r\n\r\n\xff\x00\r", b"\xff\x00\r", False),
    "as large as may be": (OK + b"\r\n" + b"x" * MAX_BODY_OCTETS, b"x" * MAX_BODY_OCTETS, True),
}


@pytest.mark.parametrize("size", [1, 3, 16_384])
@pytest.mark.parametrize("case", BODIES)
async def test_bodies_are_read_however_they_are_framed_and_cut(case: str, size: int) -> None:
    octets, body, ended_by_close = BODIES[case]
    head, seen, by_close = await get(*in_pieces(octets, max(size, len(octets) // 100)))
    assert (head.status, seen, by_close) == (200, body, ended_by_close)


async def test_fields_are_found_by_lower_case_name_the_first_of_each() -> None:
    head, *_ = await get(OK + b"Content-Type: text/plain\r\nCONTENT-TYPE: text/html\r\nX: \xe9\r\n\r\n")
    assert (head.headers["content-type"], head.headers["x"]) == ("text/plain", "\xe9")


async def test_a_redirect_is_an_answer_like_any_other() -> None:
    stream = Octets(b"HTTP/1.1 301 Moved\r\nLocation: https://www.example.com/\r\nContent-Length: 0\r\n\r\n")
    head = await HttpGet(stream, AGENT).head(HOST, PATH)
    assert (head.status, head.headers["location"]) == (301, "https://www.example.com/")
    assert stream.reads == 1


FAILURES: dict[str, tuple[Sequence[bytes], FetchOutcome]] = {
    "nothing": ([], FetchOutcome.UNREACHABLE),
    "half a status line": ([b"HTTP/1.1 2"], FetchOutcome.UNREACHABLE),
    "half a head": ([OK + b"Content-Le"], FetchOutcome.UNREACHABLE),
    "a body that is too short": ([OK + b"Content-Length: 5\r\n\r\nbody"], FetchOutcome.UNREACHABLE),
    "a chunk that is too short": (
        [OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nbody"],
        FetchOutcome.UNREACHABLE,
    ),
    "no last chunk": ([OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"], FetchOutcome.UNREACHABLE),
    "HTTP/0.9": ([b"version: STSv1\r\nmode: enforce\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "HTTP/0.9 without an empty line": ([b"version: STSv1\r\n"], FetchOutcome.NOT_HTTP),
    "two octets": ([b"HT"], FetchOutcome.UNREACHABLE),
    "HTTP/2": ([b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "SMTP": ([b"220 mx.example.com ESMTP\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "a field without a name": ([OK + b": x\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "a length that is none": ([OK + b"Content-Length: many\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "two lengths": ([OK + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody"], FetchOutcome.NOT_HTTP),
    "a chunk that is none": ([OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"], FetchOutcome.NOT_HTTP),
    "an unheard-of transfer coding": ([OK + b"Transfer-Encoding: gzip\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "another protocol": ([b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"], FetchOutcome.NOT_HTTP),
    "a body that is too large": ([OK + b"\r\n", *[b"x" * 10_000] * 7], FetchOutcome.OVERSIZED),
    "one octet too much": ([OK + b"\r\n", *in_pieces(b"x" * (MAX_BODY_OCTETS + 1), 16_384)], FetchOutcome.OVERSIZED),
    "a line without end": ([OK + b"X: ", *[b"x" * 10_000] * 4], FetchOutcome.OVERSIZED),
    "fields without end": ([OK, *[b"X: y\r\n" * 1000] * 9], FetchOutcome.OVERSIZED),
    "1xx without end": ([b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 10_000 + b"\r\n\r\n"] * 30, FetchOutcome.OVERSIZED),
    "chunks of one octet": (
        [OK + b"Transfer-Encoding: chunked\r\n\r\n", *[(b"1;" + b"x" * 15 + b"\r\nx\r\n") * 700] * 18],
        FetchOutcome.OVERSIZED,
    ),
}


@pytest.mark.parametrize("case", FAILURES)
async def test_what_is_no_whole_response_ends_the_fetch(case: str) -> None:
    pieces, outcome = FAILURES[case]
    with pytest.raises(FetchFailure) as caught:
        await get(*pieces)
    assert caught.value.outcome == outcome
    assert 0 < len(caught.value.words) <= 300


@pytest.mark.parametrize("flood", [b"X: y\r\n" * 100, b"HTTP/1.1 100 Continue\r\n\r\n" * 100, b"x" * 1000])
async def test_of_a_flood_little_is_read(flood: bytes) -> None:
    stream = Octets(*[flood] * 10_000)
    http = HttpGet(stream, AGENT)
    with pytest.raises(FetchFailure):
        await http.head(HOST, PATH)
    assert stream.reads * len(flood) <= MAX_OCTETS + len(flood)


async def test_the_largest_head_is_taken() -> None:
    filling = b"X: " + b"x" * (MAX_HEAD_OCTETS - len(OK) - len(b"X: \r\n\r\n")) + b"\r\n\r\n"
    head, *_ = await get(*in_pieces(OK + filling, 4096))
    assert head.status == 200


async def test_a_connection_that_breaks_is_a_failure_of_contact() -> None:
    ours, theirs = memory_stream_pair()
    await theirs.aclose()
    with pytest.raises(ContactFailure):
        await HttpGet(ours, AGENT).head(HOST, PATH)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6), st.sampled_from([b"", OK, OK + b"\r\n"]))
def test_any_octets_end_in_a_response_or_a_failure(pieces: list[bytes], start: bytes) -> None:
    async def outcome() -> FetchOutcome:
        try:
            await get(*filter(None, [start]), *pieces)
        except FetchFailure as failure:
            return failure.outcome
        return FetchOutcome.FETCHED

    assert trio.run(outcome) in {FetchOutcome.FETCHED, FetchOutcome.NOT_HTTP, FetchOutcome.UNREACHABLE}
