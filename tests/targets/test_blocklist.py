"""The list of what is never contacted."""

import time
from pathlib import Path

import pytest

from auditor.errors import UsageError
from auditor.targets.blocklist import Blocklist

LIST = """\
# asked us on 2026-11-23
example.com
Bücher.Example.   # an A-label in the run
*.wild.example
.dot.example
gov
mail_1.example.org
192.0.2.1
198.51.100.0/24
2001:db8:1::/48
[2001:db8::1]
203.0.113.7/24
"""


@pytest.fixture
def blocklist(tmp_path: Path) -> Blocklist:
    path = tmp_path / "block.txt"
    path.write_text(LIST)
    return Blocklist.read(path)


@pytest.mark.parametrize(
    ("name", "entry", "line"),
    [
        ("example.com", "example.com", 2),
        ("EXAMPLE.com.", "example.com", 2),
        ("mx.a.example.com", "example.com", 2),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", 3),
        ("a.wild.example", "wild.example", 4),
        ("wild.example", "wild.example", 4),
        ("a.dot.example", "dot.example", 5),
        ("agency.gov", "gov", 6),
        ("mail_1.example.org", "mail_1.example.org", 7),
    ],
)
def test_names(blocklist: Blocklist, tmp_path: Path, name: str, entry: str, line: int) -> None:
    reason = f"blocked by {entry} ({tmp_path / 'block.txt'}, line {line})"
    assert blocklist.blocks_domain(name) == reason
    assert blocklist.blocks_host(name) == reason


@pytest.mark.parametrize("name", ["example.org", "notexample.com", "com", "example", "example.com.example", "", "."])
def test_other_names(blocklist: Blocklist, name: str) -> None:
    assert blocklist.blocks_domain(name) is None
    assert blocklist.blocks_host(name) is None


@pytest.mark.parametrize(
    ("address", "entry", "line"),
    [
        ("192.0.2.1", "192.0.2.1/32", 8),
        ("198.51.100.0", "198.51.100.0/24", 9),
        ("198.51.100.255", "198.51.100.0/24", 9),
        ("2001:db8:1:ffff::1", "2001:db8:1::/48", 10),
        ("2001:DB8:0::1", "2001:db8::1/128", 11),
        ("[2001:db8::1]", "2001:db8::1/128", 11),
        ("203.0.113.200", "203.0.113.0/24", 12),
        ("::ffff:192.0.2.1", "192.0.2.1/32", 8),
        ("2002:c000:201::1", "192.0.2.1/32", 8),
        ("64:ff9b::192.0.2.1", "192.0.2.1/32", 8),
        ("2001:0:4136:e378:8000:63bf:3fff:fdfe", "192.0.2.1/32", 8),
    ],
)
def test_addresses(blocklist: Blocklist, tmp_path: Path, address: str, entry: str, line: int) -> None:
    reason = f"blocked by {entry} ({tmp_path / 'block.txt'}, line {line})"
    assert blocklist.blocks_address(address) == reason
    assert blocklist.blocks_host(address) == reason


@pytest.mark.parametrize(
    "address", ["192.0.2.2", "198.51.101.0", "2001:db8::2", "::c000:201", "::ffff:192.0.2.2", "no address", ""]
)
def test_other_addresses(blocklist: Blocklist, address: str) -> None:
    assert blocklist.blocks_address(address) is None


@pytest.mark.parametrize(
    "entry",
    ["192.0.2.7", "[192.0.2.7]", "192.0.2.7.", "::FFFF:C000:207", "::ffff:192.0.2.0/120", "64:ff9b::192.0.2.7"],
)
@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "64:ff9b::c000:207"])
def test_an_address_is_blocked_however_it_is_written(entry: str, address: str) -> None:
    assert Blocklist.of([(entry, 1)], "list").blocks_host(address)


@pytest.mark.parametrize(
    "entry", ["127.1", "0177.0.0.1", "0x7f000001", "0x7f.0.0.1", "2130706433", "10.1/16", "a.0x7f"]
)
def test_an_address_in_another_spelling_is_no_name(entry: str) -> None:
    with pytest.raises(UsageError, match="list, line 1"):
        Blocklist.of([(entry, 1)], "list")


def test_everything_may_be_blocked(tmp_path: Path) -> None:
    path = tmp_path / "all.txt"
    path.write_text("0.0.0.0/0\n::/0\n")
    blocklist = Blocklist.read(path)
    assert blocklist.blocks_address("8.8.8.8") == f"blocked by 0.0.0.0/0 ({path}, line 1)"
    assert blocklist.blocks_address("::1") == f"blocked by ::/0 ({path}, line 2)"


def test_the_empty_list_blocks_nothing() -> None:
    blocklist = Blocklist.empty()
    assert len(blocklist) == 0
    assert blocklist.blocks_domain("example.com") is None
    assert blocklist.blocks_host("example.com") is None
    assert blocklist.blocks_address("192.0.2.1") is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "block.txt"
    path.write_bytes(f"# names{end}bücher.example{end}192.0.2.1".encode(encoding))
    blocklist = Blocklist.read(path)
    assert len(blocklist) == 2
    assert blocklist.blocks_domain("xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("exam ple.com", "'exam ple.com': white space inside the name"),
        ("192.0.2.0/33", "'192.0.2.0/33': neither a name nor an address nor a network"),
        ("mx.example.com:25", "'mx.example.com:25': neither a name nor an address nor a network"),
        ("https://example.com/", "'https://example.com/': neither a name nor an address nor a network"),
        ("192.0.2.300", "'192.0.2.300': an address is no mail domain"),
        ("*", "'*': no name in it"),
        ("a.*.example", "'a.*.example': character U+002A (*) is not allowed in a domain name"),
        ("x" * 70_000, "line over 64 KiB"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, bad: str, reason: str) -> None:
    path = tmp_path / "block.txt"
    path.write_text(f"example.com\n\n{bad}\n")
    with pytest.raises(UsageError) as refused:
        Blocklist.read(path)
    assert str(refused.value) == f"{path}, line 3: {reason}"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        Blocklist.read(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="this is a folder"):
        Blocklist.read(tmp_path)


@pytest.mark.slow
def test_a_hundred_thousand_entries_are_looked_up_at_once(tmp_path: Path) -> None:
    path = tmp_path / "block.txt"
    names = [f"n{number}.example" for number in range(50_000)]
    networks = [f"10.{number >> 8 & 255}.{number & 255}.0/{24 + number % 4}" for number in range(50_000)]
    path.write_text("\n".join(names + networks))
    blocklist = Blocklist.read(path)
    start = time.process_time()
    for number in range(1_000):
        assert blocklist.blocks_host(f"mx.n{number}.example")
        assert blocklist.blocks_address(f"10.0.{number % 256}.1")
        assert not blocklist.blocks_host("192.0.2.1")
    # A walk through the list would take minutes.
    assert time.process_time() - start < 2
