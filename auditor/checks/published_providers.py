"""Where the facts of published policy come from, and what stands in their place; see ``providers``."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.checks.facts import NO_LOOKUP, NOT_VALIDATED, inconclusive
from auditor.checks.published_facts import (
    Bimi,
    Caa,
    DaneHosts,
    DkimKeys,
    Dmarc,
    DmarcApplies,
    Parked,
    Policies,
    Receiver,
    Sender,
    Spf,
    SpfTree,
    StsAnnounced,
    StsFetched,
    StsInForce,
    Tlsa,
    TlsaInForce,
    TlsRpt,
    TwoFamilies,
)
from auditor.checks.routing import Missing, why_exchange_unknown, why_route_unknown
from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import DmarcStatus
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.published import RecordStatus, Role
from auditor.model.route import Exchange, MxStatus
from auditor.model.session import SmtpSession
from auditor.model.spf import SpfNode, SpfStatus
from auditor.policy.dane_effect import hosts_dane
from auditor.policy.role import role_of
from auditor.policy.sts_effect import sts_effect

Kind = TypeVar("Kind", bound=Policies)
_NO_MX = {MxStatus.NULL, MxStatus.NONE}


def _policies(facts: DomainFacts) -> Policies | Missing:
    if facts.route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    if facts.published is None:
        return Unknown(why_route_unknown(facts.route))
    if facts.route.status is MxStatus.NXDOMAIN:
        return NotApplicable("the domain does not exist")
    return Policies(facts.published, role_of(facts.target, facts.route, facts.published), facts)


def _of_role(kind: type[Kind], applies: Callable[[Policies], bool], words: str) -> Callable[[DomainFacts], Any]:
    """A provider of the policies of a domain in that role."""

    def provide(facts: DomainFacts) -> Kind | Missing:
        policies = _policies(facts)
        if not isinstance(policies, Policies):
            return policies
        if not applies(policies):
            return NotApplicable(f"the domain {words}: {policies.role.reason}")
        return kind(policies.published, policies.role, policies.facts)

    return provide


_sender = _of_role(Sender, lambda one: one.role.sends is not False, "sends no mail")
_receiver = _of_role(Receiver, lambda one: one.role.receives is not False, "takes no mail")
_parked = _of_role(Parked, lambda one: one.role.role is Role.PARKED, "is not parked")


def _spf(facts: DomainFacts) -> Spf | Missing:
    policies = _policies(facts)
    if not isinstance(policies, Policies):
        return policies
    audit = policies.published.spf
    if audit.status is SpfStatus.NONE:
        return NotApplicable("there is no SPF record")
    if audit.status is SpfStatus.TEMPERROR and audit.root is None:
        return Unknown(f"the SPF record: {audit.reason}")
    return Spf(audit, policies.published)


def _spf_tree(facts: DomainFacts) -> SpfTree | Missing:
    spf = _spf(facts)
    if not isinstance(spf, Spf):
        return spf
    if spf.audit.root is None or not spf.audit.root.record:
        return NotApplicable("there is not one SPF record")
    return SpfTree(spf.audit, tuple(_nodes(spf.audit.root)), spf.published)


def _nodes(node: SpfNode) -> Iterator[SpfNode]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _dmarc(facts: DomainFacts) -> Dmarc | Missing:
    policies = _policies(facts)
    if not isinstance(policies, Policies):
        return policies
    audit = policies.published.dmarc
    if audit.status is DmarcStatus.UNKNOWN:
        return Unknown(f"DMARC: {audit.reason}")
    return Dmarc(audit, policies.role)


def _dmarc_applies(facts: DomainFacts) -> DmarcApplies | Missing:
    dmarc = _dmarc(facts)
    if not isinstance(dmarc, Dmarc):
        return dmarc
    audit = dmarc.audit
    if audit.status is not DmarcStatus.VALID or audit.tree is None or audit.record is None:
        return NotApplicable("no DMARC record applies")
    return DmarcApplies(audit, audit.tree, audit.record)


def _dkim_keys(facts: DomainFacts) -> DkimKeys | Missing:
    policies = _policies(facts)
    if not isinstance(policies, Policies):
        return policies
    audit = policies.published.dkim
    if audit.keys:
        return DkimKeys(audit)
    reason = audit.reason or "no key was found"
    return Unknown(f"DKIM: {reason}") if audit.status is DkimStatus.UNKNOWN else NotApplicable(reason)


def _sts_announced(facts: DomainFacts) -> StsAnnounced | Missing:
    receiver = _receiver(facts)
    if not isinstance(receiver, Receiver):
        return receiver
    record = receiver.published.mta_sts
    if record.unknown:
        return Unknown(f"the MTA-STS record: {record.unknown}")
    if not record.valid:
        return NotApplicable("there is no MTA-STS record that counts")
    if facts.dns_only:
        return NotApplicable("no policy was to be fetched")
    fetch = facts.policy_fetch
    if fetch is None:
        return Unknown("the policy was not fetched before the run ended")
    leaf = facts.certificates.get(fetch.tls.chain[0]) if fetch.tls is not None and fetch.tls.chain else None
    return StsAnnounced(sts_effect(facts), fetch, leaf, facts.judged_at)


def _sts_fetched(facts: DomainFacts) -> StsFetched | Missing:
    announced = _sts_announced(facts)
    if not isinstance(announced, StsAnnounced):
        return announced
    policy = announced.effect.policy
    if policy is not None:
        return StsFetched(policy, announced.fetch)
    unknown = announced.effect.status is RecordStatus.UNKNOWN
    reason = f"no policy was obtained: {announced.effect.reason}"
    return Unknown(reason) if unknown else NotApplicable(reason)


def _sts_in_force(facts: DomainFacts) -> StsInForce | Missing:
    fetched = _sts_fetched(facts)
    if not isinstance(fetched, StsFetched):
        return fetched
    effect = sts_effect(facts)
    if effect.status is not RecordStatus.VALID or effect.policy is None:
        return NotApplicable("there is no policy that counts")
    return StsInForce(effect, effect.policy, facts.route.exchanges)


def _tls_rpt(facts: DomainFacts) -> TlsRpt | Missing:
    receiver = _receiver(facts)
    if not isinstance(receiver, Receiver):
        return receiver
    record = receiver.published.tls_rpt
    if record.status is RecordStatus.UNKNOWN:
        return Unknown(f"the TLS-RPT record: {record.unknown}")
    promises = {
        "MTA-STS": receiver.published.mta_sts.valid,
        "DANE": any(one.usable and one.dnssec is Dnssec.SECURE for one in receiver.published.tlsa.values()),
    }
    return TlsRpt(record, tuple(name for name, made in promises.items() if made))


def _bimi(facts: DomainFacts) -> Bimi | Missing:
    policies = _policies(facts)
    if not isinstance(policies, Policies):
        return policies
    record = policies.published.bimi
    if record.status is RecordStatus.UNKNOWN:
        return Unknown(f"the BIMI record: {record.unknown}")
    if record.status is RecordStatus.NONE:
        return NotApplicable("there is no BIMI record")
    return Bimi(record, policies.published.dmarc)


def _caa(facts: DomainFacts) -> Caa | Missing:
    policies = _policies(facts)
    if not isinstance(policies, Policies):
        return policies
    records = policies.published.caa
    return Unknown(f"CAA: {records.unknown}") if records.unknown else Caa(records)


def _dane_hosts(facts: DomainFacts) -> DaneHosts | Missing:
    receiver = _receiver(facts)
    if not isinstance(receiver, Receiver):
        return receiver
    if facts.route.status in _NO_MX:
        return NotApplicable("the domain has no exchange")
    hosts = hosts_dane(facts)
    if hosts:
        return DaneHosts(hosts, facts)
    unknown = [reason for one in facts.route.exchanges if (reason := why_exchange_unknown(one))]
    return Unknown("; ".join(unknown)) if unknown else NotApplicable("no exchange has an address")


def _tlsa(exchange: Exchange, facts: DomainFacts) -> Tlsa | Missing:
    if facts.published is None:
        return NotApplicable(NO_LOOKUP)
    if reason := why_exchange_unknown(exchange):
        return Unknown(reason)
    hosts = hosts_dane(facts, exchange.exchange)
    told = tuple(one for one in hosts if one.tlsa.records or one.tlsa.failed)
    if told:
        return Tlsa(told, facts)
    unknown = [f"{one.tlsa.name}: {one.tlsa.unknown}" for one in hosts if one.tlsa.unknown]
    return Unknown("; ".join(unknown)) if unknown else NotApplicable("there are no TLSA records")


def _tlsa_in_force(exchange: Exchange, facts: DomainFacts) -> TlsaInForce | Missing:
    tlsa = _tlsa(exchange, facts)
    if not isinstance(tlsa, Tlsa):
        return tlsa
    usable = [one for one in tlsa.hosts if one.tlsa.usable]
    signed = tuple(one for one in usable if {one.tlsa.dnssec, one.tlsa.host_dnssec} == {Dnssec.SECURE})
    if signed:
        return TlsaInForce(signed, facts)
    if any(Dnssec.INDETERMINATE in {one.tlsa.dnssec, one.tlsa.host_dnssec} for one in usable):
        return Unknown(NOT_VALIDATED)
    return NotApplicable("no usable TLSA record is signed" if usable else "there is no usable TLSA record")


def _two_families(facts: DomainFacts) -> TwoFamilies | Missing:
    by_host: dict[tuple[str, int], dict[bool, SmtpSession]] = {}
    held = (facts.sessions.get(endpoint) for endpoint in facts.route.endpoints)
    unknown = False
    for session in held:
        if session is None or inconclusive(session):
            unknown = True
            continue
        endpoint = session.endpoint
        by_host.setdefault((endpoint.exchange, endpoint.port), {}).setdefault(":" in endpoint.address, session)
    pairs = tuple((both[False], both[True]) for both in by_host.values() if len(both) == 2)
    if pairs:
        return TwoFamilies(pairs, facts.certificates)
    has_both = any({":" in one for one in exchange.addresses} == {True, False} for exchange in facts.route.exchanges)
    if has_both and unknown and not facts.dns_only:
        return Unknown("not both families of an exchange could be judged")
    return NotApplicable("no exchange was spoken to over both families")


PUBLISHED: dict[Scope, dict[type, Callable[..., Any]]] = {
    Scope.DOMAIN: {
        Policies: _policies,
        Sender: _sender,
        Receiver: _receiver,
        Parked: _parked,
        Spf: _spf,
        SpfTree: _spf_tree,
        Dmarc: _dmarc,
        DmarcApplies: _dmarc_applies,
        DkimKeys: _dkim_keys,
        StsAnnounced: _sts_announced,
        StsFetched: _sts_fetched,
        StsInForce: _sts_in_force,
        TlsRpt: _tls_rpt,
        Bimi: _bimi,
        Caa: _caa,
        DaneHosts: _dane_hosts,
        TwoFamilies: _two_families,
    },
    Scope.EXCHANGE: {Tlsa: _tlsa, TlsaInForce: _tlsa_in_force},
}
"""As ``providers.PROVIDERS``, which takes these in."""
