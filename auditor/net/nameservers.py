"""Nameservers that are asked themselves: whether they may be, where they are reached, and how many times at once."""

import errno
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_address

from auditor.model.dns import DNS_PORT, Answer, DnsStatus
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome
from auditor.net.dial import Dialer
from auditor.net.dns_servers import Server
from auditor.net.failure import ContactFailure
from auditor.net.limits import AddressLimits

AT_ONCE = 2
"""Questions in flight to one address: it answers for the domains of others too."""
_HOSTS = {"A", "AAAA"}
_NO_ROUTE = {errno.ENETUNREACH, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


def has_route(server: Server) -> bool:
    """Whether this end can send there at all: connecting a UDP socket asks the routing table, and sends nothing."""
    try:
        with socket.socket(server.family, socket.SOCK_DGRAM) as probe:
            probe.connect((server.address, server.port))
    except OSError as error:
        return error.errno not in _NO_ROUTE
    return True


class Nameservers:
    """The way to nameservers, under the same rules of contact as that to mail servers."""

    def __init__(self, dialer: Dialer, has_route: Callable[[Server], bool] = has_route) -> None:
        self._dialer = dialer
        self._has_route = has_route
        self._limits = AddressLimits(per_host=AT_ONCE, per_prefix=0, rate=0)
        self._blocked: dict[str, str] = {}

    def share(self, at_once: int) -> None:
        """Have no more questions than this in flight to one address, where others ask it too."""
        self._limits.per_host = at_once

    def learn(self, answer: Answer) -> None:
        """Take note of the addresses of a host that is not to be contacted: a question names the address alone."""
        question, blocks = answer.question, self._dialer.blocks
        if blocks is None or question.type not in _HOSTS or answer.status is not DnsStatus.ANSWERED:
            return
        reason = next(filter(None, map(blocks.blocks_host, (question.name, *answer.aliases))), None)
        if reason:
            self._blocked.update({_canonical(address): reason for address in answer.records})

    def slot(self, address: str) -> AbstractAsyncContextManager[None]:
        """Hold one of the places at a nameserver's address."""
        return self._limits.slot(address)

    def place(self, address: str) -> Server:
        """Where the nameserver with this address is asked.

        Raises:
            ContactFailure: it may not be contacted, or there is no way to its family of addresses from here.
        """
        if reason := self._blocked.get(_canonical(address)):
            raise ContactFailure(Outcome.SKIPPED, Blame.NOBODY, reason)
        server = Server(*self._dialer.destination(Endpoint(address, address, DNS_PORT)))
        if not self._has_route(server):
            family = "IPv6" if ":" in server.address else "IPv4"
            raise ContactFailure(Outcome.SKIPPED, Blame.OURS, f"no {family} route from here")
        return server


def _canonical(address: str) -> str:
    return str(ip_address(address))
