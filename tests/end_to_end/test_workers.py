"""A scan by several processes: the same tables as by one, whichever of them is killed, and none is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.lab_runs import differences, lab_up, run_whole, shorten, stable, start, wait_for_rows

Auditor = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are found in /proc"),
]


def children(pid: int) -> list[int]:
    """The processes that it started, from whichever of its threads."""
    of_threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for children in of_threads for one in children.read_text().split()]


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    """The processes that observe for it; others write its reports."""
    return [one for one in children(process.pid) if b"engine" in Path(f"/proc/{one}/cmdline").read_bytes()]


def descendants(pid: int) -> list[int]:
    return [one for child in children(pid) for one in (child, *descendants(child))]


def is_there(pid: int) -> bool:
    """Whether the process lives: a dead one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="session")
def whole(auditor: Auditor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run by one process."""
    return run_whole(auditor, tmp_path_factory.mktemp("one"))


@pytest.mark.parametrize(("table", "count"), [("answers", 30), ("sessions", 10), ("sessions", 50)])
def test_a_worker_that_is_killed_changes_nothing_in_the_tables(
    tmp_path: Path, whole: Path, table: str, count: int
) -> None:
    with lab_up(tmp_path) as options:
        shorten(tmp_path / "domains.csv")
        arguments = ["scan", "domains.csv", *options, "-o", "out", "--name", "cut", "-q", "--workers", "2"]
        with start(tmp_path, arguments) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", table, count)
            workers = workers_of(process)
            assert len(workers) == 2
            os.kill(workers[count % 2], signal.SIGKILL)
            _, messages = process.communicate(timeout=60)
    assert process.returncode == 0, messages
    assert json.loads((tmp_path / "out" / "cut" / "run.json").read_text())["state"] == "finished"
    assert differences(stable(whole), stable(tmp_path / "out" / "cut")) == []


def test_nothing_outlives_a_run_that_is_killed(tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        arguments = ["scan", "domains.csv", *options, "-o", "out", "--name", "cut", "-q", "--workers", "2"]
        with start(tmp_path, arguments) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", "sessions", 5)
            begun = descendants(process.pid)
            process.kill()
    give_up_at = time.monotonic() + 20
    while any(map(is_there, begun)) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert len(begun) >= 3  # two who observe, and one who writes reports
    assert not any(map(is_there, begun))
    assert [path for path in (tmp_path / "out" / "cut").iterdir() if path.is_dir()] == []


def test_an_interruption_ends_the_workers_and_leaves_reports(tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        arguments = ["scan", "domains.csv", *options, "-o", "out", "--name", "cut", "--workers", "2"]
        with start(tmp_path, arguments) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", "sessions", 5)
            begun = descendants(process.pid)
            process.send_signal(signal.SIGINT)
            _, messages = process.communicate(timeout=40)
    assert process.returncode == 130, messages
    assert "Traceback" not in messages
    assert not any(map(is_there, begun))
    assert json.loads((tmp_path / "out" / "cut" / "run.json").read_text())["state"] == "interrupted"
