"""A run judged by several processes: the rows of one."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from auditor.checks import Judge, Selection
from auditor.config import Config
from auditor.errors import NotFinishedError
from auditor.journal import Journal
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.report import judged_apart, ready
from auditor.report.recorded import recorded_surveys
from auditor.report.target_rows import TargetRows, judged_here

pytestmark = pytest.mark.slow

CHOSEN = Selection(include=("MX", "SPF"), exclude=("MX003",))
TARGETS = 11


@pytest.fixture
def recorded(make: Any, tmp_path: Path) -> Path:
    """Domains with odd texts in their records; two were not looked up before the run ended."""
    with Journal.create(tmp_path / "run", Config(), make.STARTED) as journal:
        names = [f"d{number}.example" for number in range(TARGETS)]
        journal.add_list(make.target(name, input_line=line) for line, name in enumerate(names, start=1))
        for number, name in enumerate(names[:-2]):
            texts = (f'v=spf1 -all "{number}\n\udcff|ü\x00"'.encode("utf-8", "surrogateescape").decode("latin-1"),)
            for kind, records in (("MX", ("0 .",)), ("TXT", texts)):
                question = Question(name, kind)
                journal.answer_came(Answer(question=question, status=DnsStatus.ANSWERED, records=records))
            journal.finish(name)
    return tmp_path / "run"


def by_one(folder: Path) -> list[TargetRows]:
    with Journal.read(folder) as journal:
        return list(judged_here(journal, recorded_surveys(journal, journal.config), Judge(CHOSEN).judge))


def judged_by(folder: Path, processes: int) -> Generator[TargetRows]:
    with Journal.read(folder) as journal:
        yield from judged_apart.judged_apart(folder, CHOSEN, ready.ready_blocks(journal), processes)


@pytest.mark.parametrize(("processes", "block"), [(1, 100), (2, 3), (3, 1), (30, 2)])
def test_several_judge_as_one_does(recorded: Path, monkeypatch: pytest.MonkeyPatch, processes: int, block: int) -> None:
    monkeypatch.setattr(ready, "BLOCK", block)
    expected = by_one(recorded)
    assert len(expected) == TARGETS
    assert list(judged_by(recorded, processes)) == expected


def test_a_process_that_ends_early_ends_the_reports_with_a_reason(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(_: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(judged_apart, "_started", started)
    with pytest.raises(NotFinishedError, match="ended before it was done"):
        list(judged_by(recorded, 2))


def test_processes_end_with_whoever_reads_their_rows(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []
    start = judged_apart._started

    def started(task: str) -> "subprocess.Popen[bytes]":
        children.append(start(task))
        return children[-1]

    monkeypatch.setattr(judged_apart, "_started", started)
    monkeypatch.setattr(ready, "BLOCK", 1)
    rows = judged_by(recorded, 2)
    assert next(rows).rows
    rows.close()
    assert [child.poll() is not None for child in children] == [True, True]
