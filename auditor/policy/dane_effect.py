"""What the TLSA records of a domain's exchanges come to, against the chains that were presented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.model.certificate import Certificate
from auditor.model.dane import DaneStatus, TlsaMatch, TlsaSet
from auditor.model.dns import Dnssec
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.route import MxStatus
from auditor.model.session import SmtpSession, Starttls
from auditor.policy.dane import add_up, judge_host

_NO_EXCHANGE = {MxStatus.NULL, MxStatus.NONE, MxStatus.NXDOMAIN, MxStatus.UNUSABLE}


Judged = tuple[DaneStatus, tuple[TlsaMatch, ...], str]
"""The status, how each usable record fares, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDane:
    """DANE of one exchange and port, over all its addresses."""

    exchange: str
    port: int
    status: DaneStatus
    why: str
    tlsa: TlsaSet
    endpoints: tuple[tuple[Endpoint, Judged], ...] = ()
    """Each of its addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainDane:
    """DANE of a domain."""

    status: DaneStatus
    why: str
    hosts: tuple[HostDane, ...] = ()


def endpoint_dane(
    tlsa: TlsaSet, session: SmtpSession | None, chain: Sequence[Certificate], at: datetime, names: Sequence[str]
) -> Judged:
    """DANE of one endpoint; ``chain`` as it was presented, empty where none was."""
    status, matches, why = judge_host(tlsa, chain, at, names)
    without_tls = session is not None and session.starttls in {Starttls.NOT_OFFERED, Starttls.REFUSED}
    if tlsa.usable and without_tls and status is DaneStatus.UNKNOWN:
        # Usable records make TLS mandatory (RFC 7672 §2.2).
        return DaneStatus.INVALID, (), "STARTTLS is not to be had, and the TLSA records ask for it"
    return status, matches, why


def chain_of(session: SmtpSession | None, facts: DomainFacts) -> tuple[Certificate, ...]:
    """The certificates that a session's handshake presented, the leaf first, as far as they were kept."""
    if session is None or session.tls is None:
        return ()
    found = (facts.certificates.get(sha256) for sha256 in session.tls.chain)
    return tuple(certificate for certificate in found if certificate is not None)


def domain_dane(facts: DomainFacts) -> DomainDane:
    """DANE of a domain: what a sender that follows RFC 7672 makes of all its exchanges."""
    route = facts.route
    if facts.published is None:
        return DomainDane(status=DaneStatus.UNKNOWN, why=route.error or str(route.status))
    if route.status in _NO_EXCHANGE:
        return DomainDane(status=DaneStatus.NOT_APPLICABLE, why="the domain has no exchange")
    hosts = hosts_dane(facts)
    if not hosts:
        return DomainDane(status=DaneStatus.UNKNOWN, why="no exchange could be looked up")
    status = add_up(host.status for host in hosts)
    if route.dnssec is Dnssec.INSECURE and status not in {DaneStatus.ABSENT, DaneStatus.UNKNOWN}:
        # RFC 7672 §2.2.1: who can forge the MX records can name another exchange.
        why = "the MX records are not signed, so strict senders do not apply the TLSA records"
        return DomainDane(status=DaneStatus.ABSENT, why=why, hosts=hosts)
    whys = dict.fromkeys(f"{host.exchange}: {host.why}" for host in hosts if host.why)
    return DomainDane(status=status, why="; ".join(whys), hosts=hosts)


def hosts_dane(facts: DomainFacts, exchange: str = "") -> tuple[HostDane, ...]:
    """DANE of every exchange that was looked up, or of one, port by port."""
    sets = facts.published.tlsa.values() if facts.published is not None else ()
    return tuple(_host(tlsa, facts) for tlsa in sets if exchange in {"", tlsa.exchange})


def _host(tlsa: TlsaSet, facts: DomainFacts) -> HostDane:
    """The worst of the exchange's addresses."""
    endpoints = [one for one in facts.route.endpoints if (one.exchange, one.port) == (tlsa.exchange, tlsa.port)]
    by_endpoint = tuple((one, _endpoint(tlsa, one, facts)) for one in endpoints)
    judged = [one for _, one in by_endpoint] or [judge_host(tlsa, (), facts.judged_at, ())]
    status = add_up(one[0] for one in judged)
    return HostDane(
        exchange=tlsa.exchange,
        port=tlsa.port,
        status=status,
        why=next((why for one, _, why in judged if one is status), ""),
        tlsa=tlsa,
        endpoints=by_endpoint,
    )


def _endpoint(tlsa: TlsaSet, endpoint: Endpoint, facts: DomainFacts) -> Judged:
    session = facts.sessions.get(endpoint)
    names = (endpoint.exchange, facts.route.domain)  # the TLSA base domain and the next hop (RFC 7672 §3.2.2)
    return endpoint_dane(tlsa, session, chain_of(session, facts), facts.judged_at, names)
