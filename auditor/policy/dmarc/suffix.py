"""Discovery by the public suffix list, as receivers of RFC 7489 do it (§6.6.3 there).

They know no np, psd and t.  Their pct is left to the report: it says how much mail is concerned, not by which policy.
"""

from auditor.model.dmarc import Discovery, Disposition, DmarcRecord
from auditor.policy.dmarc.found import Findings, Found, found_in, name_below
from auditor.policy.public_suffix import organizational_domain


def by_suffix(domain: str, findings: Findings) -> Discovery | None:
    """What is discovered for a domain; ``None`` where a lookup that decides gave no fact.

    Args:
        domain: the author's.
        findings: for the domain and its organizational domain.

    """
    found = _source(domain, findings)
    if not found.known:
        return None
    below = _source(name_below(domain), findings)
    own = found.location == found_in(findings, domain).location
    subdomain_policy = _policy(below.record, inherited=True)
    return Discovery(
        organizational_domain=organizational_domain(domain),
        record=found.record,
        policy=_policy(found.record, inherited=not own),
        subdomain_policy=subdomain_policy,
        nonexistent_policy=subdomain_policy,
        complete=below.known,
    )


def _source(domain: str, findings: Findings) -> Found:
    """What is found at the domain, else at its organizational domain; several records do not count as none (step 5)."""
    own = found_in(findings, domain)
    return own if own.records or not own.known else found_in(findings, organizational_domain(domain))


def _policy(record: DmarcRecord | None, *, inherited: bool) -> Disposition | None:
    """The policy of a record; ``None`` where it does not apply (step 6)."""
    if record is None or record.repeated:
        return None
    if record.p is None or not {"p", "sp"}.isdisjoint(record.bad_policies):
        return Disposition.NONE if record.rua else None
    return (record.sp if inherited else None) or record.p
