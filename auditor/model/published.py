"""Everything a domain tells the world about its mail in the DNS, beside where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.model.dane import TlsaSet
from auditor.model.delegation import Delegation
from auditor.model.dkim import DkimAudit
from auditor.model.dmarc import DmarcAudit
from auditor.model.mta_sts import StsRecord
from auditor.model.spf import SpfAudit


class RecordStatus(StrEnum):
    """What a record of a kind of which there is one at most is worth."""

    VALID = "valid"
    INVALID = "invalid"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsRptRecord:
    """The TXT record ``_smtp._tls`` (RFC 8460 §3)."""

    status: RecordStatus
    text: str = ""
    rua: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BimiRecord:
    """The TXT record ``default._bimi``."""

    status: RecordStatus
    found_at: str = ""
    """The domain whose record it is: the one asked for, or its organizational domain; empty where there is none."""
    text: str = ""
    location: str = ""
    """URL of the picture (``l=``); empty where the domain declines."""
    authority: str = ""
    """URL of the mark certificate (``a=``)."""
    faults: tuple[str, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaaSet:
    """The CAA records that apply to a name (RFC 8659 §3)."""

    name: str
    found_at: str = ""
    """The name whose records apply: itself or the closest parent that has some; empty where none has."""
    issue: tuple[str, ...] = ()
    """Issuers that may issue, without their parameters; ``;`` for none at all; empty where any may."""
    issue_wild: tuple[str, ...] = ()
    """Of certificates for a wildcard, where that is said apart; empty where ``issue`` is for them too."""
    faults: tuple[str, ...] = ()
    unknown: str = ""


class Role(StrEnum):
    """What a domain does with mail."""

    SENDS_RECEIVES = "sends-receives"
    RECEIVES = "receives"
    SENDS = "sends"
    PARKED = "parked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReason:
    """The role of a domain, and why it was taken for that."""

    role: Role
    reason: str
    declared: bool = False
    """Whether the list says so."""

    @property
    def sends(self) -> bool | None:
        """``None`` where it is not known."""
        return None if self.role is Role.UNKNOWN else self.role in {Role.SENDS, Role.SENDS_RECEIVES}

    @property
    def receives(self) -> bool | None:
        """``None`` where it is not known."""
        return None if self.role is Role.UNKNOWN else self.role in {Role.RECEIVES, Role.SENDS_RECEIVES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one domain publishes, judged by nobody yet."""

    domain: str
    spf: SpfAudit
    dmarc: DmarcAudit
    dkim: DkimAudit
    mta_sts: StsRecord
    tls_rpt: TlsRptRecord
    bimi: BimiRecord
    caa: CaaSet
    tlsa: Mapping[tuple[str, int], TlsaSet] = field(default_factory=dict)
    """By exchange and port."""
    delegation: Delegation | None = None
    """What its nameservers say themselves; ``None`` where they were not to be asked."""
    wildcard_txt: tuple[str, ...] = ()
    """The TXT records of a made-up name below the domain; empty where there is no wildcard."""
    wildcard_mx: tuple[str, ...] = ()
    """The MX records of a made-up name below the domain."""
    wildcard_unknown: str = ""
    """Why it is not known whether there are such."""
