"""CROSS: records on the way to a domain's exchanges that are right one by one, and wrong together."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.dane import DIG_TLSA
from auditor.checks.mta_sts import DIG_STS, FETCH
from auditor.checks.published_facts import DaneHosts, Policies, Receiver, StsInForce
from auditor.checks.routing import why_route_unknown
from auditor.model.dane import DaneStatus
from auditor.model.dmarc import DmarcStatus
from auditor.model.finding import Severity
from auditor.model.mta_sts import StsMode
from auditor.model.published import Published, RecordStatus
from auditor.policy.dane_effect import HostDane
from auditor.policy.report_uri import destination
from auditor.policy.role import TAKES_NONE
from auditor.policy.sts_effect import ExchangeEffect


@check(
    id="CROSS004",
    name="sts-and-dane-disagree",
    severity=Severity.MEDIUM,
    reference="RFC 8461 §2; RFC 7672 §2.2",
    remediation="Make both true of the exchange: a certificate for its name by an authority that is trusted everywhere, and a TLSA record of its key.",
    reproduce=FETCH + "\n# expect: mode: enforce\n" + DIG_TLSA + "\n# expect: TLSA",
)
def sts_and_dane_disagree(force: StsInForce, dane: DaneHosts) -> Iterator[Result]:
    """Senders may deliver to an exchange by MTA-STS and not by DANE, or the other way round.

    Neither overrides the other: mail arrives from senders that know the one, and stays away from those that know both.
    """
    if force.effect.mode is not StsMode.ENFORCE:
        yield NotApplicable(f"the MTA-STS policy is in mode {force.effect.mode}")
        return
    effects = dict(force.effect.by_exchange)
    both = [(host, effects[host.exchange]) for host in dane.hosts if host.exchange in effects and _decides(host)]
    for host, effect in both:
        if words := _DISAGREEMENTS.get((host.status, effect)):
            fill = {"exchange": host.exchange, "port": str(host.port)}
            yield Evidence(f"{host.exchange} port {host.port}: {words}", fill=fill)
    unknown = [host.exchange for host, effect in both if DaneStatus.UNKNOWN in {host.status, effect}]
    if unknown:
        yield Unknown(f"not known of {', '.join(unknown)}")
    elif not both:
        yield NotApplicable("no exchange has TLSA records")


def _decides(host: HostDane) -> bool:
    return host.status in {DaneStatus.VALID, DaneStatus.INVALID, DaneStatus.UNKNOWN}


_DISAGREEMENTS = {
    (DaneStatus.INVALID, ExchangeEffect.ALLOWED): "allowed by MTA-STS, not by its TLSA records",
    (DaneStatus.VALID, ExchangeEffect.REJECTED): "allowed by its TLSA records, not by MTA-STS",
    (DaneStatus.VALID, ExchangeEffect.NOT_LISTED): "allowed by its TLSA records, not listed by the MTA-STS policy",
}


@check(
    id="CROSS008",
    name="one-transport-policy",
    severity=Severity.INFO,
    reference="RFC 8461 §2; RFC 7672 §1.3",
    remediation="Publish both: senders differ in which of them they know.",
    reproduce=DIG_STS + "\ndig +short {domain} MX\n# note: then for each: dig +dnssec _25._tcp.EXCHANGE TLSA",
)
def one_transport_policy(receiver: Receiver) -> Iterator[Result]:
    """The domain has one of MTA-STS and DANE, not both.

    Some large senders know the one and some the other: with one alone, part of the mail stays unprotected.
    """
    record, has_dane = receiver.published.mta_sts, receiver.dane
    if record.unknown:
        yield Unknown(f"the MTA-STS record: {record.unknown}")
    elif has_dane is None:
        yield Unknown("it is not known whether senders apply TLSA records")
    elif not record.valid and not has_dane:
        yield NotApplicable("the domain has neither")
    elif not (record.valid and has_dane):
        yield Evidence("DANE without MTA-STS" if has_dane else "MTA-STS without DANE")


@check(
    id="CROSS009",
    name="reports-to-no-exchange",
    severity=Severity.MEDIUM,
    reference="RFC 7505 §3; RFC 9989 §4.7; RFC 8460 §3",
    remediation="Have the reports sent to an address in a domain that takes mail.",
    reproduce="dig +short {domain} MX\ndig +short _dmarc.{domain} TXT\ndig +short _smtp._tls.{domain} TXT\n# note: rua= of one of them is at the domain itself",
)
def reports_to_no_exchange(policies: Policies) -> Iterator[Result]:
    """Reports are asked for at an address of the domain itself, which takes no mail.

    They bounce, so that nobody learns of forged mail or of failing TLS.
    """
    published, route = policies.published, policies.facts.route
    if reason := why_route_unknown(route):
        yield Unknown(reason)
    elif route.status not in TAKES_NONE:
        yield NotApplicable("the domain takes mail")
    elif lost := [one for one in _report_addresses(published) if _is_at(published.domain, one)]:
        yield from (Evidence(f"{one} (MX status {route.status})") for one in lost)
    elif published.dmarc.status is DmarcStatus.UNKNOWN:
        yield Unknown(f"DMARC: {published.dmarc.reason}")
    elif published.tls_rpt.status is RecordStatus.UNKNOWN:
        yield Unknown(f"the TLS-RPT record: {published.tls_rpt.unknown}")


def _report_addresses(published: Published) -> tuple[str, ...]:
    """Where reports on DMARC and on TLS go, each once."""
    return tuple(dict.fromkeys((*(one.uri for one in published.dmarc.reports), *published.tls_rpt.rua)))


def _is_at(domain: str, uri: str) -> bool:
    return uri.lower().startswith("mailto:") and destination(uri) == domain


@check(
    id="CROSS010",
    name="sts-without-exchange",
    severity=Severity.LOW,
    reference="RFC 7505 §3; RFC 8461 §3.1, §8.3",
    remediation="Withdraw the policy: mode none first, and record and policy when its old max_age has passed.",
    reproduce=DIG_STS + "\n# expect: v=STSv1\ndig +short {domain} MX",
)
def sts_without_exchange(policies: Policies) -> Iterator[Result]:
    """The domain takes no mail, and yet has an MTA-STS record.

    One of both is a leftover: a policy that nobody needs, or MX records that are gone by mistake.
    """
    record, route = policies.published.mta_sts, policies.facts.route
    if reason := why_route_unknown(route):
        yield Unknown(reason)
    elif route.status not in TAKES_NONE:
        yield NotApplicable("the domain takes mail")
    elif record.unknown:
        yield Unknown(f"the MTA-STS record: {record.unknown}")
    elif record.valid:
        yield Evidence(f"{record.text} (MX status {route.status})")
