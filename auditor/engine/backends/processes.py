"""Links to worker processes of this machine."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from subprocess import PIPE

import trio

from auditor.engine.backends.frames import Begin, pack
from auditor.engine.backends.link import Link, StreamLink, ready

_COMMAND = (sys.executable, "-m", "auditor.engine.backends.child")


@asynccontextmanager
async def link_to_process(begin: Begin) -> AsyncIterator[Link]:
    """A link to a process of its own, which ends with it.

    Raises:
        LinkLostError: the process ended before it was ready.
    """
    # A group of its own, so that an interruption from the terminal reaches this process alone, which sees to the rest.
    process = await trio.lowlevel.open_process(_COMMAND, stdin=PIPE, stdout=PIPE, process_group=0)
    assert process.stdin is not None  # noqa: S101 - asked for above
    assert process.stdout is not None  # noqa: S101 - the same
    try:
        async with process.stdin, process.stdout:
            link = StreamLink(process.stdin, process.stdout)
            await link.send([pack(begin)])
            await ready(link)
            yield link
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
