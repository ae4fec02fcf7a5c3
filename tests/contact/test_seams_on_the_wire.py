"""Where one who contacts servers is lost and another goes on, and where servers ask for less, the pace is kept."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.contact.namespace import Place, Seen, place, usual
from tests.contact.pace import connections, grouped, shortest_pause
from tests.contact.town import Plan
from tests.end_to_end.lab_runs import wait_for_rows
from tests.end_to_end.test_workers import workers_of

pytestmark = [pytest.mark.real, pytest.mark.slow]

PLACE, BUSY, TWICE_BUSY = "9.20.0.1", "9.20.1.1", "9.20.2.1"
RATE, PAUSE, JITTER = "0.5", 2.0, 0.3
HOLD_OFF = 1.2
ZONE = "".join(
    f"{label}{number} MX 10 mx.{label}{number}\nmx.{label}{number} A {address}\n"
    for label, address in (("slow", PLACE), ("busy", BUSY), ("twice", TWICE_BUSY))
    for number in range(3)
)
SLOW = [f"slow{number}.example" for number in range(3)]
OPTIONS = ("--no-share", "--rate", RATE)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("here"), Plan(zone=ZONE, busy={BUSY: 1, TWICE_BUSY: 2})) as made:
        yield made


def kept(seen: Seen) -> None:
    """That the pace was that of one who never was interrupted."""
    met = connections(seen.packets, 25)
    assert len(met) >= len(SLOW)
    assert shortest_pause(met) > PAUSE - JITTER


def begun(here: Place, *words: str, name: str, until: int = 1) -> "subprocess.Popen[str]":
    """A run of which so many conversations are recorded."""
    here.seen()
    process = here.audit("scan", *words, "--name", name, *usual("scan"))
    wait_for_rows(here.folder / "out" / name / "journal.sqlite", "sessions", until)
    return process


def ended(process: "subprocess.Popen[str]") -> None:
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, complaints + said


def test_a_worker_that_replaces_one_who_is_lost_keeps_the_pace(here: Place) -> None:
    process = begun(here, *SLOW, *OPTIONS, "--workers", "2", name="lost")
    for worker in workers_of(process):
        os.kill(worker, signal.SIGKILL)
    ended(process)
    kept(here.seen())


def test_a_run_that_goes_on_after_a_kill_keeps_the_pace(here: Place) -> None:
    process = begun(here, *SLOW, *OPTIONS, name="killed")
    process.kill()
    process.communicate(timeout=60)
    ended(here.audit("scan", "--resume", "killed", "-o", "out", "-q"))
    kept(here.seen())


def test_who_asked_for_less_is_let_alone_for_longer_each_time(here: Place) -> None:
    listed = [f"{label}{number}.example" for label in ("busy", "twice") for number in range(3)]
    options = ("--no-share", "--rate", "2", "--hold-off", f"{HOLD_OFF:g}", "--workers", "2")
    by_address = grouped(str, connections(here.run(*listed, *options).packets, 25))
    first, *others = by_address[BUSY]
    assert len(others) == 2
    assert others[0].began_at - first.ended_at > HOLD_OFF - JITTER
    first, second, third = by_address[TWICE_BUSY]
    assert second.began_at - first.ended_at > HOLD_OFF - JITTER
    assert third.began_at - second.ended_at > 2 * HOLD_OFF - JITTER
