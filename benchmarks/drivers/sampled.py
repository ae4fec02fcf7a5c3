"""Runs ``auditor`` and says in which rooms its CPU time went: ``sampled FILE ARGUMENTS...``.

A timer of CPU time interrupts it every few milliseconds, and the time since the
last interruption is counted for the innermost room of the stack that is at work.
So long calls into C, in which no interruption can be, are counted for their caller,
and a tracing profiler's weight on small functions is spared.
"""

import json
import signal
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType

EVERY_SECONDS = 0.005


class Sampler:
    """CPU seconds by room, such as ``journal``."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._last = time.process_time()
        self._main = threading.main_thread().ident

    def start(self) -> None:
        """Take samples from now on."""
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def stop(self) -> None:
        """Take no more."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _take(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        self.seconds[room_of(self._at_work(frame))] += now - self._last
        self._last = now

    def _at_work(self, frame: FrameType | None) -> FrameType | None:
        """The stack of the thread that works: the main one's, unless it waits for another to write reports."""
        if not _waits(frame):
            return frame
        others = (one for thread, one in sys._current_frames().items() if thread != self._main)  # noqa: SLF001
        return next((one for one in others if room_of(one) != "elsewhere"), frame)


def room_of(frame: FrameType | None) -> str:
    """The innermost room of ``auditor`` on a stack; ``elsewhere`` where there is none."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("auditor."):
            return name.split(".")[1]
        frame = frame.f_back
    return "elsewhere"


def _waits(frame: FrameType | None) -> bool:
    return frame is not None and "_io_epoll" in frame.f_code.co_filename


def main(file: str, *arguments: str) -> None:
    """Run the command line, and write the seconds of each room to ``file``."""
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
