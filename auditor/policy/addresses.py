"""Which IP addresses may stand for a public mail server, and why the others may not.

The table follows the IANA special-purpose address registries (RFC 6890) rather than
:mod:`ipaddress`'s own properties, which differ between releases of Python.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_IPV4 = (
    (IPv4Network("0.0.0.0/8"), "this network (RFC 791)"),
    (IPv4Network("10.0.0.0/8"), "private use (RFC 1918)"),
    (IPv4Network("100.64.0.0/10"), "shared address space (RFC 6598)"),
    (IPv4Network("127.0.0.0/8"), "loopback (RFC 1122)"),
    (IPv4Network("169.254.0.0/16"), "link-local (RFC 3927)"),
    (IPv4Network("172.16.0.0/12"), "private use (RFC 1918)"),
    (IPv4Network("192.0.0.0/24"), "protocol assignments (RFC 6890)"),
    (IPv4Network("192.0.2.0/24"), "documentation (RFC 5737)"),
    (IPv4Network("192.88.99.0/24"), "6to4 relay anycast (RFC 7526)"),
    (IPv4Network("192.168.0.0/16"), "private use (RFC 1918)"),
    (IPv4Network("198.18.0.0/15"), "benchmarking (RFC 2544)"),
    (IPv4Network("198.51.100.0/24"), "documentation (RFC 5737)"),
    (IPv4Network("203.0.113.0/24"), "documentation (RFC 5737)"),
    (IPv4Network("224.0.0.0/4"), "multicast (RFC 5771)"),
    (IPv4Network("240.0.0.0/4"), "reserved (RFC 1112)"),
)

_IPV6 = (
    (IPv6Network("::/128"), "unspecified (RFC 4291)"),
    (IPv6Network("::1/128"), "loopback (RFC 4291)"),
    (IPv6Network("::/96"), "IPv4-compatible (RFC 4291)"),
    (IPv6Network("64:ff9b:1::/48"), "local-use NAT64 (RFC 8215)"),
    (IPv6Network("100::/64"), "discard-only (RFC 6666)"),
    (IPv6Network("2001::/32"), "Teredo (RFC 4380)"),
    (IPv6Network("2001::/23"), "protocol assignments (RFC 2928)"),
    (IPv6Network("2001:db8::/32"), "documentation (RFC 3849)"),
    (IPv6Network("3fff::/20"), "documentation (RFC 9637)"),
    (IPv6Network("fc00::/7"), "unique local (RFC 4193)"),
    (IPv6Network("fe80::/10"), "link-local (RFC 4291)"),
    (IPv6Network("fec0::/10"), "site-local (RFC 3879)"),
    (IPv6Network("ff00::/8"), "multicast (RFC 4291)"),
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that has been assigned for global unicast (RFC 4291 §2.4); what else there is, is not in use."""

_KEPT = 10_000  # addresses: what there is to say of one is asked again and again


def _octets(first: int) -> Callable[[IPv6Address], IPv4Address]:
    return lambda address: IPv4Address(address.packed[first : first + 4])


_EMBEDDING = (
    (IPv6Network("::ffff:0:0/96"), "IPv4-mapped", _octets(12)),
    (IPv6Network("64:ff9b::/96"), "NAT64", _octets(12)),
    (IPv6Network("2002::/16"), "6to4", _octets(2)),
)
"""Forms that are worth what the IPv4 address inside them is at most (RFC 4291 §2.5.5.2, RFC 6052 §3.1, RFC 3056 §2)."""

_NEVER = {"IPv4-mapped": "no address of IPv6's network (RFC 4291)"}
"""Forms that are worth nothing: a system would take them for IPv4, even where IPv6 alone is to be contacted."""


_LEADING = {"IPv4-mapped", "NAT64"}
"""Forms under which the one host of IPv4 answers that has the address inside them."""


def is_public(address: str) -> bool:
    """Whether this address may belong to a server on the public Internet; false for what is no address."""
    return not why_not_public(address)


@lru_cache(maxsize=_KEPT)
def is_of_one_host(text: str) -> bool:
    """Whether this is an address, and not the unspecified one, for which systems connect to themselves instead."""
    try:
        return not address_of(text).is_unspecified
    except ValueError:
        return False


def reads_as_number(name: str) -> bool:
    """Whether the last label is a number, decimal or not: old ways to write an address, and no name (RFC 3696 §2)."""
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", name.rpartition(".")[2].lower()) is not None


@lru_cache(maxsize=_KEPT)
def address_of(text: str) -> IPv4Address | IPv6Address:
    """The address in text form, which may be that of an exchange that many domains share.

    Raises:
        ValueError: it is none.

    """
    return ip_address(text)


@lru_cache(maxsize=_KEPT)
def why_not_public(address: str) -> str:
    """The reason why ``address`` is not public, such as ``private use (RFC 1918)``; empty when it is."""
    try:
        parsed = address_of(address)
    except ValueError:
        return "not an IP address"
    return _why_not_ipv4(parsed) if isinstance(parsed, IPv4Address) else _why_not_ipv6(parsed)


@lru_cache(maxsize=_KEPT)
def host_of(address: str) -> str:
    """The address of the host that answers there: that of IPv4 in an address by which a system or NAT64 leads to it."""
    parsed = address_of(address)
    if isinstance(parsed, IPv6Address):
        for network, form, embedded in _EMBEDDING:
            if form in _LEADING and parsed in network:
                return str(embedded(parsed))
    return address


@lru_cache(maxsize=_KEPT)
def network_of(address: str) -> str:
    """The network that one line or router may serve: the /24 of an address, or its /48 in IPv6."""
    return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))


def in_one_network(addresses: Iterable[str]) -> bool:
    """Whether, in each family, all addresses are of one network."""
    networks = set(map(network_of, addresses))
    return len(networks) == len({":" in network for network in networks})


def _why_not_ipv4(address: IPv4Address) -> str:
    return next((reason for network, reason in _IPV4 if address in network), "")


def _why_not_ipv6(address: IPv6Address) -> str:
    for network, form, embedded in _EMBEDDING:
        if address in network:
            reason = _why_not_ipv4(embedded(address)) or _NEVER.get(form, "")
            return f"{form} of {embedded(address)}: {reason}" if reason else ""
    for network, reason in _IPV6:
        if address in network:
            return reason
    return "" if address in _GLOBAL_UNICAST else "not assigned (RFC 4291 §2.4)"
