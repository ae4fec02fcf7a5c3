"""Ending early: in time, with what was observed, whatever hangs or breaks."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.engine.campaign import run_campaign
from auditor.engine.stop import StopReason
from auditor.errors import NotFinishedError
from auditor.journal import Journal
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome


@pytest.mark.parametrize("hangs", ["servers", "dns", "both"])
async def test_asked_to_stop_it_ends_within_five_seconds_and_can_go_on(
    world: Any, record: Any, hangs: str, autojump_clock: MockClock
) -> None:
    for number in range(30):
        world.lone(number)
    if hangs != "dns":
        world.seconds = lambda _: 1e6
    if hangs != "servers":
        world.dns_seconds = lambda question: 1e6 if "2" in question.name else 0.25
    journal = record(world)
    stop = trio.Event()
    reasons = []

    async def run() -> None:
        reasons.append(await run_campaign(journal, world.config, world.backend(), stop=stop))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.sleep(20)
        looks, surveyed = world.looks.total(), world.surveyed.total()
        stop.set()
        asked_at = trio.current_time()
    assert reasons == [StopReason.INTERRUPTED]
    assert trio.current_time() - asked_at <= 5
    assert (world.looks.total(), world.surveyed.total()) == (looks, surveyed), "no new work was taken up"
    assert list(journal.targets(unfinished=True))
    assert not journal._database.in_transaction


async def test_what_ends_in_the_grace_is_kept(world: Any, record: Any, autojump_clock: MockClock) -> None:
    endpoint = world.lone(1)
    world.seconds = lambda _: 10.0
    journal = record(world)
    stop = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: run_campaign(journal, world.config, world.backend(), stop=stop))
        await trio.sleep(9.5)
        stop.set()
    assert journal.is_settled(endpoint)
    assert journal.counts()["targets_done"] == 1


async def test_asked_to_stop_before_it_began_it_contacts_nobody(
    world: Any, record: Any, autojump_clock: MockClock
) -> None:
    world.lone(1)
    stop = trio.Event()
    stop.set()
    assert await run_campaign(record(world), world.config, world.backend(), stop=stop) is StopReason.INTERRUPTED
    assert not world.looks


async def test_the_deadline_stops_it_as_a_signal_does(make: Any, record: Any, autojump_clock: MockClock) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    world = make.World(make.World().config.model_copy(update={"deadline": soon}))
    for number in range(9):
        world.lone(number)
    world.seconds = lambda _: 1e6
    began = trio.current_time()
    assert await run_campaign(record(world), world.config, world.backend()) is StopReason.DEADLINE
    assert 95 <= trio.current_time() - began <= 105


async def test_a_bug_in_one_conversation_is_a_row_and_not_the_end(
    make: Any, world: Any, record: Any, caplog: pytest.LogCaptureFixture, autojump_clock: MockClock
) -> None:
    bad, good = world.lone(1, make.Look(bug=True)), world.lone(2)
    journal = record(world)
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
    row = journal.session(bad)
    assert row is not None
    assert (row.outcome, row.blame, row.error) == (
        Outcome.INTERNAL_ERROR,
        Blame.OURS,
        "RuntimeError: a bug of ours",
    )
    assert journal.is_settled(good)
    assert journal.counts()["targets_done"] == 2
    assert "Traceback" in caplog.text


@pytest.mark.slow
async def test_a_full_disk_ends_it_with_what_to_do(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    for number in range(2000):
        world.domain(f"{'long-' * 10}{number}.example", ".")
    journal = record(world)
    (pages,) = journal._database.execute("PRAGMA page_count").fetchone()
    journal._database.execute(f"PRAGMA max_page_count = {pages + 40}")
    with pytest.raises(NotFinishedError, match=r"journal.sqlite: .*full.*--resume"):
        await run_campaign(journal, world.config, world.backend())
    with pytest.raises(NotFinishedError) if journal._database.in_transaction else nullcontext():
        journal.close()
    with Journal.resume(journal.folder) as again:
        assert 0 < again.counts()["targets_done"] < 2000
        await run_campaign(again, world.config, world.backend())
        assert again.counts()["targets_done"] == 2000


async def test_the_disk_itself_is_written_too_by_another_thread(
    make: Any, world: Any, tmp_path: Path, autojump_clock: MockClock
) -> None:
    threads: list[threading.Thread] = []
    synced = threading.Event()  # the virtual clock may be at the end before the thread is

    class Noting(Journal):
        def sync(self) -> None:
            super().sync()
            threads.append(threading.current_thread())
            synced.set()

    world.lone(1)
    world.seconds = lambda _: 100.0
    with Noting.create(tmp_path / "run", world.config, make.BEGAN) as journal:
        journal.add_list(world.targets)
        await run_campaign(journal, world.config, world.backend())
        assert synced.wait(10)
    assert threading.main_thread() not in threads


async def test_a_disk_that_is_gone_ends_it(make: Any, world: Any, tmp_path: Path, autojump_clock: MockClock) -> None:
    class Gone(Journal):
        def sync(self) -> None:
            raise NotFinishedError("the disk is gone")

    world.lone(1)
    world.seconds = lambda _: 1e6
    with Gone.create(tmp_path / "run", world.config, make.BEGAN) as journal:
        journal.add_list(world.targets)
        with pytest.raises(NotFinishedError, match="the disk is gone"):
            await run_campaign(journal, world.config, world.backend())


async def test_settled_endpoints_are_forgotten(make: Any, world: Any, record: Any, autojump_clock: MockClock) -> None:
    """What is open is in memory, what is settled in the journal: a shared exchange is found there again."""
    world.domain("first.example", "mx.example")
    world.domain("late.example", "mx.example")
    world.server("mx.example", "192.0.2.1", make.Look(names=("mx.example",)))
    world.dns_seconds = lambda question: 50.0 if question.name == "late.example" else 0.25
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert world.looks == {Endpoint("mx.example", "192.0.2.1", 25): 1}
    assert journal.counts()["targets_done"] == 2
