"""Several at one run, few descriptors, a clock that jumps, and who may read what is written."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from auditor.engine.stop import StopReason
from tests.end_to_end.lab_runs import ROOT, Tables, differences, stable
from tests.faults import tally
from tests.faults.cut_runs import World, wait_for, whole_tables, world_up
from tests.faults.fault_runs import World as Within
from tests.faults.fault_runs import in_world
from tests.faults.injected import Plan

pytestmark = pytest.mark.slow
READ_THE_CLOCK = ("net.resolver", "net.webpki", "journal.journal", "probes.talk", "probes.policy_fetch", "api.whole")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_up(tmp_path_factory.mktemp("several")) as world:
        yield world


@pytest.fixture(scope="module")
def whole(world: World) -> Tables:
    return whole_tables(world)


def ends(process: "subprocess.Popen[str]") -> tuple[int, str]:
    _, messages = process.communicate(timeout=60)
    return process.returncode, messages


def test_of_two_runs_begun_at_one_moment_one_is_refused(world: World, whole: Tables) -> None:
    with world.begin("both") as one, world.begin("both") as other:
        ended = sorted((ends(one), ends(other)))
    assert [code for code, _ in ended] == [0, 2]
    assert len(ended[1][1].splitlines()) == 1, ended[1][1]
    assert "both" in ended[1][1]
    assert differences(whole, stable(world.run("both"))) == []


def test_reports_may_be_written_while_the_run_goes_on(world: World, whole: Tables) -> None:
    with world.begin("watched") as process:
        wait_for(process, world.run("watched"), ("answers", 20, 0.0))
        while process.poll() is None:
            with world.begin_report("watched") as report:
                code, messages = ends(report)
            assert code == 0, messages
        assert ends(process)[0] == 0
    assert differences(whole, stable(world.run("watched"))) == []


def shell(world: World, prelude: str, name: str) -> "subprocess.CompletedProcess[str]":
    """A scan from a shell that was told something before."""
    words = ["scan", "list.txt", *world.options, "-o", "out", "--name", name, "-q"]
    command = ["bash", "-c", f'{prelude}; exec "$@"', "bash", sys.executable, "-m", "auditor"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        [*command, *words], cwd=world.folder, env=environment, text=True, capture_output=True, check=False, timeout=90
    )


@pytest.mark.parametrize("most", [64, 40] if tally.FULL else [64])
def test_few_descriptors_make_a_run_slower_and_nothing_else(world: World, whole: Tables, most: int) -> None:
    done = shell(world, f"ulimit -n {most}", f"few-{most}")
    assert done.returncode == 0, done.stderr
    assert "Too many open files" not in done.stderr
    assert differences(whole, stable(world.run(f"few-{most}"))) == []


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_files_are_for_those_whom_the_umask_lets_read(world: World, mask: int) -> None:
    name = f"mask-{mask:o}"
    done = shell(world, f"umask {mask:o}", name)
    assert done.returncode == 0, done.stderr
    folder = world.run(name)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    wanted = {path: (0o777 if path.is_dir() else 0o666) & ~mask for path in modes}
    assert {path.name: oct(mode) for path, mode in modes.items() if mode != wanted[path]} == {}


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_changes_nothing(hours: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = cycle((timedelta(), timedelta(), timedelta(hours=hours), timedelta(hours=hours), timedelta(hours=hours)))

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + next(jumps)

    async def job(within: Within) -> None:
        clean = (await within.run(Plan())).tables
        for name in READ_THE_CLOCK:
            monkeypatch.setattr(import_module(f"auditor.{name}"), "datetime", Jumping)
        done = await within.run(Plan())
        assert done.run.stop is StopReason.DONE
        assert differences(clean, done.tables) == []

    in_world(tmp_path, monkeypatch.setattr, job)
    assert Jumping.now(UTC).tzinfo is UTC
