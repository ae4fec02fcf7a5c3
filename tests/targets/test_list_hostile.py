"""Whatever a list holds, there is a target, a reject or a usage error; and memory stays bounded."""

import io
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.model.target import Reject, Target
from auditor.targets import ListOptions, read_targets
from auditor.targets.entries import to_targets
from auditor.targets.reader import read_list

ReadOctets = Callable[..., list[Target | Reject]]

PIECES = (
    *(b"example.com", b"domain", b",", b";", b"\t", b'"', b"\n", b"\r", b"#", b" ", b"\0", b"\xff", b"\xc3\xbc"),
    *(b"$ORIGIN x.", b"SOA", b"(", b")", b"\\", b"MX", b"@", b"$", b"192.0.2.0/30", b"[::1]:25", b"sep=;"),
    *(b"PK\x03\x04", b"$GENERATE", b"$INCLUDE", b"\xef\xbb\xbf", b"<", b">", b"xn--", b".", b"/", b"%"),
)
octets_of_lists = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=120).map(lambda text: text.encode("utf-16")),
    st.lists(
        st.sampled_from(PIECES),
        max_size=30,
    ).map(b"".join),
)
names = st.sampled_from(["list.txt", "list.csv", "list.tsv", "a.zone", "x.example.db", "-", "list.xlsx"])
options = st.builds(
    ListOptions, column=st.sampled_from([None, None, "domain", "2"]), sheet=st.sampled_from([None, "x"])
)


@pytest.mark.slow
@settings(deadline=None, max_examples=1_500, derandomize=True)
@given(octets_of_lists, names, options)
@example(b'"', "list.csv", ListOptions())
@example(b"sep=", "list.csv", ListOptions())
@example(b"sep=;", "list.csv", ListOptions())
@example(b'sep="\na"b', "list.csv", ListOptions())
def test_nothing_but_usage_errors(octets: bytes, name: str, chosen: ListOptions) -> None:
    try:
        items = list(to_targets(read_list(io.BytesIO(octets), name, chosen), None))
    except UsageError as error:
        assert name in str(error)  # noqa: PT017 - either end is right
        return
    for item in items:
        assert isinstance(item, Target) or item.reason
        repr(item).encode()


def test_random_octets(read_octets: ReadOctets) -> None:
    source = random.Random(20261123)  # noqa: S311 - data, not secrets
    for _ in range(20):
        assert all(isinstance(item, Target | Reject) for item in read_octets(source.randbytes(3_000)))


def test_every_line_that_is_neither_blank_nor_comment_is_accounted_for(read_octets: ReadOctets) -> None:
    lines = ["example.com", "\0", "bad name", "", "# x", "\x1b[31m", "x" * 70_000, "=1+1", "a.example,", "\u202e", "*"]
    items = read_octets("\n".join(lines))
    numbers = [item.input_line if isinstance(item, Target) else item.line for item in items]
    assert numbers == [1, 2, 3, 6, 7, 8, 9, 10, 11]
    assert [isinstance(item, Target) for item in items].count(True) == 2


class Endless(io.RawIOBase):
    """A stream made as it is read: a block of lines, so many times."""

    def __init__(self, block: bytes, times: int) -> None:
        self.block = block
        self.times = times
        self.rest = b""

    def read(self, size: int = -1, /) -> bytes:
        while len(self.rest) < size and self.times:
            self.rest += self.block
            self.times -= 1
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


def peak_octets() -> tuple[int, int, int]:
    """Return the targets, the rejects, and the peak of memory while they were read from standard input."""
    targets = rejects = 0
    tracemalloc.start()
    try:
        for item in read_targets(["-"], ListOptions()):
            targets += isinstance(item, Target)
            rejects += isinstance(item, Reject)
        return targets, rejects, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("block", "each"),
    [
        (b"".join(b"name%d.example\n" % number for number in range(2_500)), 2_500),
        (b"".join(b"name%d.example;owner\n" % number for number in range(1_000)), 1_000),
        ("".join(f"name{number}.example\n" for number in range(1_000)).encode("utf-16-le"), 1_000),
    ],
    ids=["text", "table", "utf-16"],
)
def test_memory_does_not_grow_with_the_list(block: bytes, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = []
    for times in (30, 120):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Endless(block, times)))
        targets, rejects, peak = peak_octets()
        assert (targets, rejects) == (each * times, 0)
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 100_000
    assert peaks[1] < 2_000_000


@pytest.mark.slow
def test_a_line_of_five_megabytes_is_never_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = b"example.com\n" + b"x" * 65_536
    for block, expected in ((b"x" * 65_536, (0, 1)), (lines, (1, 80))):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Endless(block, 80)))
        targets, rejects, peak = peak_octets()
        assert (targets, rejects) == expected
        assert peak < 1_500_000


@pytest.mark.slow
def test_a_range_is_not_expanded_before_it_is_asked_for() -> None:
    tracemalloc.start()
    items = read_targets(["10.0.0.0/16"], ListOptions())
    assert sum(isinstance(item, Target) for item in items) == 65_534
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000


@pytest.mark.slow
def test_openpyxl_is_not_imported_before_a_workbook_is_read() -> None:
    code = "import sys, auditor.targets; sys.exit('openpyxl' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
