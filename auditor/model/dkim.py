"""The DKIM keys that a domain publishes (RFC 6376, 8301, 8463)."""

from dataclasses import dataclass
from enum import StrEnum


class DkimStatus(StrEnum):
    """Whether keys are published: to know of none is not to know that there is none."""

    PRESENT = "present"
    REVOKED = "revoked"  # all that were found have an empty p=
    ABSENT = "absent"  # nothing exists below _domainkey (RFC 8020)
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """What stands at one selector."""

    selector: str
    name: str
    """Such as ``s1._domainkey.example.com``."""
    record: str
    """Several joined with ``|``."""
    canonical_name: str = ""
    """Where a CNAME leads; empty where the name is none."""
    key_type: str = "rsa"
    key_bits: int | None = None
    revoked: bool = False
    testing: bool = False
    """``t=y``."""
    hashes: tuple[str, ...] = ()
    """``h=``, those that are known: sha1 and sha256; empty for all."""
    faults: tuple[str, ...] = ()
    """Why no verifier can use it."""
    several: bool = False
    """Several records stand there: which one a verifier takes is undefined (RFC 6376 §3.6.2.2)."""

    @property
    def usable(self) -> bool:
        """Whether a verifier can use it."""
        return not self.revoked and not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimAudit:
    """The selectors of one domain that were asked for."""

    domain: str
    status: DkimStatus
    keys: tuple[DkimKey, ...] = ()
    reason: str = ""
    """Why it is ``absent`` or ``unknown``."""
    wildcard: str = ""
    """The record that a made-up selector has too; keys equal to it are left out."""
    wildcard_revoked: bool = False
    """Whether that record revokes every selector: ``v=DKIM1; p=``, as M3AAWG advises for domains that send nothing."""
    asked: tuple[str, ...] = ()
    """The selectors, in order; the common ones are not asked for where there can be none."""
    unanswered: tuple[str, ...] = ()
    """Lookups that gave no fact, such as ``TXT: timeout for s1, s2``."""
    wildcard_unknown: bool = False
    """Whether that of the made-up selector is among them."""
    dead: tuple[str, ...] = ()
    """Selectors that are aliases of names without a record, such as ``s1: s1.gone.example``."""
