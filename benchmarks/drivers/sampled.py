"""Runs ``auditor`` and says in which modules its CPU time went: ``sampled FILE ARGUMENTS...``.

A timer of CPU time interrupts it every few milliseconds, and the time since the
last interruption is counted for the innermost of our modules on the stack.  So long calls
into C, in which no interruption can be, are counted for their caller, and a
tracing profiler's weight on small functions is spared.

What a run does in threads, such as writing reports, is done in the main thread
here: Python tells only that one of interruptions, and it would see others only
where they let go of the interpreter, which is in the database more than elsewhere.
"""

import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import trio

Result = TypeVar("Result")

EVERY_SECONDS = 0.005


class Sampler:
    """CPU seconds by module, such as ``journal.codec``."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._last = time.process_time()

    def start(self) -> None:
        """Take samples from now on."""
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def stop(self) -> None:
        """Take no more."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _take(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        self.seconds[module_of(frame)] += now - self._last
        self._last = now


def module_of(frame: FrameType | None) -> str:
    """The innermost module of ``auditor`` on a stack, without that name; ``elsewhere`` where there is none."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("auditor."):
            return name.removeprefix("auditor.")
        frame = frame.f_back
    return "elsewhere"


async def _here(function: Callable[..., Result], *arguments: Any, **_: Any) -> Result:  # noqa: ANN401 - as trio's own
    """In the place of ``trio.to_thread.run_sync``."""
    await trio.lowlevel.checkpoint()
    return function(*arguments)


def main(file: str, *arguments: str) -> None:
    """Run the command line, and write the seconds of each module to ``file``."""
    trio.to_thread.run_sync = _here  # type: ignore[assignment]
    sampler = Sampler()
    sampler.start()
    from auditor.cli import main as command_line  # noqa: PLC0415 - importing it is part of the run

    sys.argv = ["auditor", *arguments]
    try:
        command_line()
    finally:
        sampler.stop()
        Path(file).write_text(json.dumps(sampler.seconds), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
