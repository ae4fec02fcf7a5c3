"""Reports written by another process: those that this one writes, and the same complaints."""

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.checks import Selection
from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.report import children as children_of_reports
from auditor.report import write_reports, written_apart
from auditor.report.written_apart import reports_begun, write_reports_apart

pytestmark = pytest.mark.slow

CHOSEN = Selection(include=("MX",), exclude=("MX003",))


@pytest.fixture
def recorded(make: Any, tmp_path: Path) -> Path:
    with Journal.create(tmp_path / "run", Config(workers=1), make.STARTED) as journal:
        journal.add_list([make.target("a.example", input_line=1)])
        question = Question("a.example", "MX")
        journal.answer_came(Answer(question=question, status=DnsStatus.ANSWERED, records=("0 .",)))
        journal.finish("a.example")
    return tmp_path / "run"


def test_another_process_writes_what_this_one_does(recorded: Path) -> None:
    here = {path: path.read_bytes() for path in write_reports(recorded, ("csv", "jsonl"), CHOSEN)}
    assert len(here) > 10
    for path in here:
        path.unlink()
    there = write_reports_apart(recorded, ("csv", "jsonl"), CHOSEN)
    assert {path: path.read_bytes() for path in there} == here


def test_what_is_wrong_is_told_as_here(recorded: Path) -> None:
    with pytest.raises(UsageError, match="no report format 'cvs'"):
        write_reports_apart(recorded, ("cvs",), CHOSEN)
    (recorded / "csv").write_text("in the way")
    with pytest.raises(NotFinishedError, match=r"cannot write .*`auditor report`"):
        write_reports_apart(recorded, ("csv",), CHOSEN)


def test_a_process_that_is_ended_is_told(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", "import sys; sys.stdin.readline(); sys.exit(3)"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(written_apart, "begun", fails)
    with pytest.raises(NotFinishedError, match=r"ended before it was done \(status 3\)"):
        write_reports_apart(recorded, ("csv",), CHOSEN)


FORMATS = ("csv", "jsonl")


@pytest.fixture
def going(make: Any, tmp_path: Path) -> Iterator[Journal]:
    """A run by two processes, of which nothing is settled yet."""
    with Journal.create(tmp_path / "run", Config(workers=2), make.STARTED) as journal:
        journal.add_list(make.target(f"d{number}.example", input_line=number) for number in range(1, 121))
        yield journal


def observe(journal: Journal, numbers: Iterable[int]) -> None:
    for number in numbers:
        question = Question(f"d{number}.example", "MX")
        journal.answer_came(Answer(question=question, status=DnsStatus.ANSWERED, records=("0 .",)))
        journal.finish(f"d{number}.example")
    journal.flush()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("journal")
    }


def test_reports_begun_with_the_run_are_those_written_after_it(going: Journal) -> None:
    with reports_begun(going.folder, FORMATS, CHOSEN) as finish:
        observe(going, range(1, 101))
        assert files_of(going.folder) == {}
        observe(going, range(102, 121))  # one was not looked up before the run ended
        going.set_meta("state", "interrupted")
        going.flush()
        finish()
    begun_early = files_of(going.folder)
    assert b"interrupted" in begun_early["run.json"]
    write_reports(going.folder, FORMATS, CHOSEN)
    assert files_of(going.folder) == begun_early
    assert len(begun_early) > 10


def test_a_process_that_died_meanwhile_is_replaced(going: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []

    def noted(module: str) -> "subprocess.Popen[bytes]":
        children.append(children_of_reports.begun(module))
        return children[-1]

    monkeypatch.setattr(written_apart, "begun", noted)
    with reports_begun(going.folder, FORMATS, CHOSEN) as finish:
        observe(going, range(1, 121))
        children[0].kill()
        children[0].wait()
        assert going.folder / "csv/domains.csv" in finish()
    assert [child.returncode for child in children] == [-signal.SIGKILL, 0]


def test_reports_that_nobody_finishes_are_not_written(going: Journal) -> None:
    with reports_begun(going.folder, FORMATS, CHOSEN):
        observe(going, range(1, 121))
    assert files_of(going.folder) == {}
    assert [path for path in going.folder.iterdir() if path.is_dir()] == []
