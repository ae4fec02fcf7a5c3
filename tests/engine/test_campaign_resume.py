"""Killed anywhere and resumed, a run comes to what an unbroken one does, and asks nothing twice."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.engine.campaign import run_campaign
from auditor.engine.stop import StopReason
from auditor.journal import Journal
from auditor.model.session import Outcome

# Whole, this world takes about 35 virtual seconds.
MOMENTS = [round(0.3 + 0.9 * n, 2) for n in range(40)]


def build(make: Any) -> Any:
    """Some of everything: shared exchanges, shared addresses, second looks, failed lookups, bugs."""
    world, look = make.World(), make.Look
    big = ("mx1.big.example", "mx2.big.example")
    for number in range(6):
        world.domain(f"tenant{number}.example", *big)
    for name in big:
        world.server(name, "192.0.2.1", look(names=("*.big.example",)))
        world.server(name, "192.0.2.2", look(names=(name,)))
    for number in range(10):
        world.lone(1000 + number)
    world.lone(1, look(Outcome.DEFERRED), look())
    world.lone(2, look(Outcome.REPLY_TIMEOUT))
    world.lone(3, look(Outcome.REFUSED))
    world.lone(4, look(Outcome.RESET), look(Outcome.CONNECT_TIMEOUT))
    world.domain("null.example", ".")
    world.domain("lame.example", make.FAILS)
    world.domain("broken.example", "mx1.big.example")
    world.bugs.add("broken.example")
    return world


async def until_killed(journal: Journal, world: Any, seconds: float) -> None:
    """As kill -9 has it: nobody cleans up, and what was not flushed is lost.

    A look that was lost is no first look: the world shows it again.
    """
    with trio.move_on_after(seconds):
        await run_campaign(journal, world.config, world.backend())
    if journal._database.in_transaction:
        journal._database.execute("ROLLBACK")
    world.shown = Counter({one.endpoint: one.attempts for one in journal.sessions()})
    journal.close()


@pytest.fixture
async def expected(make: Any, record: Any) -> dict[str, list[Any]]:
    world = build(make)
    journal = record(world, "unbroken")
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
    whole: dict[str, list[Any]] = make.content(journal)
    return whole


@pytest.mark.parametrize("seconds", MOMENTS)
async def test_killed_anywhere_it_comes_to_the_same(
    make: Any, record: Any, expected: dict[str, list[Any]], seconds: float, autojump_clock: MockClock
) -> None:
    world = build(make)
    killed = record(world, "killed")
    await until_killed(killed, world, seconds)
    with Journal.resume(killed.folder) as journal:
        facts = [one.question for one in journal.answers() if one.status.known]
        settled = [one.endpoint for one in journal.sessions() if journal.is_settled(one.endpoint)]
        done = {one.key for one in journal.targets()} - {one.key for one in journal.targets(unfinished=True)}
        before = Counter(world.asked), Counter(world.looks), Counter(world.surveyed)
        assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
        assert make.content(journal) == expected
    assert {one: world.asked[one] for one in facts} == {one: before[0][one] for one in facts}
    assert {one: world.looks[one] for one in settled} == {one: before[1][one] for one in settled}
    assert {one: world.surveyed[one] for one in done} == {one: before[2][one] for one in done}


@pytest.mark.slow
async def test_killed_again_and_again_it_comes_to_the_same(
    make: Any, record: Any, expected: dict[str, list[Any]], autojump_clock: MockClock
) -> None:
    world = build(make)
    journal = record(world, "killed")
    await until_killed(journal, world, 1.5)
    for _ in range(4):
        await until_killed(Journal.resume(journal.folder), world, 4.7)
    with Journal.resume(journal.folder) as last:
        assert await run_campaign(last, world.config, world.backend()) is StopReason.DONE
        assert make.content(last) == expected


async def test_a_whole_run_has_nothing_to_resume_but_what_is_no_fact(
    make: Any, record: Any, autojump_clock: MockClock
) -> None:
    world = build(make)
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert list(journal.targets(unfinished=True)) == []
    assert journal.fault_count == 1
    journal.close()
    asked, looks = Counter(world.asked), Counter(world.looks)
    with Journal.resume(journal.folder) as again:
        assert [one.key for one in again.targets(unfinished=True)] == ["lame.example", "broken.example"]
        world.domain("lame.example", "mx1003.example")
        world.bugs.clear()
        await run_campaign(again, world.config, world.backend())
        assert list(again.targets(unfinished=True)) == []
        assert again.fault_count == 0
    assert [one.name for one in world.asked - asked] == ["lame.example", "broken.example"]
    assert world.looks == looks


@pytest.mark.parametrize("retries", [1, 2])
async def test_the_looks_of_both_parts_count_together(
    make: Any, record: Any, retries: int, autojump_clock: MockClock
) -> None:
    world = make.World(make.World().config.model_copy(update={"retries": retries}))
    endpoint = world.lone(1, make.Look(Outcome.DEFERRED))
    journal = record(world)
    await until_killed(journal, world, 10.0)
    assert world.looks[endpoint] == 1
    began = trio.current_time()
    with Journal.resume(journal.folder) as again:
        assert not again.is_settled(endpoint)
        await run_campaign(again, world.config, world.backend())
        session = again.session(endpoint)
    assert session is not None
    assert session.attempts == world.looks[endpoint] == retries + 1
    assert world.looked_at[endpoint][1] - began >= world.config.retry_wait


def test_a_list_that_was_not_read_to_its_end_is_no_run_to_resume(make: Any, tmp_path: Path) -> None:
    journal = Journal.create(tmp_path / "run", make.World().config, make.BEGAN)
    journal.close()
    with pytest.raises(Exception, match="before its list was read"):
        Journal.resume(tmp_path / "run")
