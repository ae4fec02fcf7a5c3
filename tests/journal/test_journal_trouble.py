"""A journal whose disk fails while it is read: told in one line, with its path, and told from a fault of ours."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.errors import AuditorError, NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.journal.trouble import trouble_of
from auditor.model.target import Target

FAILED = sqlite3.OperationalError("disk I/O error")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder with a journal of some pages."""
    names = [f"{number}.example" for number in range(300)]
    with Journal.create(tmp_path / "run", Config(), datetime.now(UTC)) as journal:
        journal.add_list(
            Target(domain=name, domain_unicode=name, input=name, input_line=line, source="list")
            for line, name in enumerate(names, 1)
        )
    return tmp_path / "run"


def raised(folder: Path, error: BaseException) -> None:
    with Journal.read(folder):
        raise error


@pytest.mark.parametrize("error", [FAILED, ExceptionGroup("nursery", [ExceptionGroup("another", [FAILED])])])
def test_a_disk_that_fails_while_a_journal_is_read_is_told_with_the_path(folder: Path, error: Exception) -> None:
    with pytest.raises(NotFinishedError, match=r"run/journal\.sqlite: disk I/O error; nothing in it was changed"):
        raised(folder, error)


def test_what_was_observed_can_be_gone_on_with(folder: Path) -> None:
    journal = Journal.resume(folder)
    with pytest.raises(NotFinishedError, match=r"disk I/O error; what was observed .* --resume "), journal:
        raise FAILED


@pytest.mark.parametrize("error", [LookupError("a bug"), sqlite3.ProgrammingError("a bug"), KeyboardInterrupt()])
def test_all_else_stays_what_it_is(folder: Path, error: BaseException) -> None:
    assert trouble_of(error) is None
    with pytest.raises(type(error)):
        raised(folder, error)


def test_a_damaged_journal_is_no_fault_of_ours(folder: Path) -> None:
    path = folder / "journal.sqlite"
    octets = bytearray(path.read_bytes())
    octets[4096:] = b"\xff" * (len(octets) - 4096)  # all pages but the first
    path.write_bytes(octets)
    with pytest.raises(AuditorError, match=r"journal\.sqlite: .*malformed"), Journal.read(folder) as journal:
        list(journal.targets())


def test_what_is_no_journal_is_a_wrong_request(folder: Path) -> None:
    (folder / "journal.sqlite").write_bytes(b"something else" * 1000)
    with pytest.raises(UsageError, match="is no journal"):
        Journal.read(folder)
