"""DANE of whole domains: exchanges, ports, and the MX records that lead there."""

from dataclasses import replace
from typing import Any

import pytest

from auditor.model.dane import DaneStatus, TlsaSet
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.route import Exchange, ExchangeStatus, MxStatus
from auditor.policy.dane_effect import domain_dane, hosts_dane
from tests.checks import builders
from tests.checks.builders import Spoil, route
from tests.policy.dane_world import MX1, MX2, STRANGER, TWO_VALID, WRONG, at, both, facts, own, record, tlsa_set

VALID, PARTIAL, INVALID = DaneStatus.VALID, DaneStatus.PARTIAL, DaneStatus.INVALID
UNUSABLE, ABSENT, UNKNOWN = DaneStatus.UNUSABLE, DaneStatus.ABSENT, DaneStatus.UNKNOWN


def test_every_exchange_valid() -> None:
    dane = domain_dane(TWO_VALID)
    assert (dane.status, dane.why) == (VALID, "")
    assert [(one.exchange, one.port, one.status, len(one.endpoints)) for one in dane.hosts] == [
        (MX1, 25, VALID, 2),
        (MX2, 25, VALID, 2),
    ]


PAIRS = [
    (own(MX2), VALID, ""),
    (tlsa_set(), PARTIAL, f"{MX2}: no TLSA record"),
    (tlsa_set(dnssec=Dnssec.INSECURE), PARTIAL, f"{MX2}: no TLSA record"),
    (tlsa_set(WRONG, dnssec=Dnssec.INSECURE), PARTIAL, "the TLSA records are not signed"),
    (tlsa_set(WRONG, host=Dnssec.INSECURE), PARTIAL, "its addresses are not signed"),
    (tlsa_set(f"1{WRONG[1:]}"), PARTIAL, "usage 1 (PKIX-EE) is not used between mail servers"),
    (tlsa_set(WRONG), INVALID, f"{MX2}: 3 1 1 5a5a5a5a5a5a5a5a…: the server presents another key"),
    (tlsa_set(record(2, 1, 1, STRANGER)), INVALID, "no such authority"),
    (replace(tlsa_set(), unknown="TLSA: timeout"), UNKNOWN, f"{MX2}: TLSA: timeout"),
    (replace(tlsa_set(), unknown="TLSA: servfail", failed=True), INVALID, "senders must pass over this exchange"),
    (tlsa_set(WRONG, dnssec=Dnssec.INDETERMINATE), UNKNOWN, "is not known"),
]


@pytest.mark.parametrize(("second", "status", "why"), PAIRS)
def test_an_exchange_beside_a_valid_one(second: TlsaSet, status: DaneStatus, why: str) -> None:
    dane = domain_dane(both(own(MX1), second))
    assert dane.status is status
    assert why in dane.why


ROUTES: list[tuple[dict[str, Any], DaneStatus, str]] = [
    ({"status": MxStatus.NULL}, DaneStatus.NOT_APPLICABLE, "the domain has no exchange"),
    ({"status": MxStatus.NXDOMAIN}, DaneStatus.NOT_APPLICABLE, "the domain has no exchange"),
    ({"status": MxStatus.NONE}, DaneStatus.NOT_APPLICABLE, "the domain has no exchange"),
    ({"status": MxStatus.UNUSABLE}, DaneStatus.NOT_APPLICABLE, "the domain has no exchange"),
    ({"status": MxStatus.SERVFAIL, "error": "SERVFAIL"}, UNKNOWN, "SERVFAIL"),
    ({"status": MxStatus.BOGUS}, UNKNOWN, "bogus"),
    ({"status": MxStatus.IMPLICIT}, VALID, ""),
    ({"status": MxStatus.NULL_WITH_OTHERS}, VALID, ""),
]


@pytest.mark.parametrize(("changes", "status", "why"), ROUTES)
def test_the_route_comes_first(changes: dict[str, Any], status: DaneStatus, why: str) -> None:
    dane = domain_dane(route(**changes)(TWO_VALID))
    assert (dane.status, dane.why) == (status, why)


def test_a_domain_that_could_not_be_surveyed_is_unknown() -> None:
    dane = domain_dane(replace(route(status=MxStatus.TIMEOUT)(TWO_VALID), published=None))
    assert (dane.status, dane.why) == (UNKNOWN, "timeout")


UNSIGNED_MX = route(dnssec=Dnssec.INSECURE)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        (TWO_VALID, ""),
        (both(tlsa_set(WRONG), own(MX2)), f"; {MX1}: 3 1 1 5a5a5a5a5a5a5a5a…: the server presents another key"),
        (both(replace(tlsa_set(), unknown="TLSA: timeout"), own(MX2)), f"; {MX1}: TLSA: timeout"),
    ],
)
def test_unsigned_mx_records_take_the_effect_from_the_exchanges_and_say_what_it_was(
    domain: DomainFacts, why: str
) -> None:
    dane = domain_dane(UNSIGNED_MX(domain))
    said = "the MX records are not signed, so strict senders do not apply the TLSA records"
    assert (dane.status, dane.why, len(dane.hosts)) == (ABSENT, said + why, 2)


def test_without_any_record_unsigned_mx_records_are_not_the_reason() -> None:
    dane = domain_dane(UNSIGNED_MX(both(tlsa_set(), tlsa_set())))
    assert (dane.status, dane.why) == (ABSENT, f"{MX1}: no TLSA record; {MX2}: no TLSA record")


def with_exchange(one: Exchange) -> Spoil:
    return lambda known: route(exchanges=(*known.route.exchanges, one))(known)


def test_an_exchange_that_could_not_be_looked_up_leaves_it_open() -> None:
    failed = replace(builders.exchange(30, "mx3.example.net"), status=ExchangeStatus.TIMEOUT, errors=("A: timeout",))
    assert domain_dane(with_exchange(failed)(TWO_VALID)).status is UNKNOWN
    assert domain_dane(with_exchange(failed)(TWO_VALID)).why == "mx3.example.net: A: timeout"
    assert domain_dane(with_exchange(failed)(both(tlsa_set(WRONG), own(MX2)))).status is INVALID


def test_an_exchange_without_an_address_takes_no_mail_and_does_not_count() -> None:
    gone = replace(builders.exchange(30, "mx3.example.net"), status=ExchangeStatus.NXDOMAIN)
    assert domain_dane(with_exchange(gone)(TWO_VALID)).status is VALID


def test_ports_for_submission_do_not_count() -> None:
    domain = facts(at(MX1, own(MX1)), at(MX2, own(MX2)), at(MX1, tlsa_set(), 465), at(MX1, tlsa_set(WRONG), 587))
    assert domain_dane(domain).status is VALID
    assert [(one.exchange, one.port) for one in hosts_dane(domain)] == [(MX1, 25), (MX2, 25)]
    nothing_else = domain_dane(facts(at(MX1, own(MX1), 587)))
    assert (nothing_else.status, "port" in nothing_else.why) == (UNKNOWN, True)


def test_ports_of_no_other_service_do() -> None:
    domain = facts(at(MX1, own(MX1)), at(MX2, tlsa_set(WRONG), 2525))
    assert [(one.port, one.status) for one in hosts_dane(domain)] == [(25, VALID), (2525, UNKNOWN)]
