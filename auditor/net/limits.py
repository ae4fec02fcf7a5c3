"""Politeness: how much one address, and one network, is asked at a time."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import trio

_LONGEST_HOLD = 4  # times the first one
_KEPT_TIMES = 10_000  # addresses whose last connection is remembered before the old ones are forgotten
# Prefix within which addresses are taken for one operator's: the longest commonly routed ones.
_PREFIX_BITS = {4: 24, 6: 64}


@dataclass(slots=True)
class _Gate:
    """Places at one address or in one network, and how many hold or wait for one."""

    places: trio.Semaphore
    users: int = 0


@dataclass(slots=True)
class AddressLimits:
    """Connections at once to an address and to its network, and new ones a second to an address.

    0 is no limit.  Whoever waits is served in the order of arrival.
    """

    per_host: int
    per_prefix: int
    rate: float
    hold_seconds: float = 15.0
    """How long an address is let alone after it asked for less, at first."""
    _gates: dict[str, _Gate] = field(default_factory=dict)
    _next_at: dict[str, float] = field(default_factory=dict)
    _held_off: dict[str, int] = field(default_factory=dict)

    @asynccontextmanager
    async def slot(self, address: str) -> AsyncIterator[None]:
        """Hold a place for one connection to ``address``; waits until there is one."""
        # The address first: whoever waits for a busy one must not hold a place of its network.
        held_off = address in self._held_off
        key, at_once = (f"{address} held off", 1) if held_off else (address, self.per_host)
        async with self._place(key, at_once), self._place(prefix_of(address), self.per_prefix):
            await self._pace(address)
            yield

    def hold_off(self, address: str) -> None:
        """Let an address alone that asked for less: for a while, each time for longer, and one at a time from now."""
        times = self._held_off.get(address, 0)
        seconds = self.hold_seconds * min(2**times, _LONGEST_HOLD)
        self._held_off[address] = times + 1
        self._next_at[address] = max(self._next_at.get(address, 0.0), trio.current_time() + seconds)

    def alone(self, address: str) -> AbstractAsyncContextManager[None]:
        """Hold the one place that there is for extra looks at ``address``; waits until it is free."""
        return self._place(f"alone {address}", 1)

    @asynccontextmanager
    async def _place(self, key: str, places: int) -> AsyncIterator[None]:
        if not places:
            yield
            return
        gate = self._gates.setdefault(key, _Gate(trio.Semaphore(places)))
        gate.users += 1
        try:
            async with gate.places:
                yield
        finally:
            gate.users -= 1
            if not gate.users:
                del self._gates[key]

    async def _pace(self, address: str) -> None:
        if not self.rate and address not in self._held_off:
            return
        now = trio.current_time()
        begin_at = max(now, self._next_at.get(address, now))
        self._next_at[address] = begin_at + (1 / self.rate if self.rate else 0.0)
        if len(self._next_at) > _KEPT_TIMES:
            self._next_at = {key: at for key, at in self._next_at.items() if at > now}
        await trio.sleep_until(begin_at)


def prefix_of(address: str) -> str:
    """The network an address is counted to: its /24, or its /64 in IPv6."""
    bits = _PREFIX_BITS[6 if ":" in address else 4]
    return str(ip_network(f"{address.partition('%')[0]}/{bits}", strict=False))
