"""When the reports of a run by several processes are begun, and by what they are written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import trio

from auditor.api import whole
from auditor.config import Config
from auditor.engine.stop import StopReason


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in order; what is written is nothing."""
    told: list[str] = []

    def writer(words: str) -> Callable[..., None]:
        return lambda *_: told.append(words)

    @contextmanager
    def reports_begun(*_: object) -> Iterator[Callable[..., None]]:
        told.append("begun")
        yield writer("finished")
        told.append("left")

    report = SimpleNamespace(
        reports_begun=reports_begun,
        write_reports=writer("written"),
        write_reports_apart=writer("written apart"),
        left_out=lambda *_: "",
    )
    monkeypatch.setattr(whole, "report", report)
    return told


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch, told: list[str], tmp_path: Path) -> Callable[..., whole.Run]:
    """A scan, or the rest of one, whose observing comes to the end that it is told."""

    def scan(reason: StopReason, workers: int, folder: Path | None = None) -> whole.Run:
        async def observe_list(*_: object) -> StopReason:
            told.append("observed")
            return reason

        monkeypatch.setattr(whole, "observe_list", observe_list)
        config = Config(workers=workers, output=tmp_path)
        return trio.run(whole.scan, ["a.example"], config) if folder is None else trio.run(whole.resume, folder, config)

    return scan


@pytest.mark.parametrize("reason", [StopReason.DONE, StopReason.INTERRUPTED, StopReason.DEADLINE])
def test_reports_are_begun_before_anything_is_observed(
    scan: Callable[..., whole.Run], told: list[str], reason: StopReason
) -> None:
    assert scan(reason, 2).stop is reason
    assert told == ["begun", "observed", "finished", "left"]


def test_what_a_closed_way_out_has_unsettled_is_judged_anew(scan: Callable[..., whole.Run], told: list[str]) -> None:
    scan(StopReason.VANTAGE, 2)
    assert told == ["begun", "observed", "left", "written apart"]


def test_a_run_that_goes_on_is_judged_at_its_end(scan: Callable[..., whole.Run], told: list[str]) -> None:
    run = scan(StopReason.INTERRUPTED, 2)
    told.clear()
    scan(StopReason.DONE, 2, run.folder)
    assert told == ["observed", "written apart"]


def test_one_process_does_one_thing_after_the_other(scan: Callable[..., whole.Run], told: list[str]) -> None:
    scan(StopReason.DONE, 1)
    assert told == ["observed", "written"]
