"""Every subject once, within the limits, for any list whatever."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import trio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from auditor.engine.campaign import run_campaign
from auditor.engine.feeder import MAX_WAITING_ENDPOINTS
from auditor.engine.stop import StopReason
from auditor.journal import Journal

HOSTS = [f"mx{n}.example" for n in range(6)]
PLACES = [f"192.0.2.{n}" for n in range(4)]


@st.composite
def shapes(draw: Any) -> dict[str, Any]:
    """Which domains name which exchanges at which addresses, how they answer, and the limits."""
    return {
        "zones": draw(st.lists(st.lists(st.sampled_from(HOSTS), max_size=4, unique=True), max_size=12)),
        "places": {host: draw(st.lists(st.sampled_from(PLACES), max_size=3, unique=True)) for host in HOSTS},
        "wildcard": draw(st.booleans()),
        "no_share": draw(st.booleans()),
        "at_once": (draw(st.integers(1, 3)), draw(st.integers(1, 3))),
    }


def build(make: Any, shape: dict[str, Any]) -> Any:
    world = make.World(make.World().config.model_copy(update={"no_share": shape["no_share"]}))
    world.domains_at_once, world.conversations_at_once = shape["at_once"]
    names = ("*.example",) if shape["wildcard"] else ()
    for number, exchanges in enumerate(shape["zones"]):
        world.domain(f"d{number}.test", *exchanges)
    for host, places in shape["places"].items():
        for place in places:
            world.server(host, place, make.Look(names=names or (host,)))
    return world


async def unhindered(journal: Journal, world: Any) -> StopReason:
    with trio.fail_after(600):  # where tasks wait for one another, the virtual clock runs on
        return await run_campaign(journal, world.config, world.backend())


@pytest.mark.slow
@settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=shapes())
def test_any_list_is_observed_whole_each_subject_once_within_the_limits(make: Any, shape: dict[str, Any]) -> None:
    world = build(make, shape)
    wanted = {
        endpoint
        for endpoint in world.servers
        if any(endpoint.exchange in exchanges for exchanges in world.zones.values())
    }
    with TemporaryDirectory() as folder, Journal.create(Path(folder) / "run", world.config, make.BEGAN) as journal:
        journal.add_list(world.targets)
        clock = MockClock(autojump_threshold=0)
        assert trio.run(unhindered, journal, world, clock=clock) is StopReason.DONE
        assert journal.counts()["targets_done"] == len(world.zones)
        assert {one.endpoint for one in journal.sessions()} == wanted
    assert all(count == 1 for count in (*world.asked.values(), *world.surveyed.values(), *world.looks.values()))
    if shape["no_share"]:
        assert set(world.looks) == wanted
    else:
        assert all(most == 1 for kind, most in world.open_most.items() if isinstance(kind, tuple))
    if shape["wildcard"] and not shape["no_share"]:
        places = [(one.address, one.port) for one in world.looks]
        assert len(places) == len(set(places)), "one conversation served all names of its place"
    assert world.open_most["domains"] <= world.domains_at_once
    assert world.open_most["conversations"] <= world.conversations_at_once


async def test_all_limits_are_used(world: Any, record: Any, autojump_clock: MockClock) -> None:
    for number in range(20):
        world.lone(number)
    await run_campaign(record(world), world.config, world.backend())
    assert (world.open_most["domains"], world.open_most["conversations"]) == (3, 4)


async def test_slow_servers_do_not_hold_up_the_dns(world: Any, record: Any, autojump_clock: MockClock) -> None:
    for number in range(40):
        world.lone(number)
    world.seconds = lambda _: 1000.0
    with trio.move_on_after(100):
        await run_campaign(record(world), world.config, world.backend())
    assert len(world.surveyed) == 40
    assert len(world.looks) == 4


@pytest.mark.slow
async def test_the_list_is_read_no_faster_than_its_endpoints_are_taken_up(
    world: Any, record: Any, autojump_clock: MockClock
) -> None:
    for number in range(MAX_WAITING_ENDPOINTS // 8 + 200):
        name = f"mx{number}.example"
        world.domain(f"d{number}.example", name)
        for last in range(8):
            world.server(name, f"10.{number // 200}.{number % 200}.{last + 1}")
    world.seconds = lambda _: 1e6
    journal = record(world)
    with trio.move_on_after(10_000):
        await run_campaign(journal, world.config, world.backend())
    surveyed = len(world.surveyed)
    assert MAX_WAITING_ENDPOINTS <= surveyed * 8 <= MAX_WAITING_ENDPOINTS + 8 * (world.domains_at_once + 4)


async def test_the_order_is_the_run_s_own_and_not_the_list_s(make: Any, record: Any, autojump_clock: MockClock) -> None:
    orders = []
    for name in ("first", "again"):
        world = make.World(domains_at_once=50, dns_seconds=lambda _: 0.0)
        listed = [world.lone(number) for number in range(40)]
        await run_campaign(record(world, name), world.config, world.backend())
        begun = {endpoint: times[0] for endpoint, times in world.looked_at.items()}
        orders.append([begun[endpoint] - min(begun.values()) for endpoint in listed])
    assert orders[0] == pytest.approx(orders[1])
    assert orders[0] != sorted(orders[0])


async def test_dns_only_contacts_nobody(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = make.World(make.World().config.model_copy(update={"dns_only": True}))
    for number in range(5):
        world.lone(number)
    journal = record(world)
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
    assert not world.looks
    assert journal.counts()["answers"] == 15
    assert journal.counts()["targets_done"] == 5
