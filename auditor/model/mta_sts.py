"""What a domain's MTA-STS record and policy say (RFC 8461), and how the policy was fetched."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.model.certificate import TlsHandshake


@dataclass(frozen=True, slots=True, order=True)
class PolicyHost:
    """Where the policy of a domain is fetched from (RFC 8461 §3.3)."""

    domain: str

    @property
    def name(self) -> str:
        """The host's name."""
        return f"mta-sts.{self.domain}"


class FetchOutcome(StrEnum):
    """How fetching a policy ended."""

    FETCHED = "fetched"  # an answer with status 200, whole
    NO_ADDRESS = "no-address"  # the policy host does not exist, or has no address
    DNS_FAILED = "dns-failed"  # its address could not be looked up
    REFUSED = "refused"  # nothing listens on the port
    UNREACHABLE = "unreachable"  # no TCP connection for another reason, or it broke
    TIMEOUT = "timeout"
    TLS_FAILED = "tls-failed"  # no TLS handshake
    STATUS = "status"  # another HTTP status than 200, redirects included
    NOT_HTTP = "not-http"
    OVERSIZED = "oversized"  # over 64 KiB
    ENCODED = "encoded"  # in a content coding, though none was asked for
    SKIPPED = "skipped"  # blocked, or non-public
    INTERNAL_ERROR = "internal-error"

    @property
    def transient(self) -> bool:
        """Whether a second look later may differ; of a lookup there were several tries already."""
        return self in {
            FetchOutcome.TIMEOUT,
            FetchOutcome.REFUSED,
            FetchOutcome.UNREACHABLE,
        }

    @property
    def telling(self) -> bool:
        """Whether this says something of the policy host, rather than of us or of the moment."""
        return self not in {
            FetchOutcome.TIMEOUT,
            FetchOutcome.UNREACHABLE,
            FetchOutcome.DNS_FAILED,
            FetchOutcome.SKIPPED,
            FetchOutcome.INTERNAL_ERROR,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFetch:
    """One attempt to fetch a policy: all that was seen, whatever the certificate was worth."""

    host: str
    """The policy host, such as ``mta-sts.example.com``."""
    outcome: FetchOutcome
    address: str = ""
    """The address that was tried last."""
    status: int | None = None
    """The HTTP status code."""
    content_type: str = ""
    location: str = ""
    """Where a redirect leads; it is not followed (RFC 8461 §3.3)."""
    body: str = ""
    """One character for each octet (latin-1)."""
    tls: TlsHandshake | None = None
    date: str = ""
    """What the server's clock said, as it says it (RFC 9110 §6.6.1)."""
    error: str = ""
    notes: tuple[str, ...] = ()
    """What was tolerated, such as an end of the connection that TLS did not announce."""
    started_at: datetime | None = None
    elapsed_ms: float | None = None
    """Waiting for a place at the address left out."""
    attempts: int = 1


class StsMode(StrEnum):
    """What senders do when an exchange fails (RFC 8461 §5)."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class StsRecord:
    """The TXT record ``_mta-sts`` (RFC 8461 §3.1)."""

    text: str = ""
    """The one record; several joined with ``|``; empty where there is none."""
    id: str = ""
    faults: tuple[str, ...] = ()
    """Why it does not count; empty where it does, or where there is none."""
    unknown: str = ""
    """Why it is not known whether there is one."""

    @property
    def valid(self) -> bool:
        """Whether there is one, and it counts."""
        return bool(self.id) and not self.faults and not self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class StsPolicy:
    """A policy file, parsed (RFC 8461 §3.2)."""

    mode: StsMode | None = None
    max_age_seconds: int | None = None
    mx: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    """Why it does not count; empty where it does."""
    notes: tuple[str, ...] = ()
    """What was tolerated: unknown keys, repeated ones, bare line feeds are none of them faults."""
