"""What the DNS answered: one record a question, every kind of failure kept apart."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

DNS_PORT = 53


class DnsStatus(StrEnum):
    """How a question ended.  Only the first three are facts about the name."""

    ANSWERED = "answered"
    NODATA = "nodata"  # NOERROR without such a record (RFC 2308 §2.2)
    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"  # no usable answer could be parsed
    BOGUS = "bogus"  # fails DNSSEC validation (RFC 4033 §5)
    NOT_ASKED = "not-asked"  # a nameserver not to be contacted; or a recorded run, or its version, did not come to it

    @property
    def known(self) -> bool:
        """Whether this says something about the name, rather than about the lookup."""
        return self in _FACTS


_FACTS = frozenset({DnsStatus.ANSWERED, DnsStatus.NODATA, DnsStatus.NXDOMAIN})


class Dnssec(StrEnum):
    """Security status of an answer (RFC 4033 §5)."""

    SECURE = "secure"
    INSECURE = "insecure"
    BOGUS = "bogus"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Validation:
    """Whether the resolvers validate (RFC 4035 §3.2.3), as they showed by two known names, or as the user says."""

    trusted: bool
    """Whether their AD bit counts."""
    words: str
    """What was seen, such as ``validates: org is authenticated, dnssec-failed.org is bogus``."""
    note: str = ""
    """What the user should know of the resolvers beside; mostly nothing."""


class Question(NamedTuple):
    """A name and a record type, such as ``Question("example.com", "MX")``.

    A tuple, since it is looked up a dozen times for each answer: its hash is a fifth of a dataclass's.
    """

    name: str
    type: str
    server: str = ""
    """Address of a nameserver that is asked itself, without recursion; empty: the resolvers are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one question yielded, after retries and failover.

    ``records`` hold presentation format (RFC 1035 §5.1) with names in lower
    case and without trailing dot (the root stays ``.``); a TXT record is its
    strings joined with nothing between, one character for each octet (latin-1).
    """

    question: Question
    status: DnsStatus
    records: tuple[str, ...] = ()
    canonical_name: str = ""
    """The owner of the records, at the end of the aliases; empty when not known."""
    aliases: tuple[str, ...] = ()
    """The CNAME targets passed through, in order; empty when the name is no alias."""
    ttl_seconds: int | None = None
    """The smallest TTL of the RRsets used; of the SOA for a negative answer."""
    authenticated: bool = False
    """The AD bit as received; worth nothing unless the resolver is trusted."""
    authoritative: bool = False
    """The AA bit as received.  A referral to the name's own zone, which the parent's nameservers give to an
    NS question, is ``answered`` without it (RFC 1034 §4.2.1)."""
    resolver: str = ""
    """``address#port`` of the resolver that gave this answer."""
    attempts: int = 1
    elapsed_ms: float = 0.0
    asked_at: datetime | None = None
    error: str = ""
    """What went wrong, in words, when ``status`` is no fact."""
