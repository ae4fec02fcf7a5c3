"""What came over a channel is taken at once, and its end is told."""

import pytest
import trio
import trio.testing

from auditor.engine.channels import all_that_came


@pytest.mark.parametrize("room", [0, 10])
async def test_whoever_waits_to_send_is_served_in_one_round(room: int) -> None:
    send, receive = trio.open_memory_channel[int](room)
    async with trio.open_nursery() as nursery, send:
        for number in range(5):
            nursery.start_soon(send.send, number)
        await trio.testing.wait_all_tasks_blocked()
        assert sorted(await all_that_came(receive)) == [0, 1, 2, 3, 4]


async def test_what_came_before_the_end_is_taken_before_it_is_told() -> None:
    send, receive = trio.open_memory_channel[int](10)
    async with send:
        send.send_nowait(1)
        send.send_nowait(2)
    assert await all_that_came(receive) == [1, 2]
    with pytest.raises(trio.EndOfChannel):
        await all_that_came(receive)
