"""Many queries over few UDP sockets to one server.

A socket is there for as long as something is in flight on it, and for a bounded number of
queries: so ports stay random, and nothing has to be closed in the end.  Whoever waits for
replies reads them for the others too, so that there is no task in the background.
"""

import os
import socket
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import trio

from auditor.net.dns_query import Query
from auditor.net.dns_servers import Server

QUERIES_A_SOCKET = 500
"""After so many it takes no more: its port has become easier to guess (RFC 5452 §9.2)."""
_LONGEST = 65_535

Reply = TypeVar("Reply")


@dataclass(slots=True, eq=False)
class _Batch(Generic[Reply]):
    """Queries that one task waits for."""

    queries: Sequence[Query]
    arrived: Callable[[int, Reply], None]
    numbers: dict[int, int] = field(default_factory=dict)
    """Place of a query by its id, while it is in flight."""
    news: trio.Event = field(default_factory=trio.Event)


@dataclass(slots=True, eq=False)
class _Socket(Generic[Reply]):
    """A socket connected to the server: the kernel passes on what comes from there alone."""

    udp: socket.socket
    used: int = 0
    in_flight: dict[int, _Batch[Reply]] = field(default_factory=dict)
    reading: bool = False
    broken: OSError | None = None

    def see(self) -> None:
        """Raise the error that ended it, if one did."""
        if self.broken is not None:
            raise self.broken


class Multiplexer(Generic[Reply]):
    """The way to one server."""

    def __init__(self, server: Server, read: Callable[[Server, Query, int, bytes], Reply | None]) -> None:
        """``read`` says what octets from the server with the id of a query are; nothing for what is no reply."""
        self._server = server
        self._read = read
        self._socket: _Socket[Reply] | None = None

    async def ask(self, queries: Sequence[Query], arrived: Callable[[int, Reply], None]) -> None:
        """Send all queries, and hand on the reply to each.

        Args:
            queries: put once each.
            arrived: told of each reply with the place of its query, as soon as it is there.

        Raises:
            OSError: the server cannot be reached; what had not arrived will not.
        """
        one = self._usable()
        batch = _Batch(queries, arrived)
        try:
            for place, query in enumerate(queries):
                number = _number(one.in_flight)
                batch.numbers[number] = place
                one.in_flight[number] = batch
                one.used += 1
                octets = number.to_bytes(2) + query.octets
                try:
                    one.udp.send(octets)
                except BlockingIOError:
                    await _send(one.udp, octets)
            while batch.numbers:
                await (self._follow(one, batch) if one.reading else self._lead(one, batch))
        except OSError as error:  # which of all the queries it is about is not told
            self._give_up(one, error)
            raise
        finally:
            self._leave(one, batch)

    def _usable(self) -> _Socket[Reply]:
        if self._socket is None or self._socket.used >= QUERIES_A_SOCKET:
            self._socket = _Socket(_connected(self._server))
        return self._socket

    async def _follow(self, one: _Socket[Reply], batch: _Batch[Reply]) -> None:
        """Wait for what another reads, or for the turn to read."""
        await batch.news.wait()
        batch.news = trio.Event()
        if batch.numbers:
            one.see()

    async def _lead(self, one: _Socket[Reply], batch: _Batch[Reply]) -> None:
        """Read for all until all of this batch has arrived."""
        one.reading = True
        try:
            while batch.numbers:
                with suppress(trio.ClosedResourceError):  # it broke under another's hands
                    await trio.lowlevel.wait_readable(one.udp)
                one.see()
                self._take(one)
        finally:
            one.reading = False

    def _take(self, one: _Socket[Reply]) -> None:
        """Hand on every datagram that is there; octets that are no reply are left aside."""
        while True:
            try:
                octets = one.udp.recv(_LONGEST)
            except BlockingIOError:
                return
            number = int.from_bytes(octets[:2])
            batch = one.in_flight.get(number) if len(octets) > 1 else None
            if batch is None:
                continue
            place = batch.numbers[number]
            reply = self._read(self._server, batch.queries[place], number, octets)
            if reply is None:
                continue
            del batch.numbers[number], one.in_flight[number]
            if not batch.numbers:
                batch.news.set()
            batch.arrived(place, reply)

    def _leave(self, one: _Socket[Reply], batch: _Batch[Reply]) -> None:
        """Forget what has not arrived; then another reads on, or nobody needs the socket."""
        for number in batch.numbers:
            del one.in_flight[number]
        if not one.in_flight:
            one.udp.close()
            self._retire(one)
        elif not one.reading:
            next(iter(one.in_flight.values())).news.set()

    def _give_up(self, one: _Socket[Reply], error: OSError) -> None:
        """Let all who wait on a socket know that nothing more will come."""
        one.broken = error
        self._retire(one)
        trio.lowlevel.notify_closing(one.udp)  # the error is told to one caller; a reader would wait on
        for other in one.in_flight.values():
            other.news.set()

    def _retire(self, one: _Socket[Reply]) -> None:
        if self._socket is one:
            self._socket = None


def _connected(server: Server) -> socket.socket:
    udp = socket.socket(server.family, socket.SOCK_DGRAM)
    try:
        udp.setblocking(False)
        udp.connect((server.address, server.port))
    except BaseException:
        udp.close()
        raise
    return udp


def _number(in_use: Container[int]) -> int:
    """An id that nobody can guess, and that is not in use (RFC 5452 §9.2)."""
    while (number := int.from_bytes(os.urandom(2))) in in_use:
        pass
    return number


async def _send(udp: socket.socket, octets: bytes) -> None:
    """Send as soon as there is room."""
    while True:
        await trio.lowlevel.wait_writable(udp)
        with suppress(BlockingIOError):
            udp.send(octets)
            return
