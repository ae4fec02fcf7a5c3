"""Everything that is told of inputs, in one list, from its octets to the journal: each line is a target or a reject."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from auditor.api.preparing import take_list
from auditor.config import Config
from auditor.journal import Journal
from auditor.report.rejected import write_rejected
from auditor.targets.blocklist import Blocklist
from tests.report.strangers import strangers_texts

# What stands in the list, and the name it comes to; nothing where it is a reject.
LINES: list[tuple[str, str | None]] = [
    ("first.example", "first.example"),
    ("UPPER.Example.", "upper.example"),
    ("\u00a0 nbsp.example \u00a0", "nbsp.example"),
    ("zw\u200bsp.exam\u2060ple", "zwsp.example"),
    ("https://www.url.example/path?x#y", "www.url.example"),
    ("someone@mail.example", "mail.example"),
    ("last.example  # a comment", "last.example"),
    ("b\u00fccher.example", "xn--bcher-kva.example"),  # composed
    ("bu\u0308cher.example", None),  # decomposed: the same name, a repeat; codespell:ignore
    ("xn--bcher-kva.example", None),  # and as A-label
    ("\uff46\uff55\uff4c\uff4c.example", "full.example"),
    ("paypal.example", "paypal.example"),
    ("p\u0430ypal.example", "xn--pypal-4ve.example"),  # a Cyrillic a: another name
    ("FIRST.example", None),
    ("no name", None),
    ("=HYPERLINK(1)", None),
    ("\x1b[31m.example", None),
    ("a\u202eb.example\u202c", "ab.example"),
    ("x" * 70_000, None),
    ("-bad.example", None),
    ("a..example", None),
]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def taken(folder: Path, source: Path) -> tuple[list[str], list[int]]:
    """The names that a list comes to, and the lines of its rejects."""
    with Journal.create(folder, Config(), datetime.now(UTC)) as journal:
        take_list(journal, [str(source)], Config(), Blocklist.empty())
        rejects = list(journal.rejects())
        assert all(one.reason for one in rejects)
        write_rejected(folder, rejects)
        return [target.domain for target in journal.targets()], [one.line for one in rejects]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_list_of_everything(encoding: str, end: str, tmp_path: Path) -> None:
    texts = ["# a list", "", *(text for text, _ in LINES), "   "]
    (tmp_path / "list.txt").write_bytes(end.join(texts).encode(encoding))
    names, rejected = taken(tmp_path / "run", tmp_path / "list.txt")
    assert names == [name for _, name in LINES if name]
    assert rejected == [number for number, (_, name) in enumerate(LINES, 3) if name is None]


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_of_everything(delimiter: str, header: bool, tmp_path: Path) -> None:
    rows = [[text, "owner"] for text, _ in LINES if len(text) < 1000]
    with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["domain", "who"]] * header + rows)
    names, rejected = taken(tmp_path / "run", tmp_path / "list.csv")
    assert names == [name for _, name in LINES if name]
    assert len(rejected) == len(rows) - len(names)


@pytest.mark.parametrize("header", [True, False])
def test_a_workbook_of_everything(header: bool, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    texts = [text for text, _ in LINES if len(text) < 1000 and text.isprintable()]
    for row in [["domain", "who"]] * header + [[text, "owner"] for text in texts]:
        book.active.append(row)
    for cell in book.active["A"]:
        cell.data_type = "s"
    book.save(tmp_path / "list.xlsx")
    names, rejected = taken(tmp_path / "run", tmp_path / "list.xlsx")
    assert names == [name for text, name in LINES if name and text in texts]
    assert len(rejected) == len(texts) - len(names)


@pytest.mark.slow
def test_of_two_thousand_hostile_lines_each_is_taken_or_given_back(tmp_path: Path) -> None:
    texts = [one for one in strangers_texts() if len(one.splitlines()) == 1 and one.strip() and "\r" not in one]
    octets = [one.encode("utf-8", "surrogatepass") for one in texts]
    kept = [one for one in octets if not one.lstrip().startswith(b"#") and b"\n" not in one]
    (tmp_path / "list.txt").write_bytes(b"first.example\n" + b"\n".join(kept))
    names, rejected = taken(tmp_path / "run", tmp_path / "list.txt")
    assert len(kept) > 2_000
    with (tmp_path / "run" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        given_back = [int(row["line"]) for row in csv.DictReader(file)]
    assert given_back == rejected
    assert len(names) + len(rejected) == len(kept) + 1
    assert all(name.isascii() and name.isprintable() for name in names)
