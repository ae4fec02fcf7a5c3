"""Many queries over few sockets: who reads, what becomes of the others, and when a port changes."""

from typing import Any

import dns.message
import pytest
import trio
import trio.testing

from auditor.model.dns import Question
from auditor.net.dns_query import Query, make_query
from auditor.net.dns_servers import Server
from auditor.net.dns_udp import QUERIES_A_SOCKET, Multiplexer
from auditor.net.places import Places

A, B = (make_query(Question(name, "A")) for name in ("a.test", "b.test"))


def read(_: Server, query: Query, __: int, octets: bytes) -> str | None:
    """The name that a reply is about, where it is about that of the query."""
    name = str(dns.message.from_wire(octets).question[0].name)
    return name if name == f"{query.question.name}." else None


async def ask(way: Multiplexer[str], *queries: Query) -> dict[int, str]:
    came: dict[int, str] = {}
    await way.ask(queries, came.__setitem__)
    return came


async def test_each_reply_comes_to_the_place_of_its_query(serve: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query), hold=2)
    assert await ask(Multiplexer(nameserver.server, read), A, B) == {0: "a.test.", 1: "b.test."}


async def test_a_reply_to_another_question_is_left_aside(serve: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        other = reply(dns.message.make_query("c.test", "A"))
        other.id = query.id
        return [other, reply(query)]

    assert await ask(Multiplexer((await serve(respond)).server, read), A) == {0: "a.test."}


async def test_another_reads_on_when_the_one_that_reads_is_cancelled(serve: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query) if "b" in str(query.question[0].name) else None, hold=2)
    way = Multiplexer(nameserver.server, read)
    came: list[dict[int, str]] = []

    async def follow() -> None:
        came.append(await ask(way, B))

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            with trio.CancelScope() as leading:
                nursery.start_soon(cancel_when_all_wait, leading, nursery, follow)
                await ask(way, A)
            await ask(way, B)  # the second reply that the nameserver waits for
    assert leading.cancelled_caught
    assert came == [{0: "b.test."}]


async def cancel_when_all_wait(scope: trio.CancelScope, nursery: trio.Nursery, follow: Any) -> None:
    await trio.testing.wait_all_tasks_blocked()
    nursery.start_soon(follow)
    await trio.testing.wait_all_tasks_blocked()
    scope.cancel()


async def test_all_who_wait_hear_of_a_server_that_cannot_be_reached(serve: Any) -> None:
    way = Multiplexer((await serve(lambda *_: None, dead=True, tcp=False)).server, read)
    errors: list[OSError] = []

    async def fail(query: Query) -> None:
        try:
            await ask(way, query)
        except OSError as error:
            errors.append(error)

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            for query in (A, B):
                nursery.start_soon(fail, query)
    assert len(errors) == 2


async def test_a_port_is_used_for_so_many_queries_only(serve: Any) -> None:
    held = await serve(lambda *_: None)
    way = Multiplexer(held.server, read)
    ports = set()

    async def wait_in_vain(count: int) -> None:
        await ask(way, *([A] * count))

    async with trio.open_nursery() as nursery:
        for count in (QUERIES_A_SOCKET - 1, 1, 1):
            nursery.start_soon(wait_in_vain, count)
            await trio.testing.wait_all_tasks_blocked()
            assert way._socket is not None
            ports.add(way._socket.udp.getsockname()[1])
        nursery.cancel_scope.cancel()
    assert len(ports) == 2
    assert way._socket is None


async def test_places_are_given_in_the_order_of_arrival() -> None:
    places, order = Places(3), []

    async def take(name: str, count: int) -> None:
        await places.acquire(count)
        order.append(name)

    await places.acquire(2)
    async with trio.open_nursery() as nursery:
        for name, count in (("many", 3), ("one", 1)):
            nursery.start_soon(take, name, count)
            await trio.testing.wait_all_tasks_blocked()
        assert order == []  # there is one place, but not before its turn
        places.release(2)
        await trio.testing.wait_all_tasks_blocked()
        assert order == ["many"]
        places.release(3)
    assert order == ["many", "one"]


@pytest.mark.parametrize("too_late", [False, True])
async def test_who_is_cancelled_takes_no_place(too_late: bool) -> None:
    """Also one whose turn comes in the moment in which it is cancelled; and those behind it get theirs."""
    places = Places(2)
    await places.acquire(2)
    async with trio.open_nursery() as nursery:
        with trio.CancelScope() as scope:
            nursery.start_soon(_cancel, places, scope, too_late)
            await places.acquire(2)
        if not too_late:
            places.release(2)
        with trio.fail_after(5):
            await places.acquire(2)


async def _cancel(places: Places, scope: trio.CancelScope, too_late: bool) -> None:
    await trio.testing.wait_all_tasks_blocked()
    scope.cancel()
    if too_late:
        places.release(2)
