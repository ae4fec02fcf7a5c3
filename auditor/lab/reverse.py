"""The lab's reverse DNS: every server's address is called by the server's name, but for what is told of it."""

from collections.abc import Iterable
from ipaddress import ip_address

import dns.exception
import dns.zone

from auditor.errors import UsageError
from auditor.lab.nameserver import load_zone
from auditor.lab.script import ServerScript
from auditor.policy.exchange import is_address

ORIGIN = "arpa."
_HEAD = "$TTL 3600\n@ SOA ns.example. root.example. 1 7200 3600 1209600 300\n@ NS ns.example."


def reverse_zone(scripts: Iterable[ServerScript], text: str, source: str) -> dns.zone.Zone:
    """The zone ``arpa.`` for the addresses of the servers.

    A line ``address name...`` of ``text`` says what an address is called instead, ``address -`` that it has no name.

    Raises:
        UsageError: a line is not understood; the message names file and line.
    """
    own = {address: (script.name,) for script in reversed(list(scripts)) for address in script.addresses}
    called: dict[str, tuple[str, ...]] = {**own, **_told(text, source)}
    records = (f"{ip_address(address).reverse_pointer}. PTR {name}." for address in called for name in called[address])
    return load_zone("\n".join([_HEAD, *records]), ORIGIN)


def _told(text: str, source: str) -> dict[str, tuple[str, ...]]:
    return dict(_line(line, number, source) for number, line in enumerate(text.splitlines(), start=1) if _words(line))


def _words(line: str) -> list[str]:
    return line.partition("#")[0].split()


def _line(line: str, number: int, source: str) -> tuple[str, tuple[str, ...]]:
    address, *names = _words(line)
    if not is_address(address) or not names:
        raise UsageError(f"{source}, line {number}: not understood: {line}")
    return str(ip_address(address)), () if names == ["-"] else tuple(names)
