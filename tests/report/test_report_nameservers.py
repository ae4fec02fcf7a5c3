"""Columns about nameservers: filled where they were asked, empty elsewhere."""

from types import SimpleNamespace
from typing import Any

from auditor.model.delegation import Delegation
from auditor.model.dns import DnsStatus
from auditor.model.target import Target
from auditor.report.rows import DomainRow
from auditor.report.tables import DOMAINS
from tests.policy.nameservers import FIRST, GOOD, NAMES, PARENTS, SECOND, SECOND6, seen, serving, without_authority

TARGET = Target(domain="example.com", domain_unicode="example.com", input="example.com", input_line=1, source="list")
COLUMNS = ("nameservers", "delegation")
SERVFAIL = DnsStatus.SERVFAIL


def cells(facts: Any) -> list[Any]:
    row = DomainRow(target=TARGET, facts=facts)
    return [DOMAINS.column(name).value(row) for name in COLUMNS]


def of_zone(zone: Delegation | None) -> list[Any]:
    return cells(SimpleNamespace(published=SimpleNamespace(delegation=zone)))


def test_every_address_and_how_it_answers() -> None:
    listed, delegation = of_zone(seen(GOOD, serving(SECOND, soa=DnsStatus.REFUSED)))
    assert listed == [
        f"ns1.example.com ({FIRST}): ok",
        f"ns2.example.net ({SECOND}): refused",
        f"ns2.example.net ({SECOND6}): ok",
    ]
    assert delegation == "consistent"


def test_a_nameserver_without_address_is_listed_and_a_difference_shown() -> None:
    names = (*NAMES, "failed.example.com", "none.example.com")
    zone = seen(
        GOOD,
        {("example.com", "NS", PARENTS): without_authority(*names), ("failed.example.com", "A", ""): SERVFAIL},
    )
    listed, delegation = of_zone(zone)
    assert listed[3:] == ["failed.example.com: A: servfail", "none.example.com: no address"]
    assert delegation == "differs"


def test_where_no_zone_is_known_so_is_its_delegation() -> None:
    failed = {("example.com", "NS", ""): SERVFAIL, ("com", "NS", ""): SERVFAIL}
    assert of_zone(seen(GOOD, failed)) == [None, "unknown"]


def test_where_nameservers_were_not_asked_the_cells_are_empty() -> None:
    assert of_zone(None) == [None, None]
    assert cells(SimpleNamespace(published=None)) == [None, None]
    assert cells(None) == [None, None]
    assert DOMAINS.names[-2:] == COLUMNS
