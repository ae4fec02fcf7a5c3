"""Opening a TCP connection to an endpoint, if it may be contacted at all."""

import errno
import re
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol, Self

from auditor.config import Config
from auditor.errors import UsageError
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome
from auditor.net.failure import ContactFailure, from_os_error
from auditor.net.scarce import others_had_time
from auditor.net.tcp import TcpStream, connect
from auditor.policy.addresses import reads_as_number, why_not_public
from auditor.policy.contact import RoutePolicy
from auditor.targets.names import clean_name

_REDIRECTION = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]+):([0-9]{1,5}):(\[[^\[\]]+\]|[^:\[\]]+):([0-9]{1,5})")


class Blocks(Protocol):
    """Who asked not to be contacted; each method gives the reason, or ``None``."""

    def blocks_host(self, name: str) -> str | None:
        """Why a host is not contacted."""

    def blocks_address(self, text: str) -> str | None:
        """Why an address is not contacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialer:
    """Opens connections, and refuses those that must not be made."""

    policy: RoutePolicy
    blocks: Blocks | None = None
    connect_to: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    """Where to connect instead, by (exchange or address, port)."""
    only_connect_to: bool = False
    """Whether nothing else is connected to."""
    source_ip: str | None = None

    @classmethod
    def from_config(cls, config: Config, blocks: Blocks | None = None) -> Self:
        """The dialer that the settings ask for.

        Raises:
            UsageError: ``connect_to`` will not do.
        """
        return cls(
            policy=config.route_policy(),
            blocks=blocks,
            connect_to=dict(parse_connect_to(text) for text in config.connect_to),
            only_connect_to=config.only_connect_to,
            source_ip=config.source_ip,
        )

    async def dial(self, endpoint: Endpoint) -> TcpStream:
        """A TCP connection to the endpoint.

        Raises:
            ContactFailure: it may not be contacted (``skipped``), or cannot be.
        """
        address, port = self.destination(endpoint)
        while True:
            try:
                return await connect(address, port, self._source_for(address))
            except OSError as error:
                if not await others_had_time(error):
                    raise _failure(error, address) from None

    def destination(self, endpoint: Endpoint) -> tuple[str, int]:
        """Where to connect to; what the user redirected is the user's own word, all else is checked.

        Raises:
            ContactFailure: the endpoint may not be contacted.
        """
        if self.blocks is not None:
            for reason in (self.blocks.blocks_host(endpoint.exchange), self.blocks.blocks_address(endpoint.address)):
                if reason:
                    raise ContactFailure(Outcome.SKIPPED, Blame.NOBODY, reason)
        for host in (endpoint.exchange, endpoint.address):
            if (host, endpoint.port) in self.connect_to:
                return self.connect_to[host, endpoint.port]
        if not self.policy.permits(endpoint.address):
            raise ContactFailure(Outcome.SKIPPED, Blame.NOBODY, f"{why_not_public(endpoint.address)}; see --allow-net")
        if self.only_connect_to:
            raise ContactFailure(Outcome.SKIPPED, Blame.NOBODY, "--connect-to does not lead it anywhere")
        return endpoint.address, endpoint.port

    def _source_for(self, address: str) -> str | None:
        """The address to connect from, where one is asked for and is of the family."""
        return self.source_ip if self.source_ip and (":" in self.source_ip) == (":" in address) else None


def _failure(error: OSError, address: str) -> ContactFailure:
    if error.errno == errno.ENETUNREACH and ":" in address:
        return ContactFailure(Outcome.SKIPPED, Blame.OURS, "no IPv6 route from here")
    return from_os_error(error)


def parse_connect_to(text: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """``HOST:PORT:ADDR:PORT`` as ((host or address, port), (address, port)); IPv6 addresses in brackets.

    Raises:
        UsageError: the text has another form, or ADDR is no address.
    """
    match = _REDIRECTION.fullmatch(text)
    if match is not None:
        port, to_port = (int(part) for part in match.group(2, 4))
        with suppress(ValueError):
            if 0 < port < 65_536 and 0 < to_port < 65_536:
                return (_canonical(match[1]), port), (str(ip_address(match[3].strip("[]"))), to_port)
    raise UsageError(f"--connect-to {text}: is not of the form HOST:PORT:ADDR:PORT")


def _canonical(host: str) -> str:
    """A host name, or an address, which stands in brackets if it is one of IPv6, as endpoints have it.

    Raises:
        ValueError: it is neither, or an address written in a way that endpoints do not have: it would never be met.
    """
    if host.startswith("["):
        return str(ip_address(host[1:-1]))
    with suppress(ValueError):
        return str(ip_address(host))
    if reads_as_number(name := clean_name(host, host=True)):
        raise ValueError(name)
    return name
