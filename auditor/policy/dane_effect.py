"""What the TLSA records of a domain's exchanges come to, against the chains that were presented."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.model.certificate import Certificate
from auditor.model.dane import DaneStatus, TlsaMatch, TlsaRecord, TlsaSet
from auditor.model.dns import Dnssec
from auditor.model.endpoint import SERVICES_BY_PORT, Endpoint, Service
from auditor.model.facts import DomainFacts
from auditor.model.published import Published
from auditor.model.route import MailRoute, MxStatus
from auditor.model.session import Blame, Outcome, Session, Starttls
from auditor.policy.dane import add_up, judge_host
from auditor.policy.kept import kept
from auditor.policy.words import NO_STARTTLS

NO_RELAY_PORT = "no exchange was asked about at a port that servers relay to"
_NO_EXCHANGE = {MxStatus.NULL, MxStatus.NONE, MxStatus.NXDOMAIN, MxStatus.UNUSABLE}
_NO_WAY_IN = {Outcome.SKIPPED, Outcome.REFUSED}
"""Nothing is delivered to such an address, by a sender or by us."""
_DANE_EE = 3  # usage of records about the server's own certificate (RFC 7671 §5.1)
_NO_FAULT_OF_THEIRS = {Blame.OURS, Blame.PATH, Blame.UNKNOWN}

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
    tlsa: TlsaSet, session: Session | None, chain: Sequence[Certificate], at: datetime, next_hops: Sequence[str]
) -> Judged:
    """DANE of one endpoint.

    Args:
        tlsa: the records of its exchange and port.
        session: what was spoken there; nothing where nothing was.
        chain: as it was presented, empty where none was.
        at: the moment at which certificates must be valid.
        next_hops: the domains whose mail goes there, one of which a certificate may name
            in place of the exchange (RFC 7672 §3.2.2).

    """
    status, matches, why = judge_host(tlsa, chain, at, (tlsa.base_domain, *next_hops))
    if status is DaneStatus.INVALID and matches and not _under(tlsa.base_domain, session):
        # Senders send the TLSA base domain as SNI (RFC 7672 §8.1), which here is the target of an alias.
        return DaneStatus.UNKNOWN, (), f"the certificate was not asked for under {tlsa.base_domain}, as senders do"
    applied = bool(tlsa.records) and tlsa.signed
    if applied and status in {DaneStatus.UNKNOWN, DaneStatus.UNUSABLE} and (no_tls := _why_no_tls(session)):
        # Records make TLS mandatory, and those that cannot be used do so too (RFC 7672 §2.2).
        return DaneStatus.INVALID, (), f"{no_tls}, and the TLSA records ask for it"
    return status, matches, why


def _under(name: str, session: Session | None) -> bool:
    """Whether the handshake asked for the certificate of that name."""
    return session is None or session.tls is None or session.tls.server_name in {"", name}


def _why_no_tls(session: Session | None) -> str:
    """Why TLS is not to be had, where that is the server's doing and lasts; empty where it is not known."""
    if session is None or session.blame in {Blame.OURS, Blame.PATH}:
        return ""
    if session.starttls is Starttls.NOT_OFFERED:
        return NO_STARTTLS
    if session.starttls is Starttls.REFUSED:
        return "" if session.starttls_deferred else "STARTTLS is refused"
    handshake = session.outcome is Outcome.TLS_FAILED and session.blame not in _NO_FAULT_OF_THEIRS
    return "the TLS handshake fails" if handshake else ""


def chain_of(session: Session | None, certificates: Mapping[str, Certificate]) -> tuple[Certificate, ...]:
    """What a session's handshake presented, the leaf first, of the certificates kept; none where the leaf was not."""
    if session is None or session.tls is None:
        return ()
    found = [certificates.get(sha256) for sha256 in session.tls.chain]
    return tuple(certificate for certificate in found if certificate is not None) if found and found[0] else ()


def pinned_by(session: Session, facts: DomainFacts) -> TlsaRecord | None:
    """The signed TLSA record of usage 3 that the server's own certificate matches; nothing where there is none."""
    endpoint = session.endpoint
    tlsa = facts.published.tlsa.get((endpoint.exchange, endpoint.port)) if facts.published is not None else None
    if tlsa is None or not tlsa.signed or endpoint.service is not Service.SMTP:
        return None
    _, matches, _ = judge_host(tlsa, chain_of(session, facts.certificates), facts.judged_at, ())
    return next((one.record for one in matches if one.matches and one.record.usage == _DANE_EE), None)


