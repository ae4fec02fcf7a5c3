"""What a domain's SPF record says, and what evaluating it comes to (RFC 7208)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SpfResult(StrEnum):
    """What ``check_host`` returns (RFC 7208 §2.6)."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class SpfStatus(StrEnum):
    """What the record is worth, whoever the sender is."""

    VALID = "valid"
    PERMERROR = "permerror"
    TEMPERROR = "temperror"
    NONE = "none"


class SpfAll(StrEnum):
    """What becomes of a sender that matches nothing."""

    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - not a password
    NONE = "none"  # neither "all" nor a redirect that has one: neutral, by default (RFC 7208 §4.7)
    UNKNOWN = "unknown"  # a redirect whose record could not be obtained, or depends on the sender


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfOutcome:
    """What evaluating a domain's record for one sender comes to."""

    result: SpfResult
    problem: str = ""
    """Why there is no record, or an error, in words."""
    mechanism: str = ""
    """The directive that matched, or ``default`` where none did (RFC 7208 §4.7); empty without a result of a record."""
    domain: str = ""
    """Whose record it is in: another than the one asked for after a redirect."""
    explanation: str = ""
    """What the domain says to a sender that fails; empty where it says nothing (RFC 7208 §6.2)."""
    lookups: int = 0
    """Terms evaluated that cost a lookup (RFC 7208 §4.6.4)."""
    voids: int = 0
    """Those of which a lookup found nothing; each counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfNode:
    """One record in the tree of includes and redirects, the domain's own at the root."""

    domain: str
    via: str = ""
    """The term that led here, such as ``include:_spf.example.net``; empty at the root."""
    result: SpfResult | None = None
    """``none``, ``permerror`` or ``temperror`` where there is no record to go on with; ``None`` where there is one."""
    record: str = ""
    reached_at: int = 0
    """Lookups spent when the evaluation of a sender that matches nothing comes to this record."""
    lookups: int = 0
    """Terms that cost a lookup, in this record and all below it; a loop goes on until eleven (RFC 7208 §4.6.4)."""
    voids_ipv4: int = 0
    """Terms whose lookups find nothing, for a sender with an IPv4 address, in this record and all below it."""
    voids_ipv6: int = 0
    errors: tuple[str, ...] = ()
    """What is wrong with this record itself, with the term's position, from 1."""
    unresolved: tuple[str, ...] = ()
    """Terms behind which nothing is counted, and why: macros depend on the sender, or there is too much of it."""
    children: tuple["SpfNode", ...] = ()

    def walk(self) -> "Iterator[SpfNode]":
        """This record and every one below it, each before what it refers to."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfAudit:
    """A domain's SPF record with everything it refers to."""

    domain: str
    status: SpfStatus
    reason: str = ""
    """Why ``status`` is ``permerror``, ``temperror`` or ``none``, in words that name the record, the term and the
    section; of a valid record, what was not looked at."""
    record: str = ""
    """The one record; several joined with ``|`` where there are several; empty where there is none."""
    root: SpfNode | None = None
    all: SpfAll = SpfAll.NONE
    """Also through a redirect; an ``all`` within an include does not count (RFC 7208 §5.2)."""
    lookups: int = 0
    """Through the whole tree, however many (RFC 7208 §4.6.4); an upper bound, for evaluation ends at a match."""
    voids_ipv4: int = 0
    """Terms of which a lookup finds nothing, for a sender with an IPv4 address; each counts once (RFC 7208 §4.6.4)."""
    voids_ipv6: int = 0
    empty_ipv4: int = 0
    """Those lookups, one for each exchange of an ``mx``: what pyspf and Mail::SPF count instead."""
    empty_ipv6: int = 0
    families: tuple[int, ...] = (4, 6)
    """IP versions of which some sender is known to pass; both where none is."""
    lower_bound: bool = False
    """True when the counts are at least these: macros hide part of the tree, it has a loop, or there is too much
    of it or of its networks."""
    networks: tuple[str, ...] = ()
    """Every network that passes, through the tree, as CIDR; collapsed, IPv4 first.

    Those of terms that are right count, whatever errors there are beside them; addresses that an earlier term
    decides otherwise do not.
    """
    overlaps: tuple[str, ...] = ()
    """Terms that add nothing to others, such as ``ip4:192.0.2.1 is within ip4:192.0.2.0/24 of spf.example.net``."""
    dead: tuple[str, ...] = ()
    """Terms that refer to what does not exist, such as ``include:gone.example: NXDOMAIN``."""
    ignored: tuple[str, ...] = ()
    """Terms after ``all``, and a redirect beside it (RFC 7208 §5.1, §6.1)."""
    discouraged: tuple[str, ...] = ()
    """Terms that should not be used: ``ptr`` (RFC 7208 §5.5)."""
    authorises: bool = False
    """Whether some sender can pass, by the terms that are right."""
    look_alikes: tuple[str, ...] = ()
    """Where there is no record, TXT records that are meant as one and are none to receivers, quoted and cut."""
    exchanges: tuple[tuple[str, SpfResult], ...] = ()
    """(address, result) for each address of the domain's exchanges, as a sender of mail from the domain."""

    @property
    def has_record(self) -> bool:
        """Whether there is exactly one record, whose terms could be counted."""
        return self.root is not None and bool(self.root.record)

    @property
    def nodes(self) -> tuple[SpfNode, ...]:
        """Every record of the tree, each before what it refers to."""
        return () if self.root is None else tuple(self.root.walk())

    @property
    def voids(self) -> int:
        """The most of any family that matters."""
        counts = {4: self.voids_ipv4, 6: self.voids_ipv6}
        return max(counts[family] for family in self.families)

    @property
    def addresses_ipv4(self) -> int:
        """How many IPv4 addresses pass."""
        lengths = (int(network.partition("/")[2]) for network in self.networks if ":" not in network)
        return sum(1 << 32 - length for length in lengths)
