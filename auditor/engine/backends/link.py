"""A way to somebody who does jobs elsewhere: frames there, frames back."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Protocol

import trio

from auditor.engine.backends.frames import Logged, Message, Ready, Splitter, joined, unpack

_READ_OCTETS = 1 << 16


class LinkLostError(Exception):
    """The other side is gone, and with it the jobs that it had."""


class Link(Protocol):
    """A way to one who does jobs, and is ready to."""

    async def send(self, frames: Sequence[bytes]) -> None:
        """Send jobs.

        Raises:
            LinkLostError: the other side is gone.
        """

    async def receive(self) -> Sequence[bytes]:
        """What came back since, at least one frame.

        Raises:
            LinkLostError: the other side is gone.
        """


OpenLink = Callable[[], AbstractAsyncContextManager[Link]]
"""Opens a link; raises LinkLostError where nobody becomes ready on the other side."""


async def ready(link: Link) -> None:
    """Wait until the other side says that it can begin.

    Raises:
        LinkLostError: it is gone before that, or another version of this.
    """
    while True:
        for message in read(await link.receive()):
            if isinstance(message, Ready):
                if message.version != version("auditor"):
                    raise LinkLostError(f"it is auditor {message.version}, and this is {version('auditor')}")
                return
            if isinstance(message, Logged):
                log(message)


def read(frames: Iterable[bytes]) -> list[Message]:
    """The messages in frames.

    Raises:
        LinkLostError: who sends such frames is none of ours.
    """
    try:
        return [unpack(frame) for frame in frames]
    except ValueError as error:
        raise LinkLostError(f"what came cannot be read: {error}") from None


def log(line: Logged) -> None:
    """Write a line of the other side's log into ours."""
    logging.getLogger(line.logger).log(line.level, "%s", line.message)


class StreamLink:
    """A link over two streams of octets."""

    def __init__(self, there: trio.abc.SendStream, back: trio.abc.ReceiveStream) -> None:
        self._there, self._back = there, back
        self._splitter = Splitter()

    async def send(self, frames: Sequence[bytes]) -> None:
        """Send frames; see :class:`Link`."""
        try:
            await self._there.send_all(joined(frames))
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise LinkLostError(str(error)) from None

    async def receive(self) -> Sequence[bytes]:
        """The frames that came; see :class:`Link`."""
        while True:
            try:
                octets = bytes(await self._back.receive_some(_READ_OCTETS))
                frames = self._splitter.feed(octets)
            except (trio.BrokenResourceError, trio.ClosedResourceError, ValueError) as error:
                raise LinkLostError(str(error)) from None
            if not octets:
                raise LinkLostError("the other side has ended")
            if frames:
                return frames
