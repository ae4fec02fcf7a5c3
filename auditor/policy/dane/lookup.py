"""TLSA records of an exchange, and how safe the way to them is (RFC 7672 §2.1, §2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.dane import TlsaSet
from auditor.model.dns import Answer, Dnssec, DnsStatus, Question
from auditor.policy.answers import complaint, dnssec_of
from auditor.policy.dane.record import MOST_RECORDS, read_record
from auditor.policy.drive import Evaluation
from auditor.policy.exchange import Host, host_questions

_HELD_AGAINST_IT = {DnsStatus.BOGUS, DnsStatus.SERVFAIL}
"""Failures that rest on the zone; senders take a timeout amiss too (§2.1.2), but ours says nothing of theirs."""


@dataclass(frozen=True, slots=True)
class _Alias:
    """What is asked besides where the exchange is an alias."""

    target: str
    expanded: Answer
    """TLSA at the target."""
    cname: Answer
    """The alias by itself, whose security is its own zone's."""


def look_up_tlsa(host: str, port: int, trust_ad: bool) -> Evaluation[TlsaSet]:
    """The TLSA records of an exchange and port.

    Senders ask for them only where the exchange's addresses are signed (§2.2.2);
    here they are asked for in any case, to tell of records that no one applies.
    """
    *addresses, original = yield (*host_questions(host), _question(host, port))
    found = Host(host, tuple(addresses))
    alias = None
    if found.aliases and found.canonical_name:
        target = found.canonical_name
        alias = _Alias(target, *(yield (_question(target, port), Question(host, "CNAME"))))
    host_dnssec, candidates = _candidates(found, original, alias, trust_ad)
    chosen = _chosen(candidates, trust_ad)
    signed = host_dnssec is Dnssec.SECURE
    unknown = _why_unknown(chosen)
    return TlsaSet(
        exchange=host,
        port=port,
        name=chosen.question.name,
        records=() if unknown else tuple(map(read_record, chosen.records)),
        dnssec=dnssec_of((chosen,), trust_ad),
        host_dnssec=host_dnssec,
        unknown=unknown,
        failed=signed and chosen.status in _HELD_AGAINST_IT,
        client_dependent="" if alias is None else _differing(host, original, alias, candidates, host_dnssec),
    )


def _question(base_domain: str, port: int) -> Question:
    return Question(f"_{port}._tcp.{base_domain}", "TLSA")


def _candidates(
    found: Host, original: Answer, alias: _Alias | None, trust_ad: bool
) -> tuple[Dnssec, tuple[Answer, ...]]:
    """How safe the way to the TLSA base domain is, and the TLSA answers at those there may be (§2.2.3).

    The first choice comes first.  An alias that leads out of signed zones is still one itself (§2.2.2).
    """
    addresses = dnssec_of(found.answers, trust_ad)
    if alias is None:
        return addresses, (original,)
    if addresses is not Dnssec.INSECURE:
        return addresses, (alias.expanded, original)
    leads_out = alias.cname.status is DnsStatus.ANSWERED and dnssec_of((alias.cname,), trust_ad) is Dnssec.SECURE
    return (Dnssec.SECURE if leads_out else addresses), (original,)


def _chosen(candidates: Sequence[Answer], trust_ad: bool) -> Answer:
    """The first with signed records, unless a lookup before it fails; else the first with records, or the first."""
    for answer in candidates:
        if not answer.status.known:
            return answer
        if answer.status is DnsStatus.ANSWERED and dnssec_of((answer,), trust_ad) is Dnssec.SECURE:
            return answer
    return next((answer for answer in candidates if answer.status is DnsStatus.ANSWERED), candidates[0])


def _why_unknown(answer: Answer) -> str:
    """Why the records are not known, or not looked at; empty where they are."""
    if not answer.status.known:
        return complaint(answer)
    count = len(answer.records)
    return f"{count} records, more than the {MOST_RECORDS} that are looked at" if count > MOST_RECORDS else ""


def _differing(host: str, original: Answer, alias: _Alias, candidates: Sequence[Answer], host_dnssec: Dnssec) -> str:
    """What senders do differently about an exchange that is an alias; empty where it comes to the same."""
    if host_dnssec is Dnssec.INSECURE:
        return ""
    if alias.expanded not in candidates:
        leads = f"{host} is an alias of {alias.target}, which is not signed"
        stop = "some senders stop there and look for no TLSA record"
        return f"{leads}: {stop}" if original.records else ""
    if original.records == alias.expanded.records and original.status.known and alias.expanded.status.known:
        return ""
    first, second = (f"{one.question.name} ({_told(one)})" for one in (alias.expanded, original))
    return f"{host} is an alias of {alias.target}: senders look at {first}, then at {second}; some at the one alone"


def _told(answer: Answer) -> str:
    if not answer.status.known:
        return complaint(answer)
    count = len(answer.records)
    return f"{count} records" if count > 1 else "1 record" if count else "no record"
