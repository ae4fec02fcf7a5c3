"""The DANE domains of the lab come to what its list says: its zone and certificates, looked up and judged in memory."""

from collections.abc import Iterator
from csv import DictReader
from dataclasses import replace
from functools import cache
from importlib.resources import files

import dns.message
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from auditor.checks import Judge, Selection
from auditor.lab.certificates import Authority
from auditor.lab.nameserver import Nameserver, load_zone, parse_faults
from auditor.lab.script import ServerScript
from auditor.lab.tlsa import with_tlsa
from auditor.lab.world import all_scripts, all_zones
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.dane import DaneStatus
from auditor.model.dns import Answer, Question
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.session import SmtpSession, Starttls
from auditor.model.target import Target
from auditor.net.dns_answer import read_reply
from auditor.policy.certificate import read_certificate
from auditor.policy.dane import look_up_tlsa
from auditor.policy.dane_effect import domain_dane
from auditor.policy.drive import replay
from auditor.policy.route import RoutePolicy, mail_route
from tests.checks.builders import session
from tests.policy.dane_world import facts

LAB = files("auditor.lab")
EXPECTED = {
    row["domain"]: row["expected_findings"]
    for row in DictReader((LAB / "domains.csv").read_text(encoding="utf-8").splitlines())
    if row["domain"].startswith("dane-")
}
STATUSES = {
    "dane-good": DaneStatus.VALID,
    "dane-ready": DaneStatus.VALID,
    "dane-authority": DaneStatus.VALID,
    "dane-selfsigned": DaneStatus.VALID,
    "dane-certificate": DaneStatus.VALID,
    "dane-mismatch": DaneStatus.INVALID,
    "dane-authority-name": DaneStatus.INVALID,
    "dane-notls": DaneStatus.INVALID,
    "dane-servfail": DaneStatus.INVALID,
    "dane-unusable": DaneStatus.UNUSABLE,
    "dane-unsigned": DaneStatus.ABSENT,
    "dane-mx-unsigned": DaneStatus.ABSENT,
    "dane-partial": DaneStatus.PARTIAL,
    "dane-alias": DaneStatus.VALID,
    "dane-not-sts": DaneStatus.VALID,
}
PORT = 25


@cache
def lab() -> tuple[Authority, dict[str, ServerScript], Nameserver]:
    """The authority after it has issued to every server of the list, those servers by address, and the whole zone."""
    authority = Authority()
    servers = {address: server for server in all_scripts() if server.port == PORT for address in server.addresses}
    for server in dict.fromkeys(servers.values()):
        if server.certificate:
            authority.server_context(server.certificate, server.names, server.tls)
    zone = load_zone(with_tlsa(all_zones(), authority), "example.")
    return authority, servers, Nameserver(zone, parse_faults((LAB / "zones/faults.txt").read_text("utf-8"), "faults"))


def answer(question: Question) -> Answer:
    """What the nameserver of the lab replies, without a network."""
    query = dns.message.make_query(question.name, question.type, use_edns=0)
    (octets,) = lab()[2]._replies(query.to_wire(), over_tcp=True)
    return read_reply(dns.message.from_wire(octets), question).answer


def presented(endpoint: Endpoint) -> tuple[Certificate, ...]:
    authority, servers, _ = lab()
    server = servers[endpoint.address]
    if not server.certificate:
        return ()
    return tuple(
        read_certificate(one.certificate.public_bytes(Encoding.DER)) for one in authority.shown[server.names[0]]
    )


def spoken(endpoint: Endpoint) -> SmtpSession:
    held = session(endpoint)
    if not (chain := presented(endpoint)):
        return replace(held, starttls=Starttls.NOT_OFFERED, tls=None, ehlo_tls=None)
    tls = TlsHandshake(version="TLSv1.3", cipher="", chain=tuple(one.sha256 for one in chain))
    return replace(held, tls=tls)


def observed(domain: str) -> DomainFacts:
    target = Target(domain=domain, domain_unicode=domain, input=domain, input_line=1, source="list")
    route = replay(mail_route(target, RoutePolicy(trust_ad=True, allow_private=True)), answer)
    assert route is not None
    sets = [replay(look_up_tlsa(one.exchange, PORT, trust_ad=True), answer) for one in route.exchanges]
    return replace(
        facts(*(one for one in sets if one is not None)),
        target=target,
        route=route,
        sessions={endpoint: spoken(endpoint) for endpoint in route.endpoints},
        certificates={one.sha256: one for endpoint in route.endpoints for one in presented(endpoint)},
        judged_at=lab()[0].now,
    )


def test_every_dane_domain_of_the_list_is_here() -> None:
    assert {f"{name}.example" for name in STATUSES} == set(EXPECTED)


@pytest.mark.parametrize("name", STATUSES)
def test_a_domain_of_the_lab_has_the_status_it_is_there_for(name: str) -> None:
    dane = domain_dane(observed(f"{name}.example"))
    assert dane.status is STATUSES[name]
    assert (dane.why == "") == (dane.status is DaneStatus.VALID)


def findings(domain: str) -> Iterator[str]:
    for one in Judge(Selection(include=("DANE",))).judge(observed(domain)).judged:
        if one.verdict is Verdict.FAIL and one.severity is not Severity.INFO:
            yield one.check.id


@pytest.mark.parametrize("domain", EXPECTED)
def test_a_domain_of_the_lab_has_the_findings_of_the_list(domain: str) -> None:
    of_dane = {check for check in EXPECTED[domain].split("|") if check.startswith("DANE")}
    assert set(findings(domain)) == of_dane
