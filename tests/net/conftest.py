"""A nameserver on loopback that does what a test tells it, for the worse too."""

import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
import trio

from auditor.net.dns_servers import Server
from auditor.net.resolver import Resolver

Reply = dns.message.Message | bytes | None
Respond = Callable[[dns.message.Message, str], Reply | Sequence[Reply]]
"""From a query and ``udp`` or ``tcp`` to what is sent back: one reply, several, or nothing."""


@dataclass
class Nameserver:
    """Answers by ``respond`` and keeps the queries that came, as (transport, query)."""

    respond: Respond
    server: Server
    udp: trio.socket.SocketType
    hold: int = 1
    """Replies over UDP are sent when so many are there."""
    queries: list[tuple[str, dns.message.Message]] = field(default_factory=list)

    @property
    def transports(self) -> list[str]:
        return [transport for transport, _ in self.queries]

    def replies(self, octets: bytes, transport: str) -> Iterator[bytes]:
        query = dns.message.from_wire(octets)
        self.queries.append((transport, query))
        replies = self.respond(query, transport)
        for reply in replies if isinstance(replies, Sequence) and not isinstance(replies, bytes) else [replies]:
            if reply is not None:
                yield reply if isinstance(reply, bytes) else reply.to_wire(max_size=65535)

    async def serve_udp(self) -> None:
        held: list[tuple[bytes, Any]] = []
        with self.udp:
            while True:
                octets, client = await self.udp.recvfrom(65535)
                held += [(reply, client) for reply in self.replies(octets, "udp")]
                if len(held) >= self.hold:
                    for reply, to in held:
                        await self.udp.sendto(reply, to)
                    held.clear()

    async def serve_tcp(self, stream: trio.SocketStream) -> None:
        async with stream:
            length = int.from_bytes(await stream.receive_some(2))
            for reply in self.replies(bytes(await stream.receive_some(length)), "tcp"):
                await stream.send_all(len(reply).to_bytes(2) + reply)


Serve = Callable[..., Awaitable[Nameserver]]


@pytest.fixture
async def serve(nursery: trio.Nursery) -> Serve:
    """Starts a nameserver with a ``respond``; without TCP its port there is closed, and a dead one's UDP port too."""

    async def start(
        respond: Respond, *, host: str = "127.0.0.1", tcp: bool = True, dead: bool = False, hold: int = 1
    ) -> Nameserver:
        while True:
            udp = trio.socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            await udp.bind((host, 0))
            port = udp.getsockname()[1]
            nameserver = Nameserver(respond, Server(host, port), udp, hold)
            if tcp:
                try:
                    listeners = await trio.open_tcp_listeners(port, host=host)
                except OSError:  # another program has this TCP port
                    udp.close()
                    continue
                nursery.start_soon(trio.serve_listeners, nameserver.serve_tcp, listeners)
            if dead:
                udp.close()
            else:
                nursery.start_soon(nameserver.serve_udp)
            return nameserver

    return start


@pytest.fixture
def resolver_of() -> Callable[..., Resolver]:
    """Makes a resolver of nameservers; a test whose nameserver is silent sets a shorter timeout."""

    def make(*nameservers: Nameserver, **settings: Any) -> Resolver:
        values: dict[str, Any] = {"timeout": 1.0, "tries": 3, "lookup_timeout": 10.0, "concurrency": 100, **settings}
        return Resolver([nameserver.server for nameserver in nameservers], **values)

    return make


@pytest.fixture
def reply() -> Callable[..., dns.message.Message]:
    """Makes a reply to a query from records in zone-file form."""

    def make(
        query: dns.message.Message,
        *answer: str,
        authority: Sequence[str] = (),
        rcode: dns.rcode.Rcode = dns.rcode.NOERROR,
        flags: int = 0,
        extended: int | None = None,
    ) -> dns.message.Message:
        message = dns.message.make_response(query, recursion_available=True)
        message.flags |= flags
        message.set_rcode(rcode)
        for section, texts in ((message.answer, answer), (message.authority, authority)):
            for text in texts:
                name, ttl, rdclass, rdtype, rdata = text.split(" ", 4)
                rrset = message.find_rrset(
                    section,
                    dns.name.from_text(name),
                    dns.rdataclass.from_text(rdclass),
                    dns.rdatatype.from_text(rdtype),
                    create=True,
                )
                for record in dns.rrset.from_text(name, int(ttl), rdclass, rdtype, rdata):
                    rrset.add(record, int(ttl))
        if extended is not None:
            message.use_edns(0, options=[dns.edns.EDEOption(dns.edns.EDECode(extended), "why")])
        return message

    return make
