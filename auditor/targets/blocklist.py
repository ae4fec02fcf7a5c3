"""Domains, hosts, addresses and networks that are never contacted, read from a file.

One entry a line, ``#`` comments.  A name blocks itself and everything below it,
as domain and as mail server; ``*.example.com`` and ``.example.com`` mean the same
as ``example.com``, and a top-level label alone blocks all of it: who asks to be
left alone is left alone in the wider sense.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Self

from auditor.errors import UsageError
from auditor.policy.addresses import reads_as_number
from auditor.targets.names import BadNameError, clean_name
from auditor.targets.octets import read_head, read_lines
from auditor.targets.sources import Source, open_source
from auditor.targets.tidy import printable, tidy, without_comment

_Address = IPv4Address | IPv6Address
_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291 §2.5.5.2
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1


class Blocklist:
    """What must not be contacted; each question is answered with the reason, or ``None``."""

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._names: dict[str, int] = {}
        # By version and prefix length, so that a look-up costs one step for each length in use.
        self._networks: dict[tuple[int, int], dict[int, int]] = {}

    @classmethod
    def empty(cls) -> Self:
        """Return a list that blocks nothing."""
        return cls()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the list a file holds.

        Raises:
            UsageError: it cannot be read, or a line is neither name nor address nor network.
        """
        if path.is_dir():
            raise UsageError(f"{path}: this is a folder, not a block list")
        blocklist = cls(str(path))
        with open_source(Source(str(path))) as stream:
            for line in read_lines(read_head(stream), stream):
                if line.too_long:
                    raise UsageError(f"{path}, line {line.number}: line over 64 KiB")
                blocklist._add(without_comment(line.text), line.number)
        return blocklist

    @classmethod
    def of(cls, entries: Iterable[tuple[str, int]], source: str) -> Self:
        """Return the list of these names and networks, each with its line in ``source``; see :meth:`entries`."""
        blocklist = cls(source)
        for text, line in entries:
            blocklist._add(text, line)
        return blocklist

    @property
    def source(self) -> str:
        """The file it was read from."""
        return self._source

    def entries(self) -> Iterator[tuple[str, int]]:
        """Yield every name and network, with its line."""
        yield from self._names.items()
        for (version, length), networks in self._networks.items():
            kind = IPv4Network if version == 4 else IPv6Network
            yield from ((str(kind((first, length))), line) for first, line in networks.items())

    def __len__(self) -> int:
        return len(self._names) + sum(map(len, self._networks.values()))

    def blocks_domain(self, name: str) -> str | None:
        """Return why a domain is not to be audited: it, or a domain above it, is listed."""
        name = name.lower().rstrip(".")
        while name:
            if name in self._names:
                return self._reason(name, self._names[name])
            name = name.partition(".")[2]
        return None

    def blocks_host(self, name: str) -> str | None:
        """Return why a mail server is not to be contacted by this name; an address is looked up as one."""
        return self.blocks_domain(name) or self.blocks_address(name)

    def blocks_address(self, text: str) -> str | None:
        """Return why an address is not to be contacted: it, its network, or the IPv4 address inside it is listed."""
        try:
            address = ip_address(text.strip("[]"))
        except ValueError:
            return None
        return next(filter(None, map(self._blocks, _with_embedded(address))), None)

    def _blocks(self, address: _Address) -> str | None:
        number, kind = int(address), IPv4Network if address.version == 4 else IPv6Network
        for (version, length), networks in self._networks.items():
            if version != address.version:
                continue
            bits = address.max_prefixlen - length
            first = number >> bits << bits
            if first in networks:
                return self._reason(str(kind((first, length))), networks[first])
        return None

    def _reason(self, what: str, line: int) -> str:
        return f"blocked by {what} ({self._source}, line {line})"

    def _add(self, text: str, line: int) -> None:
        text = tidy(text)
        if not text:
            return
        try:
            network = ip_network(text.strip("[]"), strict=False)
        except ValueError:
            name = self._name(text, line)
            self._names.setdefault(name, line)
            return
        for one in _with_embedded_network(network):
            lines = self._networks.setdefault((one.version, one.prefixlen), {})
            lines.setdefault(int(one.network_address), line)

    def _name(self, text: str, line: int) -> str:
        where = f"{self._source}, line {line}: {printable(text, 80)!r}"
        if "/" in text or ":" in text:
            raise UsageError(f"{where}: neither a name nor an address nor a network")
        try:
            name = clean_name(text.removeprefix("*").removeprefix("."), host=True)
        except BadNameError as error:
            raise UsageError(f"{where}: {error}") from None
        if reads_as_number(name):
            raise UsageError(f"{where}: an address is written as four decimal numbers")
        return name


def _with_embedded(address: _Address) -> Iterator[_Address]:
    """Yield an address, and the IPv4 address to which its packets would be carried."""
    yield address
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield address.teredo[1]
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _with_embedded_network(network: IPv4Network | IPv6Network) -> Iterator[IPv4Network | IPv6Network]:
    """Yield a network, and that of IPv4 which is meant by it."""
    yield network
    if isinstance(network, IPv6Network) and (network.subnet_of(_MAPPED) or network.subnet_of(_NAT64)):
        yield IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
