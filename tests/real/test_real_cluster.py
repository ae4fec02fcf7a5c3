"""A scan by two Dask workers with addresses of their own, over TLS: the tables of one process, whoever is lost."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from auditor.net.limits import prefix_of
from tests.end_to_end.lab_runs import differences, shorten, stable, wait_for_rows
from tests.real.cluster_networks import SCHEDULER, Networks, addresses, networks
from tests.real.processes import needs_root, program

pytestmark = [pytest.mark.real, pytest.mark.slow]

SCAN_SECONDS = 150
CLUSTER = ("--cluster", SCHEDULER)
WORKERS = {address: number for number in (1, 2) for address in addresses(number)}


@pytest.fixture(scope="module", autouse=True)
def able() -> None:
    needs_root()
    program("ip")
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'auditor[cluster]'")


@pytest.fixture(scope="module")
def by_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of one process, in the hub."""
    folder = tmp_path_factory.mktemp("one")
    with networks(folder) as made:
        options = made.open_lab()
        shorten(folder / "domains.csv")
        assert made.scan(options, "one").wait(SCAN_SECONDS) == 0, log(folder, "one")
    return folder / "out" / "one"


def log(folder: Path, name: str) -> str:
    return (folder / f"{name}.log").read_text(errors="replace")[-3000:]


def with_two_workers(made: Networks) -> list[str]:
    """The lab, a scheduler and two workers, all up; the options of a scan."""
    options = made.open_lab()
    shorten(made.folder / "domains.csv")
    made.scheduler()
    made.wait_for("scheduler", "Scheduler at")
    for number in (1, 2):
        made.worker(number)
    for number in (1, 2):
        made.wait_for(f"worker{number}", "Registered to")
    return options


def test_two_workers_come_to_what_one_process_does(tmp_path: Path, by_one: Path) -> None:
    with networks(tmp_path) as made:
        options = with_two_workers(made)
        assert made.scan([*options, *CLUSTER], "two").wait(SCAN_SECONDS) == 0, log(tmp_path, "two")
        visitors = made.visitors()
    assert differences(stable(by_one), stable(tmp_path / "out" / "two")) == []
    assert {WORKERS.get(client) for _, _, client in visitors} == {1, 2}
    served = [(prefix_of(address), WORKERS[client]) for server, address, client in visitors if "mta-sts." not in server]
    assert len(set(served)) == len({network for network, _ in served}), "a network is one worker's alone"


@pytest.mark.parametrize("restarted", [False, True])
def test_a_worker_that_is_killed_changes_nothing_in_the_tables(
    tmp_path: Path, by_one: Path, *, restarted: bool
) -> None:
    with networks(tmp_path) as made:
        options = with_two_workers(made)
        done = made.scan([*options, *CLUSTER], "two")
        wait_for_rows(tmp_path / "out" / "two" / "journal.sqlite", "sessions", 12)
        kill_worker(made, 1)
        if restarted:
            made.worker(1, "again1")
        assert done.wait(SCAN_SECONDS) == 0, log(tmp_path, "two")
    assert differences(stable(by_one), stable(tmp_path / "out" / "two")) == []


def test_a_run_of_a_cluster_goes_on_without_it(tmp_path: Path, by_one: Path) -> None:
    with networks(tmp_path) as made:
        options = with_two_workers(made)
        done = made.scan([*options, *CLUSTER], "two")
        wait_for_rows(tmp_path / "out" / "two" / "journal.sqlite", "sessions", 12)
        done.terminate()
        assert done.wait(SCAN_SECONDS) == 143, log(tmp_path, "two")
        assert made.resume(options, "two").wait(SCAN_SECONDS) == 0, log(tmp_path, "two-resumed")
    assert differences(stable(by_one), stable(tmp_path / "out" / "two")) == []


def kill_worker(made: Networks, number: int) -> None:
    """Kill -9 the processes of a worker's namespace, whose only program it is."""
    name = f"{made.prefix}-w{number}"
    listed = subprocess.run([program("ip"), "netns", "pids", name], capture_output=True, text=True, check=True)
    for pid in listed.stdout.split():
        os.kill(int(pid), signal.SIGKILL)


def test_a_way_that_is_not_encrypted_is_refused_unless_one_insists(tmp_path: Path) -> None:
    with networks(tmp_path) as made:
        options = made.open_lab()
        plain = SCHEDULER.replace("tls://", "tcp://")
        assert made.scan([*options, "--cluster", plain], "plain").wait(SCAN_SECONDS) == 2
    assert "not encrypted" in log(tmp_path, "plain")


def test_where_no_scheduler_is_the_command_says_so(tmp_path: Path) -> None:
    with networks(tmp_path) as made:
        options = made.open_lab()
        assert made.scan([*options, *CLUSTER], "alone").wait(SCAN_SECONDS) == 2
    said = log(tmp_path, "alone")
    assert SCHEDULER in said
    assert "Traceback" not in said
