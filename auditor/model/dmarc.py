"""What a domain's DMARC record says, and where it was found (RFC 9989; RFC 7489 beside it)."""

from dataclasses import dataclass
from enum import StrEnum


class DmarcStatus(StrEnum):
    """What was found."""

    VALID = "valid"
    INVALID = "invalid"  # a record that receivers must disregard, or several at one name
    NONE = "none"
    UNKNOWN = "unknown"


class Disposition(StrEnum):
    """What a receiver is asked to do with mail that fails."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """One record, parsed; a tag that is absent, or whose value is no good, is ``None`` or its default."""

    location: str
    """The name at which it stands, such as ``_dmarc.example.com``."""
    text: str
    p: Disposition | None = None
    sp: Disposition | None = None
    np: Disposition | None = None
    rua: tuple[str, ...] = ()
    """URIs of aggregate reports that can be read, in order; what follows ``!`` is left out."""
    ruf: tuple[str, ...] = ()
    adkim: str = "r"
    aspf: str = "r"
    testing: bool = False
    """``t=y``."""
    psd: str = "u"
    fo: tuple[str, ...] = ("0",)
    pct: int | None = None
    """Retired by RFC 9989; receivers of RFC 7489 still apply it."""
    faults: tuple[str, ...] = ()
    """What is wrong, tag by tag."""
    retired: tuple[str, ...] = ()
    """Tags that RFC 9989 retired: pct, rf, ri."""
    unknown_tags: tuple[str, ...] = ()
    applies: bool = True
    """False when receivers disregard it: a policy that is no good without a valid rua (RFC 9989 §4.10.1),
    or a tag that stands twice (RFC 6376 §3.2)."""
    bad_policies: tuple[str, ...] = ()
    """Those of p, sp and np whose value is no policy.  If it applies nevertheless, it counts as ``p=none`` alone."""
    repeated: tuple[str, ...] = ()
    """Tags that stand more than once, which spoils the whole list (RFC 6376 §3.2)."""
    notes: tuple[str, ...] = ()
    """What is allowed but old, without effect, or lost on some receivers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What one way of discovery comes to for a name."""

    organizational_domain: str
    record: DmarcRecord | None
    policy: Disposition | None
    """In effect for mail from the name itself; ``None`` where no policy applies."""
    subdomain_policy: Disposition | None
    """In effect for its existing subdomains that have no record of their own."""
    nonexistent_policy: Disposition | None
    """In effect for names below it that do not exist (``np``, else as for subdomains)."""
    complete: bool = True
    """False when the name has a record of its own, but a lookup further up gave no fact: what is in effect below
    the name is ``None`` then because it is not known, and the tree walk's organizational domain is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAddress:
    """Where reports go."""

    uri: str
    tag: str
    """``rua`` or ``ruf``."""
    external: bool = False
    """Whether it belongs to another organisation, which has to agree (RFC 9990 §4)."""
    authorised: bool | None = True
    """``None`` where the lookup gave no fact."""
    reason: str = ""
    """Why it is not ``True``."""
    question: str = ""
    """The name at which the other organisation agrees; empty where it need not."""
    override: tuple[str, ...] = ()
    """Where the other organisation wants the reports instead (RFC 9990 §4, step 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcAudit:
    """DMARC for one name."""

    domain: str
    status: DmarcStatus
    reason: str = ""
    """Why ``status`` is ``invalid`` or ``unknown``, or what is not known above a record that is valid."""
    tree: Discovery | None = None
    """By the tree walk of RFC 9989 §4.10; ``None`` where a lookup on the way gave no fact."""
    suffix: Discovery | None = None
    """By the public suffix list, RFC 7489 §6.6.3; ``None`` likewise."""
    walked: tuple[str, ...] = ()
    """The names asked by the tree walk, in order."""
    several: tuple[str, ...] = ()
    """Names at which several DMARC records stand, all of which are discarded (RFC 9989 §4.10, steps 2 and 6)."""
    reports: tuple[ReportAddress, ...] = ()
    wildcard: bool | None = False
    """Whether a made-up name has the name's very record too, so that it may be no more than a wildcard TXT;
    ``None`` where a lookup gave no fact."""
    look_alikes: tuple[str, ...] = ()
    """TXT records at the name that are meant as DMARC, but are not to receivers, such as ``v=dmarc1``."""

    @property
    def record(self) -> DmarcRecord | None:
        """The record that applies, by the tree walk."""
        return None if self.tree is None else self.tree.record

    @property
    def has_own(self) -> bool:
        """Whether that record stands at the very name, and so is the domain's own to correct."""
        return self.record is not None and self.record.location == f"_dmarc.{self.domain}"

    @property
    def differs(self) -> bool:
        """Whether RFC 7489 leads to another policy, record or organizational domain than RFC 9989; both known."""
        if self.tree is None or self.suffix is None or not (self.tree.complete and self.suffix.complete):
            return False
        ways = [
            (one.policy, one.subdomain_policy, one.record and (one.record.location, one.organizational_domain))
            for one in (self.tree, self.suffix)
        ]
        return ways[0] != ways[1]
