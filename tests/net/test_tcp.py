"""A connection straight on its socket behaves as trio's own streams do."""

import socket

import pytest
import trio
import trio.testing

from auditor.net.tcp import TcpStream, connect


class GivingWay(TcpStream):
    """One that gives way at each call, as the check below wants it: all else is as it is."""

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await trio.lowlevel.checkpoint()
        await super().send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await trio.lowlevel.checkpoint()
        await super().wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await super().aclose()
        await trio.lowlevel.checkpoint()


async def over_loopback() -> tuple[TcpStream, TcpStream]:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        ours = await connect("127.0.0.1", listener.socket.getsockname()[1])
        accepted, _ = await listener.socket.accept()
    theirs = socket.socket(fileno=accepted.detach())
    return GivingWay(ours.socket), GivingWay(theirs)


async def test_it_is_a_stream_as_trio_means_it() -> None:
    await trio.testing.check_two_way_stream(over_loopback, None)


async def test_what_does_not_fit_waits_until_it_does() -> None:
    ours, theirs = await over_loopback()
    octets, got = bytes(range(256)) * 40_000, bytearray()
    async with ours, theirs:

        async def take() -> None:
            while len(got) < len(octets):
                got.extend(await theirs.receive_some(70_000))

        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(ours.send_all, octets)
                nursery.start_soon(take)
    assert bytes(got) == octets


async def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            await connect("127.0.0.1", bound.getsockname()[1])


async def test_a_connection_that_is_given_up_leaves_no_socket() -> None:
    with socket.socket() as full:  # a queue that is full leaves who comes next without an answer
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = full.getsockname()
        fillers = [socket.socket() for _ in range(8)]
        for one in fillers:
            one.setblocking(False)
            one.connect_ex(place)
        with trio.move_on_after(0.05) as scope:
            await connect(*place)
        for one in fillers:
            one.close()
    assert scope.cancelled_caught


async def test_small_writes_go_out_at_once() -> None:
    ours, theirs = await over_loopback()
    async with ours, theirs:
        assert ours.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
