"""Runs killed or interrupted at seeded moments: nothing committed is lost, nothing is torn, and they go on."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.end_to_end.lab_runs import Tables, differences, stable
from tests.faults import tally
from tests.faults.cut_runs import (
    World,
    committed,
    interrupted,
    left_over,
    moment_of,
    torn,
    wait_for,
    whole_tables,
    world_up,
)

pytestmark = pytest.mark.slow
KILLS = range(tally.FULL) if tally.FULL else (3, 20)
SIGNALS = range(tally.FULL // 2) if tally.FULL else (21,)
BY_TWO = set(range(0, tally.FULL, 4)) if tally.FULL else {20}
"""The points at which two processes observe."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_up(tmp_path_factory.mktemp("cut")) as world:
        yield world


@pytest.fixture(scope="module")
def whole(world: World) -> Tables:
    return whole_tables(world)


def workers(number: int) -> list[str]:
    return ["--workers", "2"] if number in BY_TWO else []


@pytest.mark.parametrize("number", KILLS)
def test_kill_9_loses_nothing_that_was_committed(world: World, whole: Tables, number: int) -> None:
    tally.begin("kills")
    folder = world.run(f"kill-{number}")
    with world.begin(folder.name, *workers(number)) as process:
        wait_for(process, folder, moment_of(number))
        process.kill()
    before = committed(folder)
    done = world.finish("scan", "--resume", folder.name, *workers(number))
    assert done.returncode == 0, done.stderr
    after = committed(folder)
    assert [table for table, kept in before.items() if kept - after[table]] == []
    assert differences(whole, stable(folder)) == []
    assert torn(folder) == []
    tally.well("kills")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_a_run_within_seconds_with_whole_reports(
    world: World, whole: Tables, number: int, name: str, code: int
) -> None:
    tally.begin(f"{name}s")
    folder = world.run(f"{name}-{number}")
    ended, seconds = interrupted(world, folder.name, signal.Signals[name], number, *workers(number))
    assert ended in {code, 0}  # 0 where it was at its end already
    assert seconds < 5.0
    assert torn(folder) == []
    assert left_over(folder) == []
    done = world.finish("scan", "--resume", folder.name)
    assert done.returncode == 0, done.stderr
    assert differences(whole, stable(folder)) == []
    tally.well(f"{name}s", seconds)


def test_a_second_signal_ends_a_run_at_once(world: World) -> None:
    with world.begin("twice") as process:
        wait_for(process, world.run("twice"), ("answers", 5, 0.0))
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.readline().startswith("stopping")
        began_at = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - began_at < 3.0
    assert "Traceback" not in messages


def test_a_kill_while_reports_are_written_leaves_the_old_ones_whole(world: World, whole: Tables) -> None:
    folder = world.run("whole")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "journal" not in path.name}
    for delay in (0.5, 0.7, 0.9):
        with world.begin_report("whole") as process:
            time.sleep(delay)
            process.kill()
        assert {path: path.read_bytes() for path in before} == before
    assert world.finish("report", "whole").returncode == 0
    assert differences(whole, stable(folder)) == []
