"""DANE: certificates pinned in the DNS, where DNSSEC makes that worth something."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.dns import MX_UNSIGNED, UNSIGNED
from auditor.checks.facts import NOT_VALIDATED
from auditor.checks.published_facts import DaneHosts, Tlsa, TlsaInForce, TlsaPresented, why_not_known
from auditor.model.dane import DaneStatus
from auditor.model.dns import Dnssec
from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity
from auditor.policy.dane import renewal_risk, rollover
from auditor.policy.dane_effect import HostDane, chain_of, hosts_dane, in_force, without_fact

DIG_TLSA = "dig +dnssec _{port}._tcp.{exchange} TLSA"
SEE_MATCH = (
    DIG_TLSA + "\nopenssl s_client -starttls smtp -connect {socket} -servername {exchange} -dane_tlsa_domain {exchange}"
    " -dane_tlsa_rrdata {record} </dev/null\n# expect no: Verify return code: 0 (ok)"
)
NONE_SIGNED = "no exchange has signed TLSA records"


@check(
    id="DANE001",
    name="dane-absent",
    severity=Severity.INFO,
    reference="RFC 7672 §1, §2",
    remediation="Sign the zone of the exchanges with DNSSEC and publish a TLSA record 3 1 1 for each; hosting providers often have names with DANE ready.",
    reproduce="dig +short {domain} MX\ndig +noall +answer _{port}._tcp.{exchange} TLSA\n# expect no: IN TLSA\n# note: and so on for each exchange",
)
def dane_absent(hosts: DaneHosts) -> Iterator[Result]:
    """No exchange of the domain has a TLSA record.

    Senders cannot tell the right server from one that stands in for it, unless MTA-STS says so.
    """
    if any(host.tlsa.records for host in hosts.hosts):
        return
    if unknown := without_fact(hosts.hosts):
        yield Unknown(unknown)
    else:
        yield Evidence("no TLSA record", fill=_listener(hosts.hosts[0]))


@check(
    id="DANE002",
    name="tlsa-mismatch",
    severity=Severity.CRITICAL,
    reference="RFC 7672 §2.2, §3.1, §3.2; RFC 7671 §5",
    remediation="Publish the record of the key in use at once, and remove the old one after its TTL; from then on publish the next record before the key changes.",
    reproduce=SEE_MATCH,
)
def tlsa_mismatch(tlsa: TlsaPresented) -> Iterator[Result]:
    """What the exchange presents does not match its TLSA records.

    Senders that use DANE do not deliver there: their mail waits, and bounces after days, if no other exchange takes it.
    """
    mismatches = [
        (host, endpoint, f"{endpoint}: {why}")
        for host in tlsa.hosts
        for endpoint, (status, _, why) in host.endpoints
        if status is DaneStatus.INVALID
    ]
    loss = _loss(tlsa) if mismatches else None
    yield from (Evidence(words, loss, _presented(host, endpoint)) for host, endpoint, words in mismatches)
    if unknown := [f"{host.tlsa.name}: {host.why}" for host in tlsa.hosts if host.status is DaneStatus.UNKNOWN]:
        yield Unknown("; ".join(unknown))


def _loss(tlsa: Tlsa) -> Severity | None:
    """Less where another exchange is left, or where the MX records are not signed, so that strict senders look away."""
    everywhere = {host.status for host in hosts_dane(tlsa.facts)} == {DaneStatus.INVALID}
    return None if everywhere and tlsa.facts.route.dnssec is Dnssec.SECURE else Severity.HIGH


def _presented(host: HostDane, endpoint: Endpoint) -> dict[str, str]:
    record = next(iter(host.tlsa.usable or host.tlsa.records))
    data = f"{record.usage} {record.selector} {record.matching} {record.data}"
    return {**_listener(host), "socket": endpoint.socket, "record": data}


def _unsigned(host: HostDane) -> dict[str, str]:
    """The question whose answer is not authenticated."""
    if host.tlsa.dnssec is Dnssec.INSECURE:
        return {"name": host.tlsa.name, "type": "TLSA"}
    return {"name": host.exchange, "type": "A"}


def _listener(host: HostDane) -> dict[str, str]:
    """What the lines to type name: the port; and, where the check is one of the whole domain, the exchange."""
    return {"exchange": host.exchange, "port": str(host.port)}


@check(
    id="DANE003",
    name="tlsa-unusable",
    severity=Severity.MEDIUM,
    reference="RFC 7672 §2.2, §3.1.3; RFC 7671 §4",
    remediation="Publish records that mail clients use: 3 1 1 with the SHA-256 of the public key, or 2 1 1 for an authority in the chain.",
    reproduce=DIG_TLSA + "\n# expect: TLSA",
)
def tlsa_unusable(tlsa: Tlsa) -> Iterator[Result]:
    """A TLSA record of the exchange cannot be used for mail.

    If there is no other, senders insist on TLS and authenticate nothing; usages 0 and 1 are of no use between mail servers.
    """
    for host in tlsa.hosts:
        for record in host.tlsa.records:
            if record.fault:
                severity = Severity.LOW if host.tlsa.usable else None
                yield Evidence(f"{host.tlsa.name}: {record}: {record.fault}", severity, _listener(host))


@check(
    id="DANE004",
    name="tlsa-lookup-fails",
    severity=Severity.HIGH,
    reference="RFC 7672 §2.1.2, §2.2",
    remediation="Let the name server answer questions for TLSA records, with a signed denial where there is none.",
    reproduce=DIG_TLSA + "\n# expect: status: SERVFAIL",
)
def tlsa_lookup_fails(tlsa: Tlsa) -> Iterator[Result]:
    """The TLSA lookup fails in a signed zone.

    Senders that use DANE must not deliver to such an exchange, for an attacker may be hiding the record.
    """
    for host in tlsa.hosts:
        if host.tlsa.failed:
            yield Evidence(f"{host.tlsa.name}: {host.tlsa.unknown}", fill=_listener(host))


@check(
    id="DANE005",
    name="tlsa-unsigned",
    severity=Severity.MEDIUM,
    reference="RFC 7672 §2.2; RFC 6698 §4.1",
    remediation="Sign the zone and have its DS record published; without that the record does nothing.",
    reproduce=UNSIGNED.replace("{exchange}", "{name}"),
)
def tlsa_unsigned(tlsa: Tlsa) -> Iterator[Result]:
    """The exchange has TLSA records, but they are not signed.

    No sender applies them; whoever published them believes otherwise.
    """
    for host in tlsa.hosts:
        security = {host.tlsa.dnssec, host.tlsa.host_dnssec}
        if not host.tlsa.records:
            continue
        if Dnssec.INSECURE in security:
            where = "the TLSA answer" if host.tlsa.dnssec is Dnssec.INSECURE else "the address of the exchange"
            yield Evidence(f"{host.tlsa.name}: {where} is not authenticated", fill=_unsigned(host))
        elif Dnssec.INDETERMINATE in security:
            yield Unknown(NOT_VALIDATED)


@check(
    id="DANE006",
    name="dane-mx-unsigned",
    severity=Severity.LOW,
    reference="RFC 7672 §2.2.1",
    remediation="Sign the domain's own zone too, so that the names of its exchanges are believed.",
    reproduce=MX_UNSIGNED,
)
def dane_mx_unsigned(hosts: DaneHosts) -> Iterator[Result]:
    """The exchanges have DANE, but the MX records that name them are not signed.

    Strict senders do not apply it: whoever forges the MX records names another exchange.
    """
    applied = {in_force(host.tlsa) for host in hosts.hosts}
    if True not in applied:
        yield Unknown(why_not_known(hosts.hosts)) if None in applied else NotApplicable(NONE_SIGNED)
    elif hosts.facts.route.dnssec is Dnssec.INSECURE:
        yield Evidence("the MX answer is not authenticated")
    elif hosts.facts.route.dnssec is not Dnssec.SECURE:
        yield Unknown(NOT_VALIDATED)


@check(
    id="DANE007",
    name="dane-partial",
    severity=Severity.MEDIUM,
    reference="RFC 7672 §2.2.1",
    remediation="Publish TLSA records for every exchange, those of the backups too.",
    reproduce="dig +short {domain} MX\n"
    + DIG_TLSA
    + "\n# note: no record, or none that is signed (ad); others have one",
)
def dane_partial(hosts: DaneHosts) -> Iterator[Result]:
    """Some exchanges have DANE and others have not.

    An attacker who lets the protected ones fail has the mail go to one that is not.
    """
    applied = {in_force(host.tlsa) for host in hosts.hosts}
    if True in applied:
        without = [host for host in hosts.hosts if in_force(host.tlsa) is False]
        yield from (Evidence(f"{host.tlsa.name}: no signed record", fill=_listener(host)) for host in without)
    if None in applied:
        yield Unknown(why_not_known(hosts.hosts))
    elif True not in applied:
        yield NotApplicable(NONE_SIGNED)


@check(
    id="DANE008",
    name="tlsa-breaks-at-renewal",
    severity=Severity.LOW,
    reference="RFC 7671 §5.1, §8; RFC 7672 §3.1.1",
    remediation="Publish the public key in place of the certificate (selector 1), and keep the key when the certificate is renewed.",
    reproduce=DIG_TLSA + "\n# expect: TLSA",
)
def tlsa_breaks_at_renewal(tlsa: TlsaInForce) -> Iterator[Result]:
    """A TLSA record of the exchange pins a whole certificate.

    Every renewal changes it, and the record has to be changed first; where that is forgotten, mail stays away.
    """
    for host in tlsa.hosts:
        risky = renewal_risk(host.tlsa)
        if risky:
            yield Evidence(f"{host.tlsa.name}: {', '.join(map(str, risky))}", fill=_listener(host))


@check(
    id="DANE009",
    name="tlsa-not-ready-for-rollover",
    severity=Severity.INFO,
    reference="RFC 7671 §8.1, §8.4",
    remediation="Before the key changes, publish the record of the next key beside the present one, or one of the issuing authority (2 1 1).",
    reproduce=DIG_TLSA + "\n# expect: TLSA",
)
def tlsa_not_ready_for_rollover(tlsa: TlsaPresented) -> Iterator[Result]:
    """The TLSA records hold no key but the one in use.

    That is right until the key changes: then the next one must have been in the DNS for at least two TTLs.
    """
    facts = tlsa.facts
    for host in tlsa.hosts:
        chains = [chain_of(facts.sessions.get(endpoint), facts.certificates) for endpoint, _ in host.endpoints]
        told = dict.fromkeys(said for chain in chains if chain and (said := rollover(host.tlsa, chain)))
        yield from (Evidence(f"{host.tlsa.name}: {said}", fill=_listener(host)) for said in told)
        if not any(chains):
            reason = "no certificate was seen"
            yield Unknown(reason) if host.status is DaneStatus.UNKNOWN else NotApplicable(reason)


@check(
    id="DANE010",
    name="dane-client-dependent",
    severity=Severity.INFO,
    reference="RFC 7672 §2.2.3",
    remediation="Let the MX record name the host itself instead of an alias.",
    reproduce="dig +short {exchange} CNAME\n# expect: {other}.\n" + DIG_TLSA,
)
def dane_client_dependent(tlsa: Tlsa) -> Iterator[Result]:
    """Which TLSA records apply to the exchange depends on the sender, since its name is an alias.

    Some look below the alias, others below the name it stands for.
    """
    for host in tlsa.hosts:
        if host.tlsa.client_dependent:
            yield Evidence(host.tlsa.client_dependent, fill={**_listener(host), "other": _target(host, tlsa)})


def _target(host: HostDane, tlsa: Tlsa) -> str:
    """What the exchange is an alias of."""
    found = (one.aliases for one in tlsa.facts.route.exchanges if one.exchange == host.exchange)
    return next((aliases[0] for aliases in found if aliases), "")
