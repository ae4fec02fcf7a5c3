"""Jobs done by several: the same journal as by one, whoever is lost, and whatever each of them is told."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.engine.backends.crew import Crew
from auditor.engine.backends.far import serve
from auditor.engine.backends.frames import Ready, pack
from auditor.engine.backends.link import LinkLostError, ready
from auditor.engine.campaign import run_campaign
from auditor.engine.stop import StopReason
from auditor.errors import NotFinishedError
from auditor.journal import Journal
from auditor.model.dns import Answer, Question
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome
from auditor.net.limits import prefix_of
from auditor.policy.drive import replay
from auditor.policy.route import mail_route


@dataclass
class MemoryLink:
    there: trio.MemorySendChannel[bytes]
    back: trio.MemoryReceiveChannel[bytes]

    async def send(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            try:
                await self.there.send(frame)
            except trio.BrokenResourceError:
                raise LinkLostError("gone") from None

    async def receive(self) -> Sequence[bytes]:
        try:
            return [await self.back.receive()]
        except trio.EndOfChannel:
            raise LinkLostError("gone") from None


@dataclass
class Far:
    """Workers in memory, which can be lost; each a backend of its own on one world."""

    world: Any
    backend: Callable[[int], Any]
    """Makes that of the post with a number."""
    nursery: trio.Nursery
    living: dict[int, trio.CancelScope] = field(default_factory=dict)
    opened: int = 0

    def link(self, number: int) -> Callable[[], Any]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[MemoryLink]:
            self.opened += 1
            there, incoming = trio.open_memory_channel[bytes](1000)
            outgoing, back = trio.open_memory_channel[bytes](0)
            scope = trio.CancelScope()
            self.living[number] = scope

            async def live() -> None:
                async with incoming, outgoing:
                    with scope:
                        await serve(self.backend(number), incoming, outgoing)

            self.nursery.start_soon(live)
            link = MemoryLink(there, back)
            try:
                await ready(link)
                yield link
            finally:
                scope.cancel()

        return opened

    def lose(self, number: int) -> None:
        self.living[number].cancel()


async def campaign(
    journal: Journal, world: Any, make: Any, *, posts: int = 3, losses: Sequence[tuple[float, int]] = (), **how: Any
) -> Far:
    """A run by a crew; ``losses`` are moments, each with the post that loses its worker then."""
    backend = how.pop("backend", lambda _: make.FakeBackend(world, one_of_several=True))
    async with trio.open_nursery() as nursery:
        far = Far(world, backend, nursery)
        links = [far.link(number) for number in range(posts)]
        places = {"domains_at_once": 9, "conversations_at_once": 6, **how}

        async def lose() -> None:
            for at, number in losses:
                await trio.sleep_until(began + at)
                far.lose(number)

        began = trio.current_time()
        nursery.start_soon(lose)
        assert await run_campaign(journal, world.config, Crew(links, **places)) is StopReason.DONE
        nursery.cancel_scope.cancel()
    return far


def build(make: Any) -> Any:
    """Domains of one operator, domains with servers of their own, second looks, a failed lookup, a bug of ours."""
    world, look = make.World(), make.Look
    for number in range(12):
        world.domain(f"tenant{number}.example", "mx1.big.example", "mx2.big.example")
    world.server("mx1.big.example", "192.0.2.1", look(names=("*.big.example",)))
    world.server("mx2.big.example", "192.0.2.2", look(names=("mx2.big.example",)))
    for number in range(0, 2400, 100):
        world.lone(number)
    world.lone(2500, look(Outcome.DEFERRED), look())
    world.lone(2700, look(Outcome.RESET))
    world.domain("null.example", ".")
    world.domain("lame.example", make.FAILS)
    world.domain("broken.example", "mx1.big.example")
    world.bugs.add("broken.example")
    return world


@pytest.fixture
async def expected(make: Any, record: Any, autojump_clock: MockClock) -> dict[str, list[Any]]:
    world = build(make)
    journal = record(world, "one")
    assert await run_campaign(journal, world.config, world.backend()) is StopReason.DONE
    content: dict[str, list[Any]] = make.content(journal)
    return content


async def test_a_crew_comes_to_what_one_comes_to(
    expected: Any, make: Any, record: Any, autojump_clock: MockClock
) -> None:
    world = build(make)
    journal = record(world)
    await campaign(journal, world, make)
    assert make.content(journal) == expected
    assert set(world.surveyed.values()) == {1}
    assert world.open_most["conversations"] <= 6
    assert world.open_most["domains"] <= 9


async def test_each_network_is_one_posts_alone(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = build(make)
    by_network: dict[str, set[int]] = defaultdict(set)

    class Watched(make.FakeBackend):  # type: ignore[misc]
        number: int

        async def converse(self, endpoint: Endpoint, domains: Sequence[str] = ()) -> Any:
            by_network[prefix_of(endpoint.address)].add(self.number)
            return await super().converse(endpoint, domains)

    def backend(number: int) -> Any:
        one = Watched(world, one_of_several=True)
        one.number = number
        return one

    await campaign(record(world), world, make, backend=backend)
    assert {len(posts) for posts in by_network.values()} == {1}
    assert set.union(*by_network.values()) == {0, 1, 2}


@pytest.mark.parametrize("at", [0.3, 0.9, 1.4, 2.0, 3.3, 16.2])
@pytest.mark.parametrize("number", [0, 2])
async def test_whoever_is_lost_is_replaced_and_only_his_jobs_are_done_again(
    at: float, number: int, expected: Any, make: Any, record: Any, autojump_clock: MockClock
) -> None:
    world = build(make)
    journal = record(world)
    far = await campaign(journal, world, make, losses=[(at, number)])
    assert far.opened == 4
    got = make.content(journal)
    # What the sessions are may differ: a look that was lost with the worker is no first look for the world.
    assert [one.endpoint for one in got["sessions"]] == [one.endpoint for one in expected["sessions"]]
    for what in ("answers", "settled", "targets", "unfinished", "certificates"):
        assert got[what] == expected[what]
    again = [subject for subject, looks in world.looks.items() if looks > 2]
    assert len(again) <= 6


async def test_a_job_that_kills_alone_is_given_up_and_all_others_are_done(
    expected: Any, make: Any, record: Any, autojump_clock: MockClock
) -> None:
    world = build(make)
    living: dict[int, trio.CancelScope] = {}

    class Mortal(make.FakeBackend):  # type: ignore[misc]
        number: int

        async def survey(self, target: Any) -> Any:
            if target.domain == "d600.example":
                living[self.number].cancel()
            return await super().survey(target)

    def backend(number: int) -> Any:
        one = Mortal(world, one_of_several=True)
        one.number = number
        return one

    journal = record(world)
    async with trio.open_nursery() as nursery:
        far = Far(world, backend, nursery, living)
        crew = Crew([far.link(n) for n in range(2)], domains_at_once=30, conversations_at_once=6)
        assert await run_campaign(journal, world.config, crew) is StopReason.DONE
        nursery.cancel_scope.cancel()
    assert "worker process ended" in journal.meta("fault:d600.example")
    faults = {key for key in journal.all_meta() if key.startswith("fault:")}
    assert faults == {"fault:d600.example", "fault:broken.example"}
    assert journal.counts()["targets_done"] == journal.counts()["targets"]
    assert far.opened == 2 + 3


async def test_domains_go_to_those_alone_who_ask(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = build(make)
    asked: set[int] = set()

    class Noted(make.FakeBackend):  # type: ignore[misc]
        number: int

        async def survey(self, target: Any) -> Any:
            asked.add(self.number)
            return await super().survey(target)

    def backend(number: int) -> Any:
        one = Noted(world, one_of_several=True)
        one.number = number
        return one

    await campaign(record(world), world, make, backend=backend, posts=4, askers=2)
    assert asked == {0, 1}


async def test_where_no_worker_can_be_had_the_run_says_so(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = build(make)
    journal = record(world)

    @asynccontextmanager
    async def nobody() -> AsyncIterator[MemoryLink]:
        if journal is not None:
            raise LinkLostError("there is no such program")
        yield MemoryLink(*trio.open_memory_channel[bytes](0))

    with pytest.raises(NotFinishedError, match="no worker can be had: there is no such program"):
        await run_campaign(journal, world.config, Crew([nobody], domains_at_once=3, conversations_at_once=3))


async def test_what_two_are_told_differently_is_settled_by_what_stands(
    make: Any, record: Any, autojump_clock: MockClock
) -> None:
    """Each resolver is told another address of the shared exchange, and another exchange of a domain that all name."""
    world = build(make)

    class Told(make.FakeBackend):  # type: ignore[misc]
        number: int

        def answer(self, question: Question) -> Answer:
            answer: Answer = super().answer(question)
            if question == Question("mx1.big.example", "A"):
                return replace(answer, records=(f"192.0.{self.number}.77",))
            return answer

    def backend(number: int) -> Any:
        one = Told(world, one_of_several=True)
        one.number = number
        return one

    for number in range(3):
        world.servers[Endpoint("mx1.big.example", f"192.0.{number}.77", 25)] = (make.Look(),)
    journal = record(world)
    await campaign(journal, world, make, backend=backend)
    assert max(world.surveyed.values()) > 1
    for target in journal.targets():
        if target.domain == "broken.example":
            continue
        route = replay(mail_route(target, world.config.route_policy()), journal.answer)
        assert route is not None
        assert all(journal.is_settled(endpoint) for endpoint in route.endpoints)


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([pack(Ready("0.0.1"))], "it is auditor 0.0.1"),
        ([b"\x80\x04K\x01."], "cannot be read"),
        ([pack(Ready(version("auditor"))), b"d{}"], "cannot be read"),
    ],
)
async def test_who_speaks_otherwise_is_no_worker(
    frames: list[bytes], words: str, make: Any, record: Any, autojump_clock: MockClock
) -> None:
    world = build(make)

    @asynccontextmanager
    async def stranger() -> AsyncIterator[MemoryLink]:
        there, _ = trio.open_memory_channel[bytes](1000)
        theirs, back = trio.open_memory_channel[bytes](1000)
        for frame in frames:
            theirs.send_nowait(frame)
        link = MemoryLink(there, back)
        await ready(link)
        yield link

    with pytest.raises(NotFinishedError, match=words):
        await run_campaign(record(world), world.config, Crew([stranger], domains_at_once=3, conversations_at_once=3))
