"""Servers named directly: ``host:port``, an address, or a range of addresses."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from auditor.targets.names import BadNameError, clean_name, plain_name, unicode_name
from auditor.targets.tidy import tidy

MAX_RANGE = 65_536
"""Addresses in the largest range that is taken without being asked twice: an IPv4 /16, an IPv6 /112."""
MAX_LARGE_RANGE = 16_777_216
"""Addresses in the largest range that is taken at all: an IPv4 /8, an IPv6 /104."""

_RANGE = re.compile(r"[0-9A-Fa-f:.]+/[0-9.]+")
_BRACKETS = re.compile(r"\[([^\[\]]+)\](?::([^:]*))?")
_HOST_PORT = re.compile(r"([^\s/?#\\@:<>\[\]]+):([^\s/?#\\@:<>\[\]]+)")


class Named(NamedTuple):
    """What one entry of a list names: a mail domain, or a server."""

    domain: str
    domain_unicode: str
    direct: bool = False
    port: int | None = None
    sought: bool = False
    """One of a range: nobody says that a server is there."""


def parse_entry(text: str, *, large_ranges: bool = False) -> Iterator[Named]:
    """Yield what the text names: one mail domain, one server, or every address of a range.

    Raises:
        BadNameError: it names nothing that can be audited; raised before anything is yielded.
    """
    name = plain_name(text)
    if name:
        return iter((Named(name, unicode_name(name)),))
    rough = tidy(text)
    if _RANGE.fullmatch(rough):
        return _range(rough, MAX_LARGE_RANGE if large_ranges else MAX_RANGE)
    server = _server(rough)
    if server is not None:
        return iter((server,))
    name = clean_name(text)
    return iter((Named(name, unicode_name(name)),))


def _server(text: str) -> Named | None:
    address = _address(text)
    if address:
        return Named(address, address, direct=True)
    bracketed = _BRACKETS.fullmatch(text)
    if bracketed:
        return _bracketed(bracketed[1], bracketed[2])
    host_port = _HOST_PORT.fullmatch(text)
    if not host_port or host_port[1].lower() == "mailto":
        return None
    host = _address(host_port[1]) or clean_name(host_port[1], host=True)
    return Named(host, unicode_name(host), direct=True, port=_port(host_port[2]))


def _bracketed(inside: str, port: str | None) -> Named | None:
    address = _address(inside)
    if not address:
        return None
    return Named(address, address, direct=True, port=None if port is None else _port(port))


def _address(text: str) -> str:
    """Return the canonical text of an IPv4 or IPv6 address, or nothing."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.scope_id:
        raise BadNameError("an address with a zone index is of this host only")
    return str(address)


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise BadNameError("the port is no number")
    port = int(text)
    if not 1 <= port <= 65_535:
        raise BadNameError("the port is not between 1 and 65535")
    return port


def _range(text: str, most: int) -> Iterator[Named]:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise BadNameError("not an address range") from None
    if network.num_addresses > most:
        how = "" if network.num_addresses > MAX_LARGE_RANGE else " without --yes"
        raise BadNameError(f"a range of {network.num_addresses:,} addresses; at most {most:,} are tried{how}")
    return _addresses(network)


def _addresses(network: IPv4Network | IPv6Network) -> Iterator[Named]:
    # Only IPv4 has a broadcast address; hosts() would leave out an IPv6 range's first address.
    for address in network.hosts() if isinstance(network, IPv4Network) else network:
        text = str(address)
        yield Named(text, text, direct=True, sought=network.num_addresses > 1)
