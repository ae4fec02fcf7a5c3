"""What came over the wire: octets as a reply, and TCP for what was cut off (RFC 7766 §5).

Foreign exceptions end here: what went wrong is a :class:`Failure`.
"""

import os
import socket
from dataclasses import dataclass

import dns.flags
import dns.message
import trio

from auditor.model.dns import DnsStatus
from auditor.net.dns_answer import Reading
from auditor.net.dns_lean import read_lean
from auditor.net.dns_query import Query
from auditor.net.dns_servers import Server
from auditor.net.dns_tlsa import restore_tlsa
from auditor.net.scarce import others_had_time

Message = dns.message.Message
MOST_RECORDS = 1_000
"""Of a reply that is read the plain way, where a long name costs time for each record that points to it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No reply that could be used."""

    status: DnsStatus
    error: str


Reply = Reading | Message | Failure
"""What a plain reply says, a reply that is not plain, or none that could be used."""


def read_reply_octets(server: Server, query: Query, number: int, octets: bytes) -> Reply | None:
    """What octets with the id of ``query`` are: the fast way where it will do, the plain way for all else."""
    return read_lean(query, octets, str(server)) or read_message(query.message(number), octets)


def read_message(query: Message, octets: bytes) -> Message | Failure | None:
    """What these octets are: the reply, a reply that is broken, or ``None`` for nothing to do with ``query``.

    A reply that was cut off may end anywhere, so nothing is asked of it but its header and question.
    """
    if octets[:2] != query.id.to_bytes(2):
        return None
    if _records(octets) > MOST_RECORDS:
        return Failure(DnsStatus.MALFORMED, f"a reply with more than {MOST_RECORDS:,} records that is not a plain one")
    try:
        message = dns.message.from_wire(octets, continue_on_error=True)
    except Exception as error:  # noqa: BLE001 - whatever a parser of hostile octets may raise means one thing
        return Failure(DnsStatus.MALFORMED, f"malformed reply: {words_of(error)}")
    if query.is_response(message) and (message.flags & dns.flags.TC or restore_tlsa(message, octets)):
        return message
    if message.errors:
        return Failure(DnsStatus.MALFORMED, f"malformed reply: {words_of(message.errors[0].exception)}")
    return None


def _records(octets: bytes) -> int:
    """How many records the header says there are, in all sections (RFC 1035 §4.1.1)."""
    return sum(int.from_bytes(octets[at : at + 2]) for at in (6, 8, 10))


async def ask_over_tcp(query: Query, server: Server, wait_seconds: float) -> Reply:
    """The reply over TCP, to a query whose reply over UDP was cut off."""
    reply: Reply = Failure(DnsStatus.TIMEOUT, f"no reply in {wait_seconds:g} s")
    with trio.move_on_after(wait_seconds):
        try:
            reply = await _over_tcp(query, int.from_bytes(os.urandom(2)), server)
        except OSError as error:
            reply = no_reply(error)
            if await others_had_time(error):
                return await ask_over_tcp(query, server, wait_seconds)
        except (EOFError, trio.BrokenResourceError) as error:
            reply = no_reply(error)
    if isinstance(reply, Failure):
        return Failure(reply.status, f"cut off over UDP; over TCP: {reply.error}")
    if isinstance(reply, Reading) or not reply.flags & dns.flags.TC:
        return reply
    return Failure(DnsStatus.MALFORMED, "cut off over TCP too")


def no_reply(error: BaseException) -> Failure:
    """That there was none, and why."""
    return Failure(DnsStatus.TIMEOUT, f"no reply: {words_of(error)}")


async def _over_tcp(query: Query, number: int, server: Server) -> Reply:
    with trio.socket.socket(server.family, socket.SOCK_STREAM) as tcp:
        await tcp.connect((server.address, server.port))
        stream = trio.SocketStream(tcp)
        octets = number.to_bytes(2) + query.octets
        await stream.send_all(len(octets).to_bytes(2) + octets)
        length = int.from_bytes(await _receive_exactly(stream, 2))
        octets = await _receive_exactly(stream, length)
    reply = read_reply_octets(server, query, number, octets) if octets[:2] == number.to_bytes(2) else None
    return reply or Failure(DnsStatus.MALFORMED, "the reply belongs to another query")


async def _receive_exactly(stream: trio.SocketStream, count: int) -> bytes:
    octets = bytearray()
    while len(octets) < count:
        chunk = await stream.receive_some(count - len(octets))
        if not chunk:
            raise EOFError("connection closed early")
        octets += chunk
    return bytes(octets)


def words_of(error: BaseException) -> str:
    """What an exception says, in one line; its kind, where it says nothing."""
    text = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return " ".join((text or type(error).__name__).split())
