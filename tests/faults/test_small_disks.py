"""Disks that are full, closed, or rationed: old reports stay whole, the end is clear, and there is a way to go on."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.lab_runs import ROOT, Tables, differences, stable
from tests.faults import tally
from tests.faults.cut_runs import World, left_over, whole_tables, world_up

SIZES = range(max(1, tally.FULL // 2)) if tally.FULL else range(5)
ROOM_KIB = 900  # a little more than such a run needs
PAGE_KIB = 4

pytestmark = pytest.mark.slow


def mounted(*command: str) -> bool:
    return subprocess.run(["mount", *command], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The lab; its output folder is a disk of its own, with a whole run on it."""
    folder = tmp_path_factory.mktemp("disks")
    disk = folder / "out"
    disk.mkdir()
    if os.geteuid() != 0 or not mounted("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)):
        pytest.skip("a small disk can be mounted by root alone")
    try:
        with world_up(folder) as world:
            yield world
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture(scope="module")
def whole(world: World) -> Tables:
    return whole_tables(world)


def resize(world: World, options: str) -> None:
    assert mounted("-o", f"remount,{options}", str(world.folder / "out")), options


def used_kib(folder: Path) -> int:
    told = os.statvfs(folder)
    return (told.f_blocks - told.f_bfree) * told.f_frsize // 1024


def reports(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("journal.")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def assert_ended_clearly(done: "subprocess.CompletedProcess[str]", *codes: int) -> None:
    assert done.returncode in codes, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("auditor:")]
        assert len(said) == 1, done.stderr
        assert "out/" in said[0]


def scanned(world: World, name: str, *more: str) -> "subprocess.CompletedProcess[str]":
    with world.begin(name, *more) as process:
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(name, process.returncode, out, err)


def assert_goes_on(world: World, name: str, said: str, whole: Tables) -> None:
    """With room again, it is resumed; or was not begun at all."""
    folder = world.run(name)
    if not folder.exists() or "nothing to --resume" in said:
        return
    done = world.finish("scan", "--resume", name)
    assert done.returncode == 0, done.stderr
    assert differences(whole, stable(folder)) == []
    assert left_over(folder) == []


@pytest.mark.parametrize("number", SIZES)
def test_a_full_disk_ends_a_run_clearly_and_leaves_old_reports_whole(world: World, whole: Tables, number: int) -> None:
    tally.begin("small disks")
    room = random.Random(number).randrange(0, ROOM_KIB, PAGE_KIB)  # noqa: S311 - a size, not a secret
    before = reports(world.run("whole"))
    name = f"small-{number}"
    resize(world, f"size={used_kib(world.folder / 'out') + room}k")
    try:
        done = scanned(world, name)
        assert_ended_clearly(done, 0, 2, 3)
        assert done.returncode != 2 or not world.run(name).exists()
        assert left_over(world.folder / "out") == []
        with world.begin_report("whole") as process:
            _, messages = process.communicate(timeout=60)
        assert_ended_clearly(subprocess.CompletedProcess("", process.returncode, "", messages), 0, 3)
        assert reports(world.run("whole")) == before
        assert left_over(world.folder / "out") == []
    finally:
        resize(world, "size=64m")
    assert_goes_on(world, name, done.stderr, whole)
    shutil.rmtree(world.run(name), ignore_errors=True)
    tally.well("small disks")


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(world: World, whole: Tables) -> None:
    assert whole
    resize(world, "ro")
    try:
        done = scanned(world, "never")
        again = world.finish("scan", "--resume", "whole")
        report = world.finish("report", "whole")
    finally:
        resize(world, "rw")
    assert_ended_clearly(done, 2)
    assert_ended_clearly(again, 2)
    assert_ended_clearly(report, 3)
    assert "Read-only file system" in done.stderr
    assert not world.run("never").exists()


RATIONED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv[:2] = ["auditor"]
from auditor.cli import main
main()
"""


@pytest.mark.parametrize("octets", [30_000, 150_000])
def test_a_ration_of_octets_a_file_ends_a_run_as_a_full_disk_does(world: World, whole: Tables, octets: int) -> None:
    name = f"rationed-{octets}"
    arguments = ["scan", "list.txt", *world.options, "-o", "out", "--name", name, "-q"]
    done = subprocess.run(
        [sys.executable, "-c", RATIONED, str(octets), *arguments],
        cwd=world.folder, env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        text=True, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert_ended_clearly(done, 2, 3)
    assert left_over(world.folder / "out") == []
    assert_goes_on(world, name, done.stderr, whole)
