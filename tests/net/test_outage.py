"""Waiting for what is gone: who waits, for how long, and who does not."""

import logging

import pytest
import trio
import trio.testing
from trio.testing import MockClock as Clock

from auditor.net.outage import Outage


class Thing:
    """What work needs; it says when it is back."""

    def __init__(self, *, back_at: float) -> None:
        self.back_at = back_at
        self.tries = 0

    async def is_back(self) -> bool:
        await trio.lowlevel.checkpoint()
        self.tries += 1
        return trio.current_time() >= self.back_at


MOMENT = 1.0  # that a virtual clock may be off by


async def test_nobody_waits_for_what_never_worked(autojump_clock: Clock) -> None:
    began_at = autojump_clock.current_time()
    thing = Thing(back_at=began_at + 10)
    assert not await Outage("gone", thing.is_back, 300).over()
    assert thing.tries == 0
    assert trio.current_time() - began_at < MOMENT


async def test_what_is_there_after_all_is_no_outage(autojump_clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    began_at = autojump_clock.current_time()
    outage = Outage("gone", Thing(back_at=began_at).is_back, 300)
    outage.works()
    assert not await outage.over()
    assert trio.current_time() - began_at < MOMENT
    assert caplog.messages == []


async def test_all_wait_for_its_return_and_one_looks(autojump_clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    began_at = autojump_clock.current_time()
    caplog.set_level(logging.ERROR)
    thing = Thing(back_at=began_at + 60)
    outage = Outage("no resolver answers", thing.is_back, 300)
    outage.works()
    ended: list[tuple[bool | None, float]] = []

    async def wait() -> None:
        ended.append((await outage.over(), trio.current_time()))

    async def pass_by() -> None:
        await outage.passed()
        ended.append((None, trio.current_time()))

    async with trio.open_nursery() as nursery:
        for _ in range(50):
            nursery.start_soon(wait)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(pass_by)
    assert {one for one, _ in ended} == {True, None}
    assert {60 <= at - began_at <= 65 + MOMENT for _, at in ended} == {True}
    assert thing.tries < 20
    assert caplog.messages == ["no resolver answers: waiting for up to 300 s", "back after 62 s: going on"]


async def test_what_does_not_come_back_is_waited_for_once(
    autojump_clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    began_at = autojump_clock.current_time()
    outage = Outage("gone", Thing(back_at=began_at + 1000).is_back, 300)
    outage.works()
    assert [await outage.over(), await outage.over()] == [False, False]
    assert trio.current_time() - began_at == pytest.approx(300, abs=MOMENT)
    assert caplog.messages[-1] == "gone for 300 s: going on without"
    outage.works()  # and again, once it was seen
    with trio.move_on_after(100) as scope:
        await outage.over()
    assert scope.cancelled_caught


async def test_those_who_wait_go_on_if_the_one_who_looks_is_cancelled(autojump_clock: Clock) -> None:
    began_at = autojump_clock.current_time()
    outage = Outage("gone", Thing(back_at=began_at + 60).is_back, 300)
    outage.works()
    async with trio.open_nursery() as nursery:
        first = trio.CancelScope()

        async def look() -> None:
            with first:
                await outage.over()

        nursery.start_soon(look)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(outage.passed)
        first.cancel()
    assert first.cancelled_caught
    assert trio.current_time() < began_at + 60


async def test_whoever_has_no_patience_does_not_even_look(autojump_clock: Clock) -> None:
    thing = Thing(back_at=autojump_clock.current_time() + 10)
    outage = Outage("gone", thing.is_back, 0.0)
    outage.works()
    assert not await outage.over()
    assert thing.tries == 0
