"""Where the facts of MTA-STS, TLS-RPT and DANE come from, and what stands in their place; see ``providers``."""

from collections.abc import Callable
from typing import Any

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.checks.published_facts import (
    DaneHosts,
    Policies,
    Receiver,
    StsAnnounced,
    StsFetched,
    StsInForce,
    Tlsa,
    TlsaInForce,
    TlsaPresented,
    TlsRpt,
    why_not_known,
)
from auditor.checks.published_providers import policies_of, receiver_of
from auditor.checks.routing import Missing, unknown_exchanges, why_exchange_unknown, why_route_unknown
from auditor.model.facts import DomainFacts
from auditor.model.published import RecordStatus
from auditor.model.route import Exchange
from auditor.policy.dane_effect import NO_RELAY_PORT, hosts_dane, in_force, without_fact
from auditor.policy.kept import kept
from auditor.policy.role import TAKES_NONE
from auditor.policy.sts_effect import sts_effect


@kept
def _sts_announced(facts: DomainFacts) -> StsAnnounced | Missing:
    receiver = receiver_of(facts)
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
    return StsAnnounced(sts_effect(facts), fetch, facts.leaf(fetch.tls), facts.judged_at)


def _sts_fetched(facts: DomainFacts) -> StsFetched | Missing:
    announced = _sts_announced(facts)
    if not isinstance(announced, StsAnnounced):
        return announced
    effect = announced.effect
    if effect.policy is not None:
        return StsFetched(effect, effect.policy, announced.fetch)
    reason = f"no policy was obtained: {effect.reason}"
    return Unknown(reason) if effect.status is RecordStatus.UNKNOWN else NotApplicable(reason)


def _sts_in_force(facts: DomainFacts) -> StsInForce | Missing:
    fetched = _sts_fetched(facts)
    if not isinstance(fetched, StsFetched):
        return fetched
    if fetched.effect.status is not RecordStatus.VALID:
        return NotApplicable("there is no policy that counts")
    if reason := why_route_unknown(facts.route):
        return Unknown(reason)
    return StsInForce(fetched.effect, fetched.policy)


def _tls_rpt(facts: DomainFacts) -> TlsRpt | Missing:
    receiver = receiver_of(facts)
    if not isinstance(receiver, Receiver):
        return receiver
    record = receiver.published.tls_rpt
    if record.status is RecordStatus.UNKNOWN:
        return Unknown(f"the TLS-RPT record: {record.unknown}")
    promises = {"MTA-STS": receiver.published.mta_sts.valid, "DANE": receiver.dane is True}
    return TlsRpt(record, tuple(name for name, made in promises.items() if made))


def _dane_hosts(facts: DomainFacts) -> DaneHosts | Missing:
    receiver = receiver_of(facts)
    if not isinstance(receiver, Receiver):
        return receiver
    if reason := why_route_unknown(facts.route):
        return Unknown(reason)
    if facts.route.status in TAKES_NONE:
        return NotApplicable("the domain has no exchange")
    if hosts := hosts_dane(facts):
        return DaneHosts(hosts, facts)
    if receiver.published.tlsa:
        return Unknown(NO_RELAY_PORT)
    unknown = unknown_exchanges(facts.route)
    return Unknown(unknown) if unknown else NotApplicable("no exchange has an address")


def _tlsa(exchange: Exchange, facts: DomainFacts) -> Tlsa | Missing:
    policies = policies_of(facts)
    if not isinstance(policies, Policies):
        return policies
    if reason := why_exchange_unknown(exchange):
        return Unknown(reason)
    hosts = tuple(one for one in hosts_dane(facts) if one.exchange == exchange.exchange)
    told = tuple(one for one in hosts if one.tlsa.records or one.tlsa.failed)
    if told:
        return Tlsa(told, facts)
    unknown = without_fact(hosts)
    return Unknown(unknown) if unknown else NotApplicable("there are no TLSA records")


def _tlsa_in_force(exchange: Exchange, facts: DomainFacts) -> TlsaInForce | Missing:
    tlsa = _tlsa(exchange, facts)
    if not isinstance(tlsa, Tlsa):
        return tlsa
    applied = {in_force(one.tlsa) for one in tlsa.hosts}
    if True in applied:
        return TlsaInForce(tuple(one for one in tlsa.hosts if in_force(one.tlsa)), facts)
    if None in applied:
        return Unknown(why_not_known(tlsa.hosts))
    return NotApplicable("no TLSA record is signed")


def _tlsa_presented(exchange: Exchange, facts: DomainFacts) -> TlsaPresented | Missing:
    tlsa = _tlsa_in_force(exchange, facts)
    if not isinstance(tlsa, TlsaInForce):
        return tlsa
    if facts.dns_only:
        return NotApplicable("no mail server was to be contacted")
    return TlsaPresented(tlsa.hosts, tlsa.facts)


TRANSPORT: dict[Scope, dict[type, Callable[..., Any]]] = {
    Scope.DOMAIN: {
        StsAnnounced: _sts_announced,
        StsFetched: _sts_fetched,
        StsInForce: _sts_in_force,
        TlsRpt: _tls_rpt,
        DaneHosts: _dane_hosts,
    },
    Scope.EXCHANGE: {Tlsa: _tlsa, TlsaInForce: _tlsa_in_force, TlsaPresented: _tlsa_presented},
}
"""The part of ``providers.PROVIDERS`` that is about the way to a domain's exchanges."""
