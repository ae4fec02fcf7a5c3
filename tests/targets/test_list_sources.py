"""SOURCEs: files, standard input, names; which is which; shards."""

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.errors import UsageError
from auditor.model.target import Reject, Target
from auditor.targets import ListOptions, parse_shard, read_targets


def keys(sources: list[str], options: ListOptions | None = None) -> list[str]:
    return [item.key for item in read_targets(sources, options or ListOptions()) if isinstance(item, Target)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("example.com", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("jo@example.com", "example.com"),
        ("jo/x@example.com", None),
        ("https://example.com/a.txt", "example.com"),
        ("mx.example.com:25", "[mx.example.com]:25"),
        ("192.0.2.1", "[192.0.2.1]:*"),
        ("192.0.2.1/32", "[192.0.2.1]:*"),
        ("[2001:db8::1]:25", "[2001:db8::1]:25"),
        ("2001:db8::1/128", "[2001:db8::1]:*"),
        ("shop.zone.", "shop.zone"),
        ("shop.website", "shop.website"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_names_as_arguments(source: str, key: str | None) -> None:
    items = list(read_targets(["example.org", source], ListOptions()))
    assert [item.key for item in items[1:] if isinstance(item, Target)] == ([] if key is None else [key])
    assert [(getattr(item, "input_line", 2), item.source) for item in items[1:]] == [(2, "argument")]


@pytest.mark.usefixtures("folder")
def test_bad_arguments_are_rejects() -> None:
    assert list(read_targets(["", "local host", "\udcff.example"], ListOptions())) == [
        Reject(source="argument", line=1, text="", reason="no name in it"),
        Reject(source="argument", line=2, text="local host", reason="white space inside the name"),
        Reject(
            source="argument",
            line=3,
            text="?.example",
            reason="not valid in an internationalised name (IDNA 2008): "
            "Codepoint U+DCFF not allowed at position 1 in '\\udcff.example'",
        ),
    ]


@pytest.mark.parametrize(
    "source", ["list.txt", "names/list", "./example.com", "names.XLSX", "a.zone", "C:\\names\\x", "example.com/"]
)
@pytest.mark.usefixtures("folder")
def test_files_that_do_not_exist(source: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_targets([source], ListOptions())
    assert str(refused.value) == f"{source}: no such file"


def test_an_existing_file_is_a_list_whatever_its_name(folder: Path) -> None:
    (folder / "example.com").write_text("example.org\n")
    assert keys(["example.com"]) == ["example.org"]
    assert keys(["example.com."]) == ["example.com"]


def test_a_folder_is_no_list(folder: Path) -> None:
    (folder / "example.com").mkdir()
    with pytest.raises(UsageError) as refused:
        read_targets(["example.com"], ListOptions())
    assert str(refused.value) == (
        "example.com: this is a folder, not a list (for the domain of that name write 'example.com.')"
    )
    assert keys(["example.com."]) == ["example.com"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "list.txt").write_text("example.org\n")
    (folder / "list.txt").chmod(0)
    with pytest.raises(UsageError, match="no permission"):
        read_targets(["list.txt"], ListOptions())


def test_a_file_gone_since_is_a_message(folder: Path) -> None:
    (folder / "list.txt").write_text("example.org\n")
    items = read_targets(["list.txt"], ListOptions())
    (folder / "list.txt").unlink()
    with pytest.raises(UsageError, match=r"^list.txt: cannot be read: No such file"):
        next(items)


def test_an_unreadable_stream_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.RawIOBase):
        def read(self, _size: int = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Broken()))
    with pytest.raises(UsageError, match=r"^-: cannot be read: Input/output error$"):
        list(read_targets(["-"], ListOptions()))


def test_a_name_too_long_for_a_file_is_a_name() -> None:
    items = list(read_targets(["a" * 5_000], ListOptions()))
    assert [item.reason for item in items if isinstance(item, Reject)] == ["name over 253 octets"]


def test_sources_come_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.txt").write_text("a.example\nbad name\n")
    (folder / "b.csv").write_text("domain,owner\nb.example,Jo\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"c.example\n")))
    items = list(read_targets(["a.txt", "-", "d.example", "b.csv"], ListOptions()))
    assert [(item.source, item.text if isinstance(item, Reject) else item.domain) for item in items] == [
        ("a.txt", "a.example"),
        ("a.txt", "bad name"),
        ("-", "c.example"),
        ("argument", "d.example"),
        ("b.csv", "b.example"),
    ]


def test_standard_input_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="no standard input"):
        list(read_targets(["-"], ListOptions()))


def test_a_workbook_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["domain"])
    for number in range(1_000):
        book.active.append([f"n{number}.example"])
    octets = io.BytesIO()
    book.save(octets)
    ours, theirs = os.pipe()
    with os.fdopen(theirs, "wb", buffering=0) as writer:
        writer.write(octets.getvalue())  # a pipe holds 64 KiB
    with os.fdopen(ours, "rb") as reader:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=reader))
        assert len(keys(["-"])) == 1_000


def test_the_example_lists() -> None:
    inputs = Path(__file__).resolve().parents[2] / "inputs"
    items = list(read_targets([str(inputs / "domains.csv"), str(inputs / "domains.txt")], ListOptions()))
    assert not [item for item in items if isinstance(item, Reject)]
    assert 3 <= len({item.key for item in items if isinstance(item, Target)}) <= 8
    assert dict(items[0].extra) == {"owner": "IANA", "unit": "Documentation"}  # type: ignore[union-attr]


def test_shards_are_disjoint_and_together_whole(folder: Path) -> None:
    names = [f"n{number}.example" for number in range(300)] + ["192.0.2.0/28", "mx.example:25"]
    (folder / "list.txt").write_text("\n".join([*names, "bad name", ""]))
    whole = list(read_targets(["list.txt"], ListOptions()))
    parts = [list(read_targets(["list.txt"], ListOptions(shard=(part, 3)))) for part in (1, 2, 3)]
    assert sorted(map(repr, whole)) == sorted(repr(item) for part in parts for item in part)
    assert [sum(isinstance(item, Reject) for item in part) for part in parts] == [1, 0, 0]
    assert all(len(part) > 60 for part in parts)


def test_a_name_is_always_in_the_same_shard(folder: Path) -> None:
    (folder / "list.txt").write_text("x.example\nEXAMPLE.org.\nexample.com\n")
    # Pinned: parts of one list may be taken by different machines and versions.
    assert keys(["example.com", "example.org", "example.net"], ListOptions(shard=(1, 2))) == [
        "example.com",
        "example.net",
    ]
    assert keys(["list.txt"], ListOptions(shard=(2, 2)))[-1] == "example.org"
    assert keys(["list.txt"], ListOptions(shard=(1, 2)))[-1] == "example.com"


@pytest.mark.parametrize("shard", [(0, 2), (3, 2), (1, 0)])
def test_no_such_shard(shard: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="shard"):
        ListOptions(shard=shard)


def test_shards_as_text() -> None:
    assert parse_shard("2/5") == (2, 5)
    assert parse_shard(" 1/1 ") == (1, 1)
    for text in ("", "5/2", "0/2", "1/0", "1", "a/b", "1/2/3", "²/5"):
        with pytest.raises(UsageError, match="shard"):
            parse_shard(text)
