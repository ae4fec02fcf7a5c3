"""Reports written by another process: those that this one writes, and the same complaints."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from auditor.checks import Selection
from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.report import write_reports, written_apart
from auditor.report.written_apart import write_reports_apart

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
