"""One DNS query to one server: over UDP, and over TCP when the reply was cut off (RFC 7766 §5).

Foreign exceptions end here: what went wrong is a :class:`Failure`.
"""

import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

import dns.flags
import dns.message
import trio

from auditor.model.dns import DnsStatus
from auditor.net.dns_servers import Server
from auditor.net.dns_tlsa import restore_tlsa

Message = dns.message.Message


@dataclass(frozen=True, slots=True)
class Failure:
    """No reply that could be used."""

    status: DnsStatus
    error: str


async def exchange(query: Message, server: Server, wait_seconds: float) -> Message | Failure:
    """The reply to ``query``; ``wait_seconds`` bound the wait over UDP, and once more that over TCP."""
    reply = await _bounded(_over_udp, query, server, wait_seconds)
    if isinstance(reply, Failure) or not reply.flags & dns.flags.TC:
        return reply
    reply = await _bounded(_over_tcp, query, server, wait_seconds)
    if isinstance(reply, Failure):
        return Failure(reply.status, f"cut off over UDP; over TCP: {reply.error}")
    if reply.flags & dns.flags.TC:
        return Failure(DnsStatus.MALFORMED, "cut off over TCP too")
    return reply


def read_message(query: Message, octets: bytes) -> Message | Failure | None:
    """What these octets are: the reply, a reply that is broken, or ``None`` for nothing to do with ``query``.

    A reply that was cut off may end anywhere, so nothing is asked of it but its header and question.
    """
    if octets[:2] != query.id.to_bytes(2):
        return None
    try:
        message = dns.message.from_wire(octets, continue_on_error=True)
    except Exception as error:  # noqa: BLE001 - whatever a parser of hostile octets may raise means one thing
        return Failure(DnsStatus.MALFORMED, f"malformed reply: {_words(error)}")
    if query.is_response(message) and (message.flags & dns.flags.TC or restore_tlsa(message, octets)):
        return message
    if message.errors:
        return Failure(DnsStatus.MALFORMED, f"malformed reply: {_words(message.errors[0].exception)}")
    return None


async def _bounded(
    transport: Callable[[Message, Server], Awaitable[Message | Failure]],
    query: Message,
    server: Server,
    wait_seconds: float,
) -> Message | Failure:
    reply: Message | Failure = Failure(DnsStatus.TIMEOUT, f"no reply in {wait_seconds:g} s")
    with trio.move_on_after(wait_seconds):
        try:
            reply = await transport(query, server)
        except (OSError, EOFError, trio.BrokenResourceError) as error:
            reply = Failure(DnsStatus.TIMEOUT, f"no reply: {_words(error)}")
    return reply


async def _over_udp(query: Message, server: Server) -> Message | Failure:
    """The first datagram that answers ``query``; the kernel passes only those of ``server`` on."""
    with _socket(server, socket.SOCK_DGRAM) as udp:
        await udp.connect((server.address, server.port))
        await udp.send(query.to_wire())
        while (reply := read_message(query, await udp.recv(65535))) is None:
            pass
        return reply


async def _over_tcp(query: Message, server: Server) -> Message | Failure:
    with _socket(server, socket.SOCK_STREAM) as tcp:
        await tcp.connect((server.address, server.port))
        stream = trio.SocketStream(tcp)
        octets = query.to_wire()
        await stream.send_all(len(octets).to_bytes(2) + octets)
        length = int.from_bytes(await _receive_exactly(stream, 2))
        reply = read_message(query, await _receive_exactly(stream, length))
    return reply or Failure(DnsStatus.MALFORMED, "the reply belongs to another query")


def _socket(server: Server, kind: socket.SocketKind) -> trio.socket.SocketType:
    family = socket.AF_INET if ip_address(server.address).version == 4 else socket.AF_INET6
    return trio.socket.socket(family, kind)


async def _receive_exactly(stream: trio.SocketStream, count: int) -> bytes:
    octets = bytearray()
    while len(octets) < count:
        chunk = await stream.receive_some(count - len(octets))
        if not chunk:
            raise EOFError("connection closed early")
        octets += chunk
    return bytes(octets)


def _words(error: BaseException) -> str:
    """What an exception says, in one line; its kind, where it says nothing."""
    text = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return " ".join((text or type(error).__name__).split())