def domain_dane(facts: DomainFacts) -> DomainDane:
    """DANE of a domain: what a sender that follows RFC 7672 makes of all its exchanges."""
    route = facts.route
    if facts.published is None or not route.status.known:
        return DomainDane(status=DaneStatus.UNKNOWN, why=route.error or str(route.status))
    if route.status in _NO_EXCHANGE:
        return DomainDane(status=DaneStatus.NOT_APPLICABLE, why="the domain has no exchange")
    hosts = hosts_dane(facts)
    not_known = _not_looked_up(route)
    if not hosts and not not_known:
        return DomainDane(status=DaneStatus.UNKNOWN, why=NO_RELAY_PORT)
    status = add_up((*(host.status for host in hosts), *(DaneStatus.UNKNOWN for _ in not_known)))
    whys = "; ".join(dict.fromkeys((*(f"{host.exchange}: {host.why}" for host in hosts if host.why), *not_known)))
    if route.dnssec is Dnssec.INSECURE and status is not DaneStatus.ABSENT:
        # RFC 7672 §2.2.1: who can forge the MX records can name another exchange.
        why = "the MX records are not signed, so strict senders do not apply the TLSA records"
        return DomainDane(status=DaneStatus.ABSENT, why=f"{why}; {whys}" if whys else why, hosts=hosts)
    return DomainDane(status=status, why=whys, hosts=hosts)


def _not_looked_up(route: MailRoute) -> tuple[str, ...]:
    """The exchanges whose addresses, and so whose TLSA records, could not be looked up, in words."""
    failed = (one for one in route.exchanges if not one.status.known and not one.addresses)
    return tuple(f"{one.exchange}: {'; '.join(one.errors) or one.status}" for one in failed)


@kept
def hosts_dane(facts: DomainFacts) -> tuple[HostDane, ...]:
    """DANE of every exchange that was looked up, at each port that servers relay to.

    Those at which users submit are another matter (RFC 7672 §7).
    """
    sets = relay_sets(facts.published) if facts.published is not None else ()
    return tuple(_host(tlsa, facts) for tlsa in sets)


def relay_sets(published: Published) -> tuple[TlsaSet, ...]:
    """The TLSA records that were asked for at ports that servers relay to."""
    sets = published.tlsa.values()
    return tuple(one for one in sets if SERVICES_BY_PORT.get(one.port, Service.SMTP) is Service.SMTP)


def in_force(tlsa: TlsaSet) -> bool | None:
    """Whether senders hold the exchange to these records, which ask for TLS at least (RFC 7672 §2.2).

    ``None`` where that is not known.
    """
    if tlsa.records:
        security = {tlsa.dnssec, tlsa.host_dnssec}
        undecided = Dnssec.INDETERMINATE in security and Dnssec.INSECURE not in security
        return None if undecided else tlsa.signed
    return None if tlsa.unknown else False


def without_fact(hosts: Iterable[HostDane]) -> str:
    """The TLSA lookups of these exchanges that gave no fact, in words; empty where there are none."""
    return "; ".join(f"{host.tlsa.name}: {host.tlsa.unknown}" for host in hosts if host.tlsa.unknown)


def _host(tlsa: TlsaSet, facts: DomainFacts) -> HostDane:
    """What the exchange's addresses add up to; those with no way in do not count beside others."""
    endpoints = [one for one in facts.route.endpoints if (one.exchange, one.port) == (tlsa.exchange, tlsa.port)]
    by_endpoint = tuple((one, _endpoint(tlsa, one, facts)) for one in endpoints)
    judged = [one for endpoint, one in by_endpoint if not _no_way_in(facts.sessions.get(endpoint))]
    judged = judged or [one for _, one in by_endpoint] or [judge_host(tlsa, (), facts.judged_at, ())]
    status = add_up(one[0] for one in judged)
    return HostDane(
        exchange=tlsa.exchange,
        port=tlsa.port,
        status=status,
        why="; ".join(dict.fromkeys(why for one, _, why in judged if one is status and why)),
        tlsa=tlsa,
        endpoints=by_endpoint,
    )


def _no_way_in(session: Session | None) -> bool:
    return session is not None and session.outcome in _NO_WAY_IN


def _endpoint(tlsa: TlsaSet, endpoint: Endpoint, facts: DomainFacts) -> Judged:
    session, route = facts.sessions.get(endpoint), facts.route
    chain = chain_of(session, facts.certificates)
    canonical = (route.canonical_name,) if route.canonical_name and route.dnssec is Dnssec.SECURE else ()
    return endpoint_dane(tlsa, session, chain, facts.judged_at, (route.domain, *canonical))
