"""TLSA records of an exchange, and how they match what it presents (RFC 6698, 7671, 7672)."""

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.dns import Dnssec


class DaneStatus(StrEnum):
    """What DANE comes to."""

    VALID = "valid"
    PARTIAL = "partial"  # of a domain: some exchanges valid, others without
    INVALID = "invalid"
    UNUSABLE = "unusable"  # records, but none a mail client may use: TLS required, not authenticated (RFC 7672 §2.2)
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsaRecord:
    """One TLSA record (RFC 6698 §2.1); its numbers are -1 where it could not be read."""

    usage: int
    selector: int
    matching: int
    data: str
    """Lower-case hexadecimal."""
    fault: str = ""
    """Why no mail client may use it; empty where it may."""

    def __str__(self) -> str:
        shown = self.data if len(self.data) <= 16 else f"{self.data[:16]}…"
        return f"{self.usage} {self.selector} {self.matching} {shown}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsaSet:
    """The TLSA records for one exchange and port, with the security of what leads there."""

    exchange: str
    port: int
    name: str
    """The owner asked for, such as ``_25._tcp.mx.example.com``; after a secure alias, that of the alias's target."""
    records: tuple[TlsaRecord, ...] = ()
    dnssec: Dnssec = Dnssec.INDETERMINATE
    """Of the TLSA answer."""
    host_dnssec: Dnssec = Dnssec.INDETERMINATE
    """Of the exchange's addresses; of the exchange's alias, where that leads out of signed zones (RFC 7672 §2.2.2)."""
    unknown: str = ""
    """Why the records are not known."""
    failed: bool = False
    """True when the lookup fails in a signed zone, so that senders pass over the exchange (RFC 7672 §2.1.2)."""
    client_dependent: str = ""
    """What clients do differently, where the exchange is an alias (RFC 7672 §2.2.3)."""

    @property
    def base_domain(self) -> str:
        """The name below which the records were asked for (RFC 7671 §7)."""
        return self.name.removeprefix(f"_{self.port}._tcp.")

    @property
    def signed(self) -> bool:
        """Whether the records, and what leads to them, are signed, so that senders apply them."""
        return self.dnssec is Dnssec.SECURE and self.host_dnssec is Dnssec.SECURE

    @property
    def usable(self) -> tuple[TlsaRecord, ...]:
        """Those that a mail client may use."""
        return tuple(record for record in self.records if not record.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsaMatch:
    """How one usable record fares against a chain that was presented."""

    record: TlsaRecord
    matches: bool
    depth: int | None = None
    """Of the certificate that matches; 0 is the leaf."""
    why_not: str = ""
