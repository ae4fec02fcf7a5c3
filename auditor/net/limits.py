"""Politeness: how much one address, and one network, is asked at a time."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_network

import trio

from auditor.policy.addresses import host_of

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

    An address by which NAT64 leads to one of IPv4 is counted as that one.  0 is no limit.
    Whoever waits is served in the order of arrival.
    """

    per_host: int
    per_prefix: int
    rate: float
    hold_seconds: float = 15.0
    """How long an address is let alone after it asked for less, at first."""
    after_others: bool = False
    """Whether others, who are gone, may have contacted any address just now: the first pause is kept at each."""
    _first_at: float = 0.0
    _gates: dict[str, _Gate] = field(default_factory=dict)
    _next_at: dict[str, float] = field(default_factory=dict)
    _held_off: dict[str, int] = field(default_factory=dict)

    def slot(self, address: str) -> AbstractAsyncContextManager[None]:
        """Hold a place for one connection to ``address``; waits until there is one."""
        return _Slot(self, host_of(address))

    async def enter(self, address: str) -> list[str]:
        """Wait for a place at the address and in its network, and for the pace; what is to be given back."""
        while True:
            times = self._held_off.get(address, 0)
            at_address = (f"{address} held off", 1) if times else (address, self.per_host)
            held = await self._enter(address, at_address)
            if times == self._held_off.get(address, 0):
                return held
            self.give_back(held)  # it asked for less while a place there was waited for

    async def _enter(self, address: str, at_address: tuple[str, int]) -> list[str]:
        """As :meth:`enter`; the address first: whoever waits for a busy one must not hold a place of its network."""
        held: list[str] = []
        try:
            for key, places in (at_address, (prefix_of(address) if self.per_prefix else "", self.per_prefix)):
                if places:
                    await self._take(key, places)
                    held.append(key)
            await self._pace(address)
        except BaseException:
            self.give_back(held)
            raise
        return held

    def give_back(self, held: Iterable[str]) -> None:
        """Give places back, those taken last first."""
        for key in reversed(list(held)):
            self._gates[key].places.release()
            self._leave(key)

    def hold_off(self, address: str) -> None:
        """Let an address alone that asked for less: for a while, each time for longer, and one at a time from now."""
        address = host_of(address)
        times = self._held_off.get(address, 0)
        seconds = self.hold_seconds * min(2**times, _LONGEST_HOLD)
        self._held_off[address] = times + 1
        self._next_at[address] = max(self._next_at.get(address, 0.0), trio.current_time() + seconds)

    def alone(self, address: str) -> AbstractAsyncContextManager[None]:
        """Hold the one place that there is for extra looks at ``address``; waits until it is free."""
        return self._place(f"alone {host_of(address)}", 1)

    @asynccontextmanager
    async def _place(self, key: str, places: int) -> AsyncIterator[None]:
        await self._take(key, places)
        try:
            yield
        finally:
            self.give_back([key])

    async def _take(self, key: str, places: int) -> None:
        gate = self._gates.setdefault(key, _Gate(trio.Semaphore(places)))
        gate.users += 1
        try:
            await gate.places.acquire()
        except BaseException:
            self._leave(key)
            raise

    def _leave(self, key: str) -> None:
        gate = self._gates[key]
        gate.users -= 1
        if not gate.users:
            del self._gates[key]

    async def _pace(self, address: str) -> None:
        if not self.rate and address not in self._held_off:
            return
        now, pause = trio.current_time(), 1 / self.rate if self.rate else 0.0
        if self.after_others:
            self.after_others, self._first_at = False, now + pause
        begin_at = max(now, self._next_at.get(address, self._first_at))
        self._next_at[address] = begin_at + pause
        if len(self._next_at) > _KEPT_TIMES:
            self._next_at = {key: at for key, at in self._next_at.items() if at > now}
        await trio.sleep_until(begin_at)


class _Slot:
    """A place at an address, held while open; a class, since there is one for each conversation."""

    def __init__(self, limits: AddressLimits, address: str) -> None:
        self._limits, self._address = limits, address
        self._held: list[str] = []

    async def __aenter__(self) -> None:
        self._held = await self._limits.enter(self._address)

    async def __aexit__(self, *_: object) -> None:
        self._limits.give_back(self._held)


@lru_cache(maxsize=_KEPT_TIMES)
def prefix_of(address: str) -> str:
    """The network an address is counted to: its /24, or its /64 in IPv6."""
    host = host_of(address.partition("%")[0])
    return str(ip_network(f"{host}/{_PREFIX_BITS[6 if ':' in host else 4]}", strict=False))
