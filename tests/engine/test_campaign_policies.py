"""MTA-STS policies as subjects of a campaign: fetched once, again if that may help, and waited for."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.config import Config
from auditor.engine.campaign import run_campaign
from auditor.engine.stop import StopReason
from auditor.journal import Journal
from auditor.model.mta_sts import FetchOutcome, PolicyHost

Record = Callable[..., Journal]
HOST = PolicyHost("d1.example")


async def campaign(record: Record, world: Any, **settings: object) -> Journal:
    journal = record(world)
    assert await run_campaign(journal, Config.model_validate({"retry_wait": 15, **settings}), world.backend()) is (
        StopReason.DONE
    )
    return journal


async def test_a_policy_is_kept_with_the_certificates_of_its_host(
    world: Any, record: Record, autojump_clock: MockClock
) -> None:
    world.lone(1)
    world.policies["d1.example"] = (FetchOutcome.FETCHED,)
    journal = await campaign(record, world)
    fetch = journal.policy_fetch(HOST)
    assert fetch is not None
    assert (fetch.outcome, fetch.body, fetch.attempts) == (FetchOutcome.FETCHED, "version: STSv1", 1)
    assert journal.certificate(HOST.name) is not None
    assert journal.is_settled(HOST)
    assert (world.looks[HOST], journal.counts()["policies"], journal.counts()["targets_done"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("outcomes", "looks", "last"),
    [
        ((FetchOutcome.TIMEOUT, FetchOutcome.FETCHED), 2, FetchOutcome.FETCHED),
        ((FetchOutcome.REFUSED, FetchOutcome.UNREACHABLE), 2, FetchOutcome.UNREACHABLE),
        ((FetchOutcome.DNS_FAILED, FetchOutcome.FETCHED), 1, FetchOutcome.DNS_FAILED),
        ((FetchOutcome.STATUS, FetchOutcome.FETCHED), 1, FetchOutcome.STATUS),
        ((FetchOutcome.OVERSIZED, FetchOutcome.FETCHED), 1, FetchOutcome.OVERSIZED),
    ],
)
async def test_what_may_pass_is_looked_at_once_more_later(
    world: Any,
    record: Record,
    autojump_clock: MockClock,
    outcomes: tuple[FetchOutcome, ...],
    looks: int,
    last: FetchOutcome,
) -> None:
    world.lone(1)
    world.policies["d1.example"] = outcomes
    journal = await campaign(record, world)
    fetch = journal.policy_fetch(HOST)
    assert fetch is not None
    assert (fetch.outcome, fetch.attempts, world.looks[HOST]) == (last, looks, looks)
    times = world.looked_at[HOST]
    assert all(later - earlier >= 15 for earlier, later in pairwise(times))
    assert journal.counts()["targets_done"] == 1


async def test_a_domain_is_done_when_its_policy_is_too(world: Any, record: Record, autojump_clock: MockClock) -> None:
    world.domain("d1.example")  # takes no mail, but has a policy
    world.policies["d1.example"] = (FetchOutcome.TIMEOUT, FetchOutcome.FETCHED)
    journal = record(world)
    with trio.move_on_after(5):
        await run_campaign(journal, Config(retry_wait=15), world.backend())
    assert not journal.is_settled(HOST)
    assert [one.domain for one in journal.targets(unfinished=True)] == ["d1.example"]


async def test_a_resumed_run_fetches_only_what_is_not_settled(
    world: Any, record: Record, autojump_clock: MockClock
) -> None:
    for number in range(1, 5):
        world.lone(number)
        world.policies[f"d{number}.example"] = (FetchOutcome.FETCHED,)
    world.conversations_at_once = 1
    journal = record(world)
    with trio.move_on_after(4):
        await run_campaign(journal, Config(), world.backend())
    settled = [n for n in range(1, 5) if journal.is_settled(PolicyHost(f"d{n}.example"))]
    journal.close()
    with Journal.resume(journal.folder) as again:
        await run_campaign(again, Config(), world.backend())
        assert again.counts()["targets_done"] == 4
    assert len(settled) < 4
    assert all(world.looks[PolicyHost(f"d{n}.example")] == 1 for n in settled)


async def test_a_policy_host_whose_lookup_gave_no_fact_is_asked_for_again_when_the_run_is_resumed(
    world: Any, record: Record, autojump_clock: MockClock
) -> None:
    for number in (1, 2):
        world.lone(number)
    world.policies["d1.example"] = (FetchOutcome.DNS_FAILED, FetchOutcome.FETCHED)
    world.policies["d2.example"] = (FetchOutcome.STATUS, FetchOutcome.FETCHED)
    journal = await campaign(record, world)
    assert journal.counts()["targets_done"] == 2
    journal.close()
    with Journal.resume(journal.folder) as again:
        assert await run_campaign(again, Config(), world.backend()) is StopReason.DONE
        fetches = [again.policy_fetch(PolicyHost(f"d{number}.example")) for number in (1, 2)]
        assert [fetch and fetch.outcome for fetch in fetches] == [FetchOutcome.FETCHED, FetchOutcome.STATUS]
        assert again.counts()["targets_done"] == 2
