"""The ways out of this machine, one for each family of addresses: if one that led out is gone, work waits for it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import trio

from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome
from auditor.net.dns_servers import Server
from auditor.net.failure import ContactFailure
from auditor.net.nameservers import has_route
from auditor.net.outage import Outage
from auditor.policy.contact import family_of

_FAMILIES = {"A": "IPv4", "AAAA": "IPv6"}


class Dialing(Protocol):
    """Who opens connections."""

    def destination(self, endpoint: Endpoint) -> tuple[str, int]:
        """Where to connect to; raises ContactFailure for what may not be contacted."""

    async def dial(self, endpoint: Endpoint) -> trio.abc.Stream:
        """A connection to the endpoint; raises ContactFailure."""


class Ways:
    """Dials, and takes note of whether it is the network of this end that fails."""

    def __init__(
        self, dialer: Dialing, longest_seconds: float, has_route: Callable[[Server], bool] = has_route
    ) -> None:
        self._dialer = dialer
        self._has_route = has_route
        self._lost: dict[str, Server] = {}
        self._worked: set[str] = set()
        self._outages = {
            family: Outage(f"no {name} network here", self._is_back(family), longest_seconds)
            for family, name in _FAMILIES.items()
        }

    async def dial(self, endpoint: Endpoint) -> trio.abc.Stream:
        """A connection to the endpoint.

        Raises:
            ContactFailure: it may not be contacted, or cannot be.
        """
        place = Server(*self._dialer.destination(endpoint))
        family = family_of(place.address)
        try:
            stream = await self._dialer.dial(endpoint)
        except ContactFailure as failure:
            if failure.blame is not Blame.OURS or family not in self._worked:
                raise
            self._lost[family] = place
            raise ContactFailure(Outcome.UNREACHABLE, Blame.OURS, failure.words) from None
        self._worked.add(family)
        self._outages[family].works()
        return stream

    async def passed(self, endpoint: Endpoint) -> None:
        """Wait while there is no way out to where the endpoint is reached, where there was one before."""
        if not self._lost:
            return
        with suppress(ContactFailure):  # what may not be contacted is refused when it is dialled
            family = family_of(self._dialer.destination(endpoint)[0])
            if family in self._lost:
                await self._outages[family].over()
                self._lost.pop(family, None)

    def _is_back(self, family: str) -> Callable[[], Awaitable[bool]]:
        async def is_back() -> bool:
            await trio.lowlevel.checkpoint()
            return family not in self._lost or self._has_route(self._lost[family])

        return is_back
