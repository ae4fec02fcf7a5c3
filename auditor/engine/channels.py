"""Taking what came over a channel."""

from typing import TypeVar

import trio

Item = TypeVar("Item")


async def all_that_came(channel: trio.MemoryReceiveChannel[Item]) -> list[Item]:
    """Everything that waits in a channel, at least one.

    Taken one by one, each would cost a round of the loop, in which all other tasks have their turn: who sends faster
    than that would stand in a queue.

    Raises:
        trio.EndOfChannel: nothing will come any more.
    """
    came = [await channel.receive()]
    try:
        while True:
            came.append(channel.receive_nowait())
    except (trio.WouldBlock, trio.EndOfChannel):
        return came
