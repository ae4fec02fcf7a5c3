"""How a domain's zone is delegated, and what each of its nameservers says itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

Place = tuple[str, str]
"""A nameserver's name and one of its addresses."""


class NameserverStatus(StrEnum):
    """What came of asking a nameserver's address for the SOA record of the zone."""

    OK = "ok"  # it answers with authority
    LAME = "lame"  # it replies, and does not know the zone (RFC 1912 §2.8)
    REFUSED = "refused"
    UNREACHABLE = "unreachable"  # no reply: it may be the server, the path, or this end
    SKIPPED = "skipped"  # not asked
    UNKNOWN = "unknown"  # its replies could not be read

    @property
    def replied(self) -> bool:
        """Whether something was heard from the address."""
        return self not in {NameserverStatus.UNREACHABLE, NameserverStatus.SKIPPED}

    @property
    def known(self) -> bool:
        """Whether this says if the server is responsible for the zone."""
        return self in {NameserverStatus.OK, NameserverStatus.LAME, NameserverStatus.REFUSED}


class DelegationVerdict(StrEnum):
    """What the nameservers come to, taken together."""

    CONSISTENT = "consistent"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameserverAddress:
    """One address of a nameserver, and how it answers for the zone."""

    address: str
    status: NameserverStatus
    reason: str = ""
    """Why it is not ``ok``, in words."""
    serial: int | None = None
    """Of its SOA record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNameserver:
    """A host that the parent, or the zone itself, names as a nameserver of the zone."""

    name: str
    addresses: tuple[NameserverAddress, ...] = ()
    unknown: str = ""
    """The address lookups that gave no fact; without one, no address means that there is none."""

    @property
    def known(self) -> bool:
        """Whether it is known of one of its addresses how it answers, or that it has none."""
        return any(one.status.known for one in self.addresses) or not (self.addresses or self.unknown)

    @property
    def words(self) -> tuple[str, ...]:
        """Its addresses and how each answers, such as ``ns1.example.com (192.0.2.1): lame``."""
        if not self.addresses:
            return (f"{self.name}: {self.unknown or 'no address'}",)
        return tuple(f"{self.name} ({one.address}): {one.status}" for one in self.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What some of the nameservers say."""

    records: tuple[str, ...]
    """Empty for no such record."""
    nameservers: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A question to which nameservers of one zone have different answers; order and TTL are no difference."""

    name: str
    type: str
    variants: tuple[Variant, ...]
    """Two or more; the one that most nameservers have stands first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """The delegation of the zone a domain is in."""

    domain: str
    apex: str = ""
    """The zone: the closest name with NS records, from the domain upwards; empty where it is not known."""
    parent: str = ""
    """The zone above; empty where it is the root."""
    nameservers: tuple[ZoneNameserver, ...] = ()
    """All that were looked at: those of the zone's NS records, then those that only the parent names."""
    parent_set: tuple[str, ...] = ()
    """The nameservers that the parent delegates to; empty where that is not known."""
    child_set: tuple[str, ...] = ()
    """Those that the zone itself names, by all nameservers that answer with authority; empty where none does."""
    not_delegated: str = ""
    """Why there is no delegation to look at; empty where there is."""
    differences: tuple[Difference, ...] = ()
    families: tuple[str, ...] = ()
    """``A``, ``AAAA``: over what some nameserver, of the zone or of its parent, was heard from here."""
    left_out: tuple[str, ...] = ()
    """Nameservers and addresses beyond the limits, or not to be contacted, in words."""
    unknown_parent: str = ""
    """Why ``parent_set`` is not known."""
    unknown: tuple[str, ...] = ()
    """What the nameservers could not be asked, or did not answer, in words."""

    @property
    def addresses(self) -> Iterator[tuple[ZoneNameserver, NameserverAddress]]:
        """Every address that was looked at, with its nameserver."""
        return ((server, one) for server in self.nameservers for one in server.addresses)

    @property
    def serials(self) -> tuple[int, ...]:
        """The different serial numbers of the zone's SOA records, in numerical order."""
        return tuple(sorted({one.serial for _, one in self.addresses if one.serial is not None}))

    @property
    def verdict(self) -> DelegationVerdict:
        """``differs`` where parent and zone, or nameservers, contradict one another, whatever else is not known."""
        both = self.parent_set and self.child_set
        if self.differences or (both and self.parent_set != self.child_set):
            return DelegationVerdict.DIFFERS
        known = self.child_set and (self.parent_set or self.not_delegated)
        if known and not self.unknown and all(server.known for server in self.nameservers):
            return DelegationVerdict.CONSISTENT
        return DelegationVerdict.UNKNOWN
