"""A closed way out is not a broken world, and what it hid is looked at again."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from dataclasses import replace
from typing import Any

import pytest
from trio.testing import MockClock

from auditor.engine.campaign import run_campaign
from auditor.engine.stop import StopReason
from auditor.engine.vantage import VantageGuard
from auditor.journal import Journal
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, SmtpSession, Stage

NO_CONNECTION = [Outcome.CONNECT_TIMEOUT, Outcome.UNREACHABLE]


def session(number: int, outcome: Outcome = Outcome.CONNECT_TIMEOUT, port: int = 25, name: str = "mx") -> SmtpSession:
    endpoint = Endpoint(f"{name}.example", f"192.0.2.{number}", port)
    return SmtpSession(endpoint=endpoint, outcome=outcome, stage=Stage.CONNECT)


def guard(*sessions: SmtpSession, limit: int = 3) -> VantageGuard:
    made = VantageGuard(limit)
    for one in sessions:
        made.see(one)
    return made


def test_it_trips_when_so_many_addresses_and_no_other_came_to_nothing() -> None:
    assert not guard(session(1), session(2)).tripped
    assert guard(session(1), session(2, Outcome.UNREACHABLE), session(3)).tripped


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in NO_CONNECTION])
def test_any_other_end_clears_the_path_unless_it_is_our_own_doing(outcome: Outcome) -> None:
    made = guard(session(9, outcome), *(session(number) for number in range(5)))
    assert made.tripped is (outcome in {Outcome.SKIPPED, Outcome.INTERNAL_ERROR})


def test_other_ports_say_nothing_of_port_25() -> None:
    assert not guard(*(session(number, port=587) for number in range(5))).tripped
    assert guard(session(9, Outcome.COMPLETED, port=465), *(session(number) for number in range(5))).tripped


def test_the_silent_addresses_of_a_range_say_nothing_of_the_path() -> None:
    silent = [session(number) for number in range(50)]
    sought = [replace(one, endpoint=replace(one.endpoint, sought=True)) for one in silent]
    assert not guard(*sought).tripped
    assert guard(*sought).note() is None


def test_many_names_of_one_dead_server_are_one_address() -> None:
    assert not guard(*(session(1, name=f"mx{number}") for number in range(9))).tripped


def test_it_can_be_turned_off_and_still_says_what_it_saw() -> None:
    made = guard(*(session(number) for number in range(50)), limit=0)
    assert not made.tripped
    assert "none of 50 addresses" in (made.note() or "")


@pytest.mark.parametrize(
    ("sessions", "note"),
    [([], None), ([session(1)], ""), ([session(1), session(2)], ""), ([session(1, Outcome.COMPLETED)], "")],
)
def test_a_note_needs_three_addresses(sessions: list[SmtpSession], note: str | None) -> None:
    assert guard(*sessions).note() == note


@pytest.mark.parametrize("outcome", NO_CONNECTION)
async def test_what_a_closed_path_hid_is_not_held_against_anybody(
    make: Any, record: Any, outcome: Outcome, autojump_clock: MockClock
) -> None:
    world = make.World(make.World().config.model_copy(update={"vantage_guard": 5}))
    for number in range(30):
        world.lone(number, make.Look(outcome))
    world.domain("null.example", ".")
    journal = record(world)
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.VANTAGE
    assert len(world.looks) < 30
    sessions = list(journal.sessions())
    assert len(sessions) >= 5
    assert {one.blame for one in sessions} == {Blame.PATH}
    assert not any(journal.is_settled(one.endpoint) for one in sessions)
    journal.close()

    for endpoint in world.servers:
        world.servers[endpoint] = (make.Look(),)
    before = world.asked.copy()
    with Journal.resume(journal.folder) as again:
        assert len(list(again.targets(unfinished=True))) == 31
        assert await run_campaign(again, world.config, world.backend()) is StopReason.DONE
        assert {(one.outcome, one.attempts) for one in again.sessions()} == {(Outcome.COMPLETED, 1)}
        assert again.counts()["sessions"] == 30
        assert again.counts()["targets_done"] == 31
        assert again.meta("vantage_note") == ""
    assert {question: world.asked[question] for question in before} == before


async def test_names_at_a_dead_place_are_looked_at_again_too(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = make.World(make.World().config.model_copy(update={"vantage_guard": 3}))
    for name in ("a.example", "b.example", "c.example"):
        world.domain(f"of.{name}", name)
        world.server(name, "192.0.2.1", make.Look(Outcome.UNREACHABLE))
    for number in range(9):
        world.lone(number, make.Look(Outcome.UNREACHABLE))
    world.seconds = lambda endpoint: 0.1 if endpoint.address == "192.0.2.1" else 50.0
    journal = record(world)
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.VANTAGE
    shared = [one for one in journal.sessions() if one.shared_from is not None]
    assert len(shared) == 2
    assert not any(journal.is_settled(one.endpoint) for one in journal.sessions())
    assert {one.blame for one in journal.sessions()} == {Blame.PATH}


async def test_what_trips_the_guard_serves_nobody(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = make.World(make.World().config.model_copy(update={"vantage_guard": 2}))
    world.lone(1, make.Look(Outcome.UNREACHABLE))
    for name in ("a.example", "b.example"):
        world.domain(f"of.{name}", name)
        world.server(name, "192.0.2.1", make.Look(Outcome.UNREACHABLE))
    world.seconds = lambda endpoint: 9.0 if endpoint.address == "192.0.2.1" else 0.1
    journal = record(world)
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.VANTAGE
    assert journal.counts()["sessions"] == 2
    assert not any(journal.is_settled(one.endpoint) for one in journal.sessions())


async def test_a_note_outlives_a_resumed_run_that_contacts_nobody(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    for number in range(4):
        world.lone(number, make.Look(Outcome.REFUSED if number > 3 else Outcome.CONNECT_TIMEOUT))
    journal = record(world)
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
    assert journal.counts()["targets_done"] == 4
    note = journal.meta("vantage_note")
    assert "none of 4 addresses" in note
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
    assert journal.meta("vantage_note") == note
