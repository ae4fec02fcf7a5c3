"""Running a job in the foreground: signals, and the exit code they end with."""

import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

from auditor.cli.console import say
from auditor.errors import ungrouped

Result = TypeVar("Result")


def in_foreground(job: Callable[[trio.Event], Awaitable[Result]]) -> tuple[Result, int | None]:
    """Run ``job`` to its end; the result, and 128 + the signal's number if one asked it to stop.

    The first SIGINT or SIGTERM sets the event that ``job`` is given, so that it takes up no
    new work and writes reports of what was observed; the second ends it at once.
    """
    with ungrouped():
        return trio.run(_with_signals, job)


async def _with_signals(job: Callable[[trio.Event], Awaitable[Result]]) -> tuple[Result, int | None]:
    stop = trio.Event()
    received: list[int] = []

    async def listen() -> None:
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for number in signals:
                if received:
                    raise KeyboardInterrupt
                received.append(number)
                say("stopping: reports of what was observed follow; once more to end at once")
                stop.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(listen)
        result = await job(stop)
        nursery.cancel_scope.cancel()
    return result, 128 + received[0] if received else None
