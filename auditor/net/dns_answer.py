"""From a DNS reply to an :class:`Answer`: rcodes, alias chains, and records as text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import dns.edns
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dns_tlsa import present_tlsa

MAX_ALIASES = 10
"""Far beyond any use; the DNS itself sets no number (RFC 1034 §3.6.2)."""

_STATUS = {
    dns.rcode.NOERROR: DnsStatus.ANSWERED,
    dns.rcode.NXDOMAIN: DnsStatus.NXDOMAIN,
    dns.rcode.REFUSED: DnsStatus.REFUSED,
}

_BOGUS = frozenset(range(6, 13))
"""Extended errors that say validation failed, DNSSEC Bogus to NSEC Missing (RFC 8914 §4.7-4.13)."""
_INCONCLUSIVE = frozenset({0, 5, 13, 25, 27})
"""Extended errors that leave it open: Other, DNSSEC Indeterminate, Cached Error, and two that were registered later."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reply says, and whether it is the last word."""

    answer: Answer
    unfinished: bool = False
    """True when the aliases lead to ``answer.canonical_name``, and the reply does not say what is there."""
    doubtful: bool = False
    """True for a SERVFAIL that may or may not come from DNSSEC validation."""


def failed(question: Question, status: DnsStatus, error: str) -> Reading:
    """A reading that is no fact."""
    return Reading(Answer(question=question, status=status, error=error))


def read_reply(message: dns.message.Message, question: Question) -> Reading:
    """What a reply to ``question`` says."""
    status = _STATUS.get(message.rcode(), DnsStatus.SERVFAIL)
    if not status.known:
        return _read_failure(message, question, status)
    chain = _follow(message, question)
    answer = Answer(
        question=question,
        status=status,
        canonical_name=_host(chain.names[-1]),
        aliases=tuple(_host(name) for name in chain.names[1:]),
        ttl_seconds=min(chain.ttls, default=None),
        authenticated=bool(message.flags & dns.flags.AD),
        authoritative=bool(message.flags & dns.flags.AA),
    )
    if fault := _fault_of_aliases(answer):
        return Reading(_without_fact(answer, fault))
    if chain.rrset is None:
        if message.answer and not any(rrset.name in chain.names for rrset in message.answer):
            return failed(question, DnsStatus.MALFORMED, "an answer about other names alone")
        return _read_negative(message, answer, chain)
    if status is DnsStatus.NXDOMAIN:
        return failed(question, DnsStatus.MALFORMED, "NXDOMAIN with the records that were asked for")
    return Reading(replace(answer, records=_render(chain.rrset)))


def joined(first: Answer, further: Answer) -> Answer:
    """The answer to the question of ``first``, whose aliases led to that of ``further``."""
    ttls = [ttl for ttl in (first.ttl_seconds, further.ttl_seconds) if ttl is not None]
    answer = replace(
        further,
        question=first.question,
        aliases=first.aliases + further.aliases,
        ttl_seconds=min(ttls, default=None),
        authenticated=first.authenticated and further.authenticated,
        attempts=first.attempts + further.attempts,
    )
    fault = _fault_of_aliases(answer)
    return _without_fact(answer, fault) if fault else answer


@dataclass(frozen=True, slots=True)
class _Chain:
    """The names from the question on, the RRset at the last one, and the TTLs on the way."""

    names: list[dns.name.Name]
    ttls: list[int]
    rrset: dns.rrset.RRset | None = None


def _follow(message: dns.message.Message, question: Question) -> _Chain:
    """The aliases in the answer section, one past what is allowed at most, or up to the first that repeats."""
    rdtype = dns.rdatatype.from_text(question.type)
    chain = _Chain([dns.name.from_text(question.name)], [])
    while len(chain.names) <= MAX_ALIASES + 1:
        name = chain.names[-1]
        if (found := _rrset(message.answer, message, name, rdtype)) is not None:
            return _Chain(chain.names, [*chain.ttls, found.ttl], found)
        cname = _rrset(message.answer, message, name, dns.rdatatype.CNAME)
        if cname is None or name in chain.names[:-1]:
            break
        chain.names.append(min(record.target for record in cname))
        chain.ttls.append(cname.ttl)
    return chain


