"""Every packet that is sent in a network namespace whose only interface is loopback, with the kernel's own times.

Run as a program there, it answers each line of its standard input with those since the last one, a JSON list of
:class:`Packet`: who connected, who closed, and each datagram; what else there is of TCP is left out.
"""

import json
import select
import socket
import struct
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

_ALL = 0x0003  # ETH_P_ALL
_OUTGOING = 4  # PACKET_OUTGOING: loopback shows each packet twice, as sent and as received
_TIMES = 35  # SO_TIMESTAMPNS, in both of its meanings
_FORCED_BUFFER = 33  # SO_RCVBUFFORCE
_STATISTICS = 6  # PACKET_STATISTICS
_PACKET = 263  # SOL_PACKET
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_IPV6_TCP, _IPV6_UDP = 6, 17


class Packet(NamedTuple):
    """One packet, as far as it matters."""

    at: float
    kind: str
    """``syn`` (the first of a connection), ``fin``, ``rst``, ``udp``; for others ``proto N``."""
    source: str
    source_port: int
    address: str
    """Where it was sent."""
    port: int
    number: int = 0
    """The first two octets of a datagram: the id of a DNS message."""


def read(octets: bytes, at: float) -> Packet | None:
    """The packet in these octets; nothing for what is in the middle of a connection, or no IP."""
    version = octets[0] >> 4 if octets else 0
    if version == 4:
        protocol, rest = octets[9], octets[(octets[0] & 15) * 4 :]
        source, address = octets[12:16], octets[16:20]
    elif version == 6:
        protocol, rest, source, address = octets[6], octets[40:], octets[8:24], octets[24:40]
    else:
        return None
    ends = str(ip_address(source)), str(ip_address(address))
    if protocol not in {_IPV6_TCP, _IPV6_UDP}:
        return Packet(at, f"proto {protocol}", ends[0], 0, ends[1], 0)
    source_port, port = struct.unpack("!HH", rest[:4])
    if protocol == _IPV6_UDP:
        return Packet(at, "udp", ends[0], source_port, ends[1], port, int.from_bytes(rest[8:10]))
    kind = _kind(rest[13])
    return Packet(at, kind, ends[0], source_port, ends[1], port) if kind else None


def _kind(flags: int) -> str:
    if flags & (_FIN | _RST):
        return "rst" if flags & _RST else "fin"
    return "syn" if flags & _SYN and not flags & _ACK else ""


def _sent(catcher: socket.socket) -> Iterator[Packet]:
    """Every packet that is there, in the order of their sending."""
    while True:
        try:
            octets, extra, _, place = catcher.recvmsg(128, 64)
        except BlockingIOError:
            return
        if place[2] == _OUTGOING:
            seconds, nanoseconds = struct.unpack("@qq", extra[0][2][:16])
            if (packet := read(octets, seconds + nanoseconds / 1e9)) is not None:
                yield packet


def _catcher() -> socket.socket:
    catcher = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
    catcher.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, 1 << 26)
    catcher.setsockopt(socket.SOL_SOCKET, _TIMES, 1)
    catcher.setblocking(False)
    return catcher


def main() -> None:
    packets: list[Packet] = []
    with _catcher() as catcher:
        sys.stdout.write("up\n")
        while True:
            sys.stdout.flush()
            ready = select.select([catcher, sys.stdin], [], [])[0]
            packets += _sent(catcher)
            if sys.stdin in ready:
                if not sys.stdin.readline():
                    return
                _, dropped = struct.unpack("II", catcher.getsockopt(_PACKET, _STATISTICS, 8))
                assert not dropped, "packets went by unseen"
                sys.stdout.write(f"{json.dumps(packets)}\n")
                packets.clear()


if __name__ == "__main__":
    main()
