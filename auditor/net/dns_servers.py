"""Which DNS resolvers are asked: those the user named, or the system's."""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import dns.resolver

from auditor.errors import UsageError
from auditor.model.dns import DNS_PORT

_WITH_PORT = re.compile(r"(?:\[(?P<bracketed>[^\]]+)\]|(?P<bare>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Server:
    """A resolver's address and port, written ``address#port``."""

    address: str
    port: int = DNS_PORT

    @property
    def family(self) -> socket.AddressFamily:
        """Of the sockets by which it is reached."""
        return socket.AF_INET6 if ":" in self.address else socket.AF_INET

    def __str__(self) -> str:
        return f"{self.address}#{self.port}"


def read_servers(options: Sequence[str]) -> tuple[Server, ...]:
    """The resolvers of ``--resolver``, or the system's when there are none.

    Raises:
        UsageError: one is not ``ADDR``, ``ADDR:PORT`` or ``[ADDR]:PORT``, or the system has none.

    """
    return tuple(dict.fromkeys(map(read_server, options))) or _system_servers()


def read_server(text: str) -> Server:
    """The resolver written as ``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1`` or ``[2001:db8::1]:5353``."""
    if (address := _address(text)) is not None:
        return Server(address)
    match = _WITH_PORT.fullmatch(text.strip())
    if match is not None:
        address = _address(match["bracketed"] or match["bare"])
        port = int(match["port"] or DNS_PORT)
        if address is not None and 1 <= port <= 65535:
            return Server(address, port)
    raise UsageError(f"--resolver {text!r} is not ADDR, ADDR:PORT or [ADDR]:PORT with an IP address")


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return None


def _system_servers() -> tuple[Server, ...]:
    try:
        configured = dns.resolver.Resolver(configure=True)
    except (dns.resolver.NoResolverConfiguration, OSError):
        found = []
    else:
        found = [Server(str(address), configured.port) for address in configured.nameservers if _address(str(address))]
    if not found:
        raise UsageError("this system has no DNS resolver configured; name one with --resolver ADDR")
    return tuple(dict.fromkeys(found))