def _rrset(
    section: list[dns.rrset.RRset], message: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    return message.get_rrset(section, name, dns.rdataclass.IN, rdtype)


def _read_negative(message: dns.message.Message, answer: Answer, chain: _Chain) -> Reading:
    """No such record: NXDOMAIN, NODATA, aliases that end elsewhere, or a referral (RFC 2308 §2)."""
    soa = _covering_soa(message, chain.names[-1])
    if soa is not None:
        answer = replace(answer, ttl_seconds=min(*chain.ttls, soa.ttl, soa[0].minimum))
    if answer.status is DnsStatus.NXDOMAIN:
        return Reading(answer)
    answer = replace(answer, status=DnsStatus.NODATA)
    if soa is None and answer.aliases:
        return Reading(answer, unfinished=True)
    if soa is None and any(rrset.rdtype == dns.rdatatype.NS for rrset in message.authority):
        return _read_referral(message, answer, chain)
    return Reading(answer)


def _read_referral(message: dns.message.Message, answer: Answer, chain: _Chain) -> Reading:
    """To the very zone whose nameservers its parent's were asked for, an answer; all others lead elsewhere."""
    delegation = _rrset(message.authority, message, chain.names[-1], dns.rdatatype.NS)
    if not (answer.question.server and answer.question.type == "NS") or delegation is None:
        return Reading(_without_fact(answer, "a referral: this server does not resolve for us"))
    status, records = DnsStatus.ANSWERED, _render(delegation)
    return Reading(replace(answer, status=status, records=records, ttl_seconds=delegation.ttl, authoritative=False))


def _covering_soa(message: dns.message.Message, name: dns.name.Name) -> dns.rrset.RRset | None:
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA and name.is_subdomain(rrset.name):
            return rrset
    return None


def _fault_of_aliases(answer: Answer) -> str:
    names = (answer.question.name, *answer.aliases)
    if len(set(names)) < len(names):
        return "alias loop"
    return f"more than {MAX_ALIASES} aliases" if len(answer.aliases) > MAX_ALIASES else ""


def _without_fact(answer: Answer, error: str) -> Answer:
    """A failure as a resolver reports it for what it cannot resolve: SERVFAIL; the aliases seen are kept."""
    return replace(answer, status=DnsStatus.SERVFAIL, records=(), canonical_name="", ttl_seconds=None, error=error)


def _read_failure(message: dns.message.Message, question: Question, status: DnsStatus) -> Reading:
    extended = message.extended_errors()
    codes = {int(option.code) for option in extended}
    error = "; ".join([dns.rcode.to_text(message.rcode()), *(option.to_text()[:200] for option in extended)])
    if message.rcode() == dns.rcode.SERVFAIL and codes & _BOGUS:
        return failed(question, DnsStatus.BOGUS, error)
    doubtful = message.rcode() == dns.rcode.SERVFAIL and codes <= _INCONCLUSIVE
    return replace(failed(question, status, error), doubtful=doubtful)


def _render(rrset: dns.rrset.RRset) -> tuple[str, ...]:
    """The records as text, sorted, since an RRset has no order (RFC 2181 §5)."""
    return tuple(sorted({present(record) for record in rrset}))


def present(record: dns.rdata.Rdata) -> str:
    """A record as text."""
    return _RENDERERS.get(record.rdtype, str)(record)


def _host(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _soa(record: Any) -> str:  # noqa: ANN401 - dnspython makes its records' classes at run time
    numbers = (record.serial, record.refresh, record.retry, record.expire, record.minimum)
    return " ".join((_host(record.mname), _host(record.rname), *map(str, numbers)))


_RENDERERS: dict[dns.rdatatype.RdataType, Callable[[Any], str]] = {
    dns.rdatatype.CNAME: lambda record: _host(record.target),
    dns.rdatatype.NS: lambda record: _host(record.target),
    dns.rdatatype.PTR: lambda record: _host(record.target),
    dns.rdatatype.MX: lambda record: f"{record.preference} {_host(record.exchange)}",
    dns.rdatatype.SRV: lambda record: f"{record.priority} {record.weight} {record.port} {_host(record.target)}",
    dns.rdatatype.SOA: _soa,
    dns.rdatatype.TLSA: present_tlsa,
    dns.rdatatype.TXT: lambda record: b"".join(record.strings).decode("latin-1"),
}
"""Records with names in them, TXT, and TLSA; all others are as dnspython presents them."""
