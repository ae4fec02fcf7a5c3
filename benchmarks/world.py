"""A world of mail domains for load tests: drawn from a seed, streamed, the same on every machine.

Domains differ in who takes their mail, in shares that are met on the Internet:
few providers serve most, each in its own shape, and the rest have hosts of their
own.  This module draws them; :mod:`benchmarks.zones` writes what the DNS says of
them.  Nothing is kept of a domain that was drawn, so memory does not grow with
their number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

SEED = 5321
POOL = 16
"""Addresses that the provider with a host name for each tenant has in all."""
LONGEST = 2_000_000
"""Domains for which there are addresses."""


class Kind(StrEnum):
    """Who takes a domain's mail."""

    FIVE_HOSTS = "alpha"
    """A big provider with five exchanges."""
    TENANT = "tenant"
    """A provider with a host name for each domain, all on the same few addresses."""
    TWO_HOSTS = "beta"
    """A provider with two exchanges of two addresses each."""
    ONE_HOST = "gamma"
    """A provider with one exchange."""
    SHARED = "mid"
    """A host of medium size, or two, that some twenty domains use."""
    OWN = "own"
    """A host of the domain's own; of every fifth, two."""
    NULL_MX = "null"
    NXDOMAIN = "nxdomain"
    NO_MX = "nomx"
    """Mail goes to the domain's own address (RFC 5321 §5.1)."""
    RESET = "reset"
    """The host ends every connection at once."""
    SILENT = "silent"
    """The host takes connections and says nothing."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds in percent, and how many domains use a host of medium size."""

    shares: tuple[tuple[Kind, float], ...]
    sharing: int = 20


ORDINARY = Mix(
    (
        (Kind.FIVE_HOSTS, 21.0),
        (Kind.TENANT, 15.0),
        (Kind.TWO_HOSTS, 6.0),
        (Kind.ONE_HOST, 4.0),
        (Kind.SHARED, 30.0),
        (Kind.OWN, 16.5),
        (Kind.NULL_MX, 1.5),
        (Kind.NXDOMAIN, 2.0),
        (Kind.NO_MX, 2.0),
        (Kind.RESET, 1.0),
        (Kind.SILENT, 1.0),
    )
)
WIDE = Mix(
    (
        (Kind.FIVE_HOSTS, 50.0),
        (Kind.TWO_HOSTS, 25.0),
        (Kind.ONE_HOST, 11.8),
        (Kind.SHARED, 9.0),
        (Kind.OWN, 0.2),
        (Kind.NULL_MX, 2.0),
        (Kind.NXDOMAIN, 2.0),
    ),
    sharing=1_000,
)
"""Few sessions for many domains, so that a million domains are mostly DNS, judging and writing."""


@dataclass(frozen=True, slots=True)
class Host:
    """An exchange, named below ``test.``, and its addresses."""

    name: str
    addresses: tuple[str, ...]
    pinned: bool = False
    """Whether TLSA records are published for it."""

    @property
    def endpoints(self) -> int:
        """How many (exchange, address, port) it makes at one port."""
        return len(self.addresses)


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of the list; ``number`` counts from 1."""

    number: int
    name: str
    kind: Kind
    exchanges: tuple[tuple[int, Host], ...] = ()
    """(preference, host); none for those without MX records, or with a null one."""

    @property
    def own_host(self) -> Host:
        """The domain as its own host."""
        return Host(self.name, (address("domains", self.number),))

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Where its mail is taken."""
        return (self.own_host,) if self.kind is Kind.NO_MX else tuple(host for _, host in self.exchanges)

    @property
    def clean(self) -> bool:
        """Whether all its hosts speak, so that it costs work and no time-outs."""
        return self.kind not in {Kind.RESET, Kind.SILENT}


_BLOCKS = {"shared": 1, "reset": 16, "silent": 20, "mid": 32, "own": 64, "domains": 128}
"""Second octets from which addresses in 127.0.0.0/8 are given out; the sink knows reset and silent by them."""


def address(block: str, number: int) -> str:
    """Address ``number`` (from 0) of a block of 127.0.0.0/8."""
    number += 1
    return f"127.{_BLOCKS[block] + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


FIVE = tuple((10 * n, Host(f"mx{n}.alpha", (address("shared", n),))) for n in range(1, 6))
TWO = tuple((10 * n, Host(f"mx{n}.beta", (address("shared", 20 + n), address("shared", 30 + n)))) for n in (1, 2))
ONE = ((10, Host("mx.gamma", (address("shared", 40),))),)
PROVIDERS = {Kind.FIVE_HOSTS: FIVE, Kind.TWO_HOSTS: TWO, Kind.ONE_HOST: ONE}
POOLED = tuple(Host(f"pool{n}.tenant", (address("shared", 50 + n),)) for n in range(POOL))
"""The names to which the addresses of the tenants' provider lead back."""


def shared_hosts(size: int, mix: Mix) -> int:
    """How many hosts of medium size there are for so many domains."""
    share = dict(mix.shares)[Kind.SHARED]
    return max(1, round(size * share / 100 / mix.sharing))


def shared_host(number: int) -> tuple[tuple[int, Host], ...]:
    """The exchanges of a host of medium size; every second has a second one, and every sixteenth is pinned."""
    first = Host(f"m{number:06d}.mid", (address("mid", 2 * number),), pinned=number % 16 == 0)
    second = Host(f"n{number:06d}.mid", (address("mid", 2 * number + 1),))
    return ((10, first), (20, second)) if number % 2 else ((10, first),)


@dataclass(slots=True)
class Drawing:
    """Draws the domains of a world one after the other."""

    size: int
    mix: Mix
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - a world, not a secret

    def domains(self) -> Iterator[Domain]:
        """The domains in the order of the list."""
        if self.size > LONGEST:
            raise ValueError(f"a world has at most {LONGEST} domains")
        for number in range(1, self.size + 1):
            kind = self._kind()
            yield Domain(number, f"d{number:07d}", kind, self._exchanges(number, kind))

    def below(self, most: int) -> int:
        """A number from 0 up to ``most``, which is left out."""
        return int(self.random.random() * most)

    def chance(self, share: float) -> bool:
        """True as often as ``share`` says, from 0 to 1."""
        return self.random.random() < share

    def _kind(self) -> Kind:
        left = self.random.random() * 100
        for kind, share in self.mix.shares:
            left -= share
            if left < 0:
                return kind
        return self.mix.shares[-1][0]

    def _exchanges(self, number: int, kind: Kind) -> tuple[tuple[int, Host], ...]:
        if kind in PROVIDERS:
            return PROVIDERS[kind]
        match kind:
            case Kind.SHARED:
                return shared_host(self.below(shared_hosts(self.size, self.mix)))
            case Kind.TENANT:
                return self._tenant(number)
            case Kind.OWN:
                return self._own(number)
            case Kind.RESET | Kind.SILENT:
                return ((10, Host(f"h{number:07d}.{kind}", (address(kind, number % 200_000),))),)
        return ()

    def _tenant(self, number: int) -> tuple[tuple[int, Host], ...]:
        at = self.below(POOL)
        both = (*POOLED[at].addresses, *POOLED[(at + 1) % POOL].addresses)
        return ((0, Host(f"d{number:07d}.mail.tenant", both)),)

    def _own(self, number: int) -> tuple[tuple[int, Host], ...]:
        first = Host(f"m{number:07d}.own", (address("own", 2 * number),), pinned=self.chance(0.06))
        if not self.chance(0.2):
            return ((10, first),)
        return ((10, first), (20, Host(f"b{number:07d}.own", (address("own", 2 * number + 1),))))
