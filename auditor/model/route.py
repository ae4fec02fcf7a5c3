"""Where a domain's mail goes: its exchanges, their addresses, and what is odd about them."""

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.dns import Dnssec
from auditor.model.endpoint import Endpoint


class MxStatus(StrEnum):
    """What the MX lookup says of a domain (RFC 5321 §5.1, RFC 7505)."""

    MX = "mx"
    IMPLICIT = "implicit"
    NULL = "null"
    NULL_WITH_OTHERS = "null-with-others"
    NONE = "none"
    NXDOMAIN = "nxdomain"
    UNUSABLE = "unusable"
    DIRECT = "direct"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    BOGUS = "bogus"
    MALFORMED = "malformed"

    @property
    def known(self) -> bool:
        """False when the lookup failed, so that nothing may be said of the domain."""
        return self not in _NO_FACT


_NO_FACT = frozenset({MxStatus.SERVFAIL, MxStatus.REFUSED, MxStatus.TIMEOUT, MxStatus.BOGUS, MxStatus.MALFORMED})


class ExchangeStatus(StrEnum):
    """What is known of one MX record's exchange."""

    OK = "ok"
    ALIAS = "alias"
    NO_ADDRESS = "no-address"
    NXDOMAIN = "nxdomain"
    ADDRESS_LITERAL = "address-literal"
    SINGLE_LABEL = "single-label"
    NON_PUBLIC = "non-public"
    NULL = "null"
    SERVFAIL = "servfail"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    BOGUS = "bogus"
    MALFORMED = "malformed"

    @property
    def known(self) -> bool:
        """False when no address could be looked up, so that nothing may be said of the host."""
        return self not in _NO_ADDRESS_KNOWN


_NO_ADDRESS_KNOWN = frozenset(
    {
        ExchangeStatus.SERVFAIL,
        ExchangeStatus.TIMEOUT,
        ExchangeStatus.REFUSED,
        ExchangeStatus.BOGUS,
        ExchangeStatus.MALFORMED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One MX record of a domain, with what the DNS says of its host."""

    preference: int
    exchange: str
    """The host as the MX record names it; ``.`` for a null MX."""
    status: ExchangeStatus
    canonical_name: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """Every address, IPv4 and IPv6 in turn, in canonical text form."""
    usable: tuple[str, ...] = ()
    """Those of ``addresses`` that may be contacted and are within the limits."""
    ttl_seconds: int | None = None
    """TTL of the MX record."""
    dnssec: Dnssec = Dnssec.INDETERMINATE
    """Of the address records (all families asked)."""
    errors: tuple[str, ...] = ()
    """Address lookups that gave no fact, such as ``AAAA: timeout``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRoute:
    """Everything the DNS says of where a domain's mail goes."""

    domain: str
    status: MxStatus
    exchanges: tuple[Exchange, ...] = ()
    """By preference, then name; an implicit MX stands here as preference 0."""
    canonical_name: str = ""
    aliases: tuple[str, ...] = ()
    ttl_seconds: int | None = None
    dnssec: Dnssec = Dnssec.INDETERMINATE
    """Of the MX answer."""
    endpoints: tuple[Endpoint, ...] = ()
    """What is to be contacted: every usable address of every exchange on every port asked for."""
    left_out: tuple[str, ...] = ()
    """What a limit or a rule left out, in words, such as ``mx11.example.com: beyond 10 exchanges``."""
    error: str = ""
    """Why ``status`` is no fact, where it is none."""
