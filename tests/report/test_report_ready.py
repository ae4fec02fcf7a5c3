"""Which targets can be judged while the run goes on: those of which nothing changes any more."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from auditor.config import Config
from auditor.journal import Journal
from auditor.report import ready
from auditor.report.ready import ready_blocks
from auditor.report.remembered import remembered

NAMES = [f"d{number}.example" for number in range(1, 8)]


@pytest.fixture(autouse=True)
def _blocks_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "BLOCK", 3)


@pytest.fixture
def journal(make: Any, tmp_path: Path) -> Any:
    with Journal.create(tmp_path / "run", Config(), make.STARTED) as journal:
        journal.add_list(make.target(name, input_line=line) for line, name in enumerate(NAMES, start=1))
        yield journal


class Going(Event):
    """A run that goes on: something happens whenever it is waited for."""

    def __init__(self, *happens: Callable[[], None]) -> None:
        super().__init__()
        self.happens = list(happens)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.happens.pop(0)()
        return self.is_set()


def test_all_targets_of_a_run_that_was_observed_are_ready(journal: Journal) -> None:
    assert list(ready_blocks(journal)) == [(1, 3), (4, 6), (7, 7)]


def test_a_block_waits_for_its_last_target(journal: Journal) -> None:
    going = Going(*(lambda name=name: journal.finish(name) for name in NAMES))
    told = [(block, len(NAMES) - len(going.happens)) for block in ready_blocks(journal, going)]
    assert told == [((1, 3), 3), ((4, 6), 6), ((7, 7), 7)]


def test_the_end_of_the_run_makes_the_rest_ready(journal: Journal) -> None:
    for name in NAMES[:3]:
        journal.finish(name)
    going = Going()
    going.happens = [going.set]
    assert list(ready_blocks(journal, going)) == [(1, 3), (4, 6), (7, 7)]
    assert going.happens == []


def test_a_target_that_a_fault_of_ours_hit_waits_for_the_end(journal: Journal) -> None:
    for name in NAMES:
        journal.finish(name)
    assert journal.settled_between(1, 7)
    journal.set_meta("fault:d5.example", "KeyError")
    assert [journal.settled_between(*block) for block in ready_blocks(journal)] == [True, False, True]


def test_what_is_not_there_is_looked_up_again() -> None:
    looked: list[str] = []
    recorded: dict[str, int] = {}

    def look_up(key: str) -> int | None:
        looked.append(key)
        return recorded.get(key)

    recall = remembered(look_up, 10)
    assert recall("a") is None
    recorded["a"] = 1
    assert [recall("a"), recall("a")] == [1, 1]
    assert looked == ["a", "a"]
