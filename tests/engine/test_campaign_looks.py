"""Second looks: when they are taken, and what counts of two."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from dataclasses import replace
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.engine.campaign import run_campaign
from auditor.journal.sharing import better
from auditor.model.endpoint import CLIENT_PORTS, Endpoint
from auditor.model.session import Outcome, SmtpSession, Stage

AT = Endpoint("mx.example", "192.0.2.1", 25)


def session(outcome: Outcome, stage: Stage, attempts: int = 1) -> SmtpSession:
    return SmtpSession(endpoint=AT, outcome=outcome, stage=stage, attempts=attempts)


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_what_may_pass_is_looked_at_once_more_and_all_else_is_not(
    make: Any, world: Any, record: Any, outcome: Outcome, autojump_clock: MockClock
) -> None:
    endpoint = world.lone(1, make.Look(outcome))
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    times = world.looked_at[endpoint]
    assert len(times) == 1 + outcome.transient
    if outcome.transient:
        ended = times[0] + world.seconds(endpoint)
        assert 0 <= times[1] - ended - world.config.retry_wait < 0.001
    assert [(one.outcome, one.attempts) for one in journal.sessions()] == [(outcome, len(times))]


async def test_until_the_second_look_the_domain_is_not_done(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    endpoint = world.lone(1, make.Look(Outcome.DEFERRED), make.Look())
    journal = record(world)
    with trio.move_on_after(10):
        await run_campaign(journal, world.config, world.backend())
    assert not journal.is_settled(endpoint)
    first = journal.session(endpoint)
    assert first is not None
    assert (first.outcome, first.attempts) == (Outcome.DEFERRED, 1)
    assert journal.counts()["targets_done"] == 0


async def test_second_looks_hold_up_nobody_else(make: Any, world: Any, record: Any, autojump_clock: MockClock) -> None:
    world.conversations_at_once = 1
    for number in range(5):
        world.lone(number, make.Look(Outcome.DEFERRED), make.Look())
    others = [world.lone(100 + number) for number in range(5)]
    await run_campaign(record(world), world.config, world.backend())
    assert max(world.looked_at[one][0] for one in others) < world.config.retry_wait


async def test_facts_of_a_first_look_outlive_a_second_that_sees_less(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    first = make.Look(Outcome.RESET, names=("mx1.example",), stage=Stage.EHLO_TLS)
    endpoint = world.lone(1, first, make.Look(Outcome.CONNECT_TIMEOUT))
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert journal.session(endpoint) == replace(first.conversation(endpoint).session, attempts=2)
    assert journal.is_settled(endpoint)
    assert journal.counts()["certificates"] == 1


def test_the_look_that_got_further_counts_with_the_number_of_looks() -> None:
    first, second = session(Outcome.RESET, Stage.TLS), session(Outcome.CONNECT_TIMEOUT, Stage.CONNECT, 2)
    assert better(first, second) == replace(first, attempts=2)
    assert better(second, replace(first, attempts=3)) == replace(first, attempts=3)


def test_at_a_tie_the_later_counts() -> None:
    second = session(Outcome.CLOSED, Stage.EHLO, 2)
    assert better(session(Outcome.RESET, Stage.EHLO), second) is second
    assert better(None, second) is second


def test_a_fault_of_ours_never_takes_the_place_of_facts() -> None:
    facts, fault = session(Outcome.DEFERRED, Stage.GREETING), session(Outcome.INTERNAL_ERROR, Stage.QUIT, 2)
    assert better(facts, fault) == replace(facts, attempts=2)
    assert better(fault, replace(facts, attempts=3)) == replace(facts, attempts=3)


@pytest.mark.parametrize("outcome", [Outcome.CONNECT_TIMEOUT, Outcome.DEFERRED])
async def test_what_was_only_sought_and_is_silent_is_looked_at_once(
    make: Any, world: Any, record: Any, outcome: Outcome, autojump_clock: MockClock
) -> None:
    promised = world.lone(1)
    sought = [world.server(promised.exchange, promised.address, make.Look(outcome), port=port) for port in CLIENT_PORTS]
    world.config = world.config.model_copy(update={"services": True})
    await run_campaign(record(world), world.config, world.backend())
    looks = 2 if outcome is Outcome.DEFERRED else 1
    assert [len(world.looked_at[endpoint]) for endpoint in (promised, *sought)] == [1, *[looks] * len(sought)]
