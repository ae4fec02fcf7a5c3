"""A worker process: ``python -m auditor.engine.backends.child``, frames on standard input and output.

It ends when its standard input does, so none outlives the run.
"""

import os
from collections.abc import Sequence
from contextlib import suppress

import trio

from auditor.engine.backends.far import backend_of, logged_to, serve
from auditor.engine.backends.frames import Begin, unpack
from auditor.engine.backends.link import LinkLostError, StreamLink
from auditor.engine.channels import all_that_came
from auditor.garbage import collect_seldom

_OBSERVATIONS_AHEAD = 100  # and as many lines of the log, before they wait for the pipe


async def main() -> None:
    """Do the jobs of one run."""
    link = StreamLink(*_streams())
    to_serve, incoming = trio.open_memory_channel[bytes](float("inf"))
    outgoing, to_send = trio.open_memory_channel[bytes](_OBSERVATIONS_AHEAD)
    first, *rest = await link.receive()
    begin = unpack(first)
    assert isinstance(begin, Begin)  # noqa: S101 - our own parent's word
    with logged_to(outgoing, begin.log_level):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve, backend_of(begin), incoming, outgoing)
            nursery.start_soon(_send, to_send, link)
            await _take_in(rest, link, to_serve)
            nursery.cancel_scope.cancel()


async def _take_in(frames: Sequence[bytes], link: StreamLink, to_serve: trio.MemorySendChannel[bytes]) -> None:
    """Pass on what comes, until nothing more can."""
    while True:
        for frame in frames:
            to_serve.send_nowait(frame)
        try:
            frames = await link.receive()
        except LinkLostError:
            return


async def _send(to_send: trio.MemoryReceiveChannel[bytes], link: StreamLink) -> None:
    # The run may have ended without us; standard input says so too.
    with suppress(trio.EndOfChannel, LinkLostError):
        while True:
            await link.send(await all_that_came(to_send))


def _streams() -> tuple[trio.lowlevel.FdStream, trio.lowlevel.FdStream]:
    """Standard output and input as streams; what else would print goes to standard error."""
    there, back = os.dup(1), os.dup(0)
    os.dup2(2, 1)
    return trio.lowlevel.FdStream(there), trio.lowlevel.FdStream(back)


if __name__ == "__main__":
    collect_seldom()
    trio.run(main)
