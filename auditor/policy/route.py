"""Where a domain's mail goes (RFC 5321 §5.1, RFC 7505), worked out from DNS answers."""

from collections.abc import Sequence
from dataclasses import replace

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.route import Exchange, ExchangeStatus, MailRoute, MxStatus
from auditor.model.target import Target
from auditor.policy.addresses import address_of
from auditor.policy.answers import dnssec_of, most_telling
from auditor.policy.contact import ContactPlan, RoutePolicy, plan_contacts
from auditor.policy.drive import Evaluation
from auditor.policy.exchange import ROOT, describe, is_address, look_up_host, look_up_hosts, names_not_asked

__all__ = ["RoutePolicy", "mail_route"]

_DELIVERABLE = {ExchangeStatus.OK, ExchangeStatus.ALIAS}


def mail_route(target: Target, policy: RoutePolicy) -> Evaluation[MailRoute]:
    """Yields the MX question, then all address questions at once, and returns the route.

    A direct target's host is looked up without MX; an address is not looked up at all.
    """
    if target.direct:
        return (yield from _direct(target, policy))
    (mx,) = yield (Question(target.domain, "MX"),)
    route = _frame(target.domain, mx, policy)
    if mx.status is DnsStatus.ANSWERED:
        return (yield from _named(route, mx, policy))
    if mx.status is DnsStatus.NODATA:
        return (yield from _implicit(route, policy))
    return route


def _frame(domain: str, mx: Answer, policy: RoutePolicy) -> MailRoute:
    """The route as the MX answer alone has it."""
    return MailRoute(
        domain=domain,
        status=MxStatus.MX if mx.status is DnsStatus.ANSWERED else _STATUS[mx.status],
        canonical_name=mx.canonical_name,
        aliases=mx.aliases,
        ttl_seconds=mx.ttl_seconds,
        dnssec=dnssec_of((mx,), policy.trust_ad),
        error="" if mx.status.known else mx.error or str(mx.status),
    )


_STATUS = {
    DnsStatus.NODATA: MxStatus.NONE,
    DnsStatus.NXDOMAIN: MxStatus.NXDOMAIN,
    DnsStatus.SERVFAIL: MxStatus.SERVFAIL,
    DnsStatus.REFUSED: MxStatus.REFUSED,
    DnsStatus.TIMEOUT: MxStatus.TIMEOUT,
    DnsStatus.MALFORMED: MxStatus.MALFORMED,
    DnsStatus.BOGUS: MxStatus.BOGUS,
}


def _named(route: MailRoute, mx: Answer, policy: RoutePolicy) -> Evaluation[MailRoute]:
    """The route by MX records."""
    records = _mx_records(mx)
    hosts = yield from look_up_hosts([name for _, name in records])
    plan = plan_contacts({name: host.addresses for name, host in hosts.items()}, policy)
    exchanges = tuple(
        describe(preference, hosts[name], policy, plan.usable(name), ttl_seconds=mx.ttl_seconds)
        for preference, name in records
    )
    return replace(
        route,
        status=_mx_status(exchanges),
        left_out=(*names_not_asked(hosts), *plan.left_out),
        exchanges=exchanges,
        endpoints=_endpoints(plan, policy),
    )


def _mx_records(mx: Answer) -> list[tuple[int, str]]:
    """(preference, exchange) of each record, sorted, each once."""
    split = (record.split(" ", 1) for record in mx.records)
    return sorted({(int(preference), name.lower()) for preference, name in split})


def _mx_status(exchanges: Sequence[Exchange]) -> MxStatus:
    """What a non-empty MX RRset amounts to; an exchange that is not known may be a good one."""
    if any(exchange.exchange == ROOT for exchange in exchanges):
        return MxStatus.NULL if len(exchanges) == 1 else MxStatus.NULL_WITH_OTHERS
    if all(exchange.status.known and exchange.status not in _DELIVERABLE for exchange in exchanges):
        return MxStatus.UNUSABLE
    return MxStatus.MX


def _implicit(route: MailRoute, policy: RoutePolicy) -> Evaluation[MailRoute]:
    """The route of a domain without MX: itself, if it has an address (RFC 5321 §5.1)."""
    host = yield from look_up_host(route.domain)
    if host.addresses:
        plan = plan_contacts({host.name: host.addresses}, policy)
        exchange = describe(0, host, policy, plan.usable(host.name), named_by_mx=False)
        return replace(
            route,
            status=MxStatus.IMPLICIT,
            left_out=plan.left_out,
            exchanges=(exchange,),
            endpoints=_endpoints(plan, policy),
        )
    if (failure := most_telling(host.answers)) is not None:
        return replace(route, status=_STATUS[failure.status], error="; ".join(host.errors))
    return route


def _direct(target: Target, policy: RoutePolicy) -> Evaluation[MailRoute]:
    """The route to a host or address that the user named: no MX, no restriction on a host's name."""
    if is_address(target.domain):
        address = str(address_of(target.domain))
        plan = plan_contacts({address: (address,)}, policy)
        exchange = _given_address(address, policy, plan.usable(address))
    else:
        host = yield from look_up_host(target.domain)
        plan = plan_contacts({host.name: host.addresses}, policy)
        exchange = describe(0, host, policy, plan.usable(host.name), named_by_mx=False)
    if target.port is not None:
        policy = replace(policy, ports=(target.port,), sought_ports=())
    if target.sought:
        policy = replace(policy, ports=(), sought_ports=(*policy.ports, *policy.sought_ports))
    return MailRoute(
        domain=target.domain,
        status=MxStatus.DIRECT,
        exchanges=(exchange,),
        canonical_name=exchange.canonical_name,
        aliases=exchange.aliases,
        endpoints=_endpoints(plan, policy),
        left_out=plan.left_out,
    )


def _given_address(address: str, policy: RoutePolicy, usable: tuple[str, ...]) -> Exchange:
    status = ExchangeStatus.OK if policy.permits(address) else ExchangeStatus.NON_PUBLIC
    return Exchange(preference=0, exchange=address, status=status, addresses=(address,), usable=usable)


def _endpoints(plan: ContactPlan, policy: RoutePolicy) -> tuple[Endpoint, ...]:
    return () if policy.dns_only else plan.endpoints(policy.ports, policy.sought_ports)
