"""What a domain publishes, a line for each mechanism, as ``auditor probe --domain`` shows it."""

from collections.abc import Iterator

from auditor.model.dkim import DkimAudit, DkimKey
from auditor.model.dmarc import Discovery, DmarcAudit
from auditor.model.facts import DomainFacts
from auditor.model.published import BimiRecord, CaaSet, RecordStatus, TlsRptRecord
from auditor.model.spf import SpfAudit, SpfNode
from auditor.policy.dane_effect import domain_dane
from auditor.policy.role import role_of
from auditor.policy.sts_effect import ExchangeEffect, sts_effect


def policy_lines(facts: DomainFacts) -> Iterator[str]:
    """Role, SPF with its tree, DMARC, DKIM, MTA-STS, TLS-RPT, DANE, BIMI and CAA, and nameservers that were asked.

    Nothing for a server by itself.
    """
    published = facts.published
    if published is None:
        return
    role = role_of(facts.target, facts.route, published)
    yield f"Role     {role.role}: {role.reason}"
    yield f"DNSSEC   {facts.route.dnssec} (of the MX answer)"
    yield from _spf(published.spf)
    yield f"DMARC    {_dmarc(published.dmarc)}"
    yield f"DKIM     {_dkim(published.dkim)}"
    effect = sts_effect(facts)
    yield f"MTA-STS  {_joined(effect.status, effect.mode, effect.reason, *map(_under_sts, effect.by_exchange))}"
    yield f"TLS-RPT  {_record(published.tls_rpt)}"
    dane = domain_dane(facts)
    yield f"DANE     {_joined(dane.status, dane.why)}"
    yield f"BIMI     {_record(published.bimi)}"
    yield f"CAA      {_caa(published.caa)}"
    if published.delegation is not None:
        words = (one for server in published.delegation.nameservers for one in server.words)
        yield f"NS       {_joined(published.delegation.verdict, *words, *published.delegation.unknown)}"


def _spf(spf: SpfAudit) -> Iterator[str]:
    counts = f"{_lookups(spf)}, {spf.voids} void" if spf.has_record else ""
    yield f"SPF      {_joined(spf.status, counts, spf.reason, spf.record)}"
    if spf.root is not None:
        yield from _tree(spf.root, 1)


def _tree(node: SpfNode, depth: int) -> Iterator[str]:
    for child in node.children:
        what = child.record or f"({child.result})"
        yield f"         {'  ' * depth}{child.via}: {_lookups(child)}: {what}"
        yield from _tree(child, depth + 1)


def _lookups(counted: SpfAudit | SpfNode) -> str:
    return f"{counted.lookups} lookup{'' if counted.lookups == 1 else 's'}"


def _dmarc(dmarc: DmarcAudit) -> str:
    if dmarc.tree is None or dmarc.record is None:
        return _joined(dmarc.status, dmarc.reason)
    older = f"receivers of RFC 7489: {_policies(dmarc.suffix)}" if dmarc.differs and dmarc.suffix is not None else ""
    where = f"{dmarc.record.location}: {dmarc.record.text}"
    return _joined(dmarc.status, _policies(dmarc.tree), older, dmarc.reason, where)


def _policies(way: Discovery) -> str:
    """What is in effect for the name, below it, and where nothing exists if that is something else."""
    below = f"{way.policy or 'no policy'}, subdomains {way.subdomain_policy or 'no policy'}"
    if way.nonexistent_policy == way.subdomain_policy:
        return below
    return f"{below}, those that do not exist {way.nonexistent_policy or 'no policy'}"


def _dkim(dkim: DkimAudit) -> str:
    return _joined(dkim.status, dkim.reason, *map(_key, dkim.keys))


def _key(key: DkimKey) -> str:
    words = "; ".join(key.faults) or ("revoked" if key.revoked else f"{key.key_type} {key.key_bits or ''}".rstrip())
    return f"{key.selector} ({words})"


def _under_sts(effect: tuple[str, ExchangeEffect]) -> str:
    exchange, what = effect
    return f"{exchange} {what}"


def _record(record: TlsRptRecord | BimiRecord) -> str:
    return _joined(record.status, record.unknown, *record.faults, record.text)


def _caa(caa: CaaSet) -> str:
    if caa.unknown:
        return _joined(RecordStatus.UNKNOWN, caa.unknown)
    if not caa.found_at:
        return str(RecordStatus.NONE)
    return _joined(f"{caa.found_at}: {', '.join(caa.issue) or 'any issuer'}", *caa.faults)


def _joined(first: str, *more: str | None) -> str:
    """What there is to say, the status first."""
    return "; ".join([str(first), *(one for one in more if one)])
