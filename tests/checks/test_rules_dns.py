"""Rules of judging, one by one: what lookups show, and what they hide."""

from dataclasses import replace

import pytest

from auditor.checks import Selection, judge
from auditor.checks.catalogue import FAMILY_TITLES
from auditor.model.dns import Dnssec
from auditor.model.finding import Severity, Verdict
from auditor.model.route import ExchangeStatus, MxStatus
from tests.checks.builders import (
    ADDRESSES_FAILED,
    LOOKUP_FAILED,
    Spoil,
    all_of,
    evidence,
    exchange,
    exchanges,
    first_exchange,
    good,
    judged,
    route,
    severities,
    verdicts,
)
from tests.checks.cases import ELSEWHERE
from tests.checks.spoilt import NULL_MX

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
OF_ROUTE = Selection(include=("MX", "DNS00"))
OF_RESOLVERS = Selection(exclude=("DNS01",))
"""All but those of nameservers, which are asked themselves or not at all."""
PUBLIC = ("8.8.8.8", "2606:4700::1111")


# What a failed lookup hides


def test_an_mx_lookup_that_failed_leaves_every_check_unknown() -> None:
    judgement = judge(LOOKUP_FAILED(good()), OF_RESOLVERS)
    applies = [one for one in judgement.judged if one.verdict is not Verdict.NOT_APPLICABLE]
    assert {one.verdict for one in applies} == {UNKNOWN}
    assert judgement.unknown == judgement.applicable == len({one.check.id for one in applies})
    assert {one.subject for one in judgement.findings} == {"example.com"}
    # What has to be asked for, and client services, are promised by nobody.
    elsewhere = {one for one in ELSEWHERE if one in {each.check.id for each in applies}}
    assert judgement.applicable == judge(good(), OF_RESOLVERS).applicable + len(elsewhere)


def test_without_contact_a_failed_lookup_says_nothing_of_servers() -> None:
    findings = judge(replace(LOOKUP_FAILED(good()), dns_only=True)).findings
    assert {one.check.rstrip("0123456789") for one in findings} == set(FAMILY_TITLES) - {"SMTP", "ACT", "TLS", "ACC"}


def test_the_servers_of_an_exchange_that_could_not_be_looked_up_are_unknown() -> None:
    facts = exchanges(exchange(10, "mx1.example.net"), exchange(20, "mx2.example.net", "203.0.113.1"))(good())
    facts = ADDRESSES_FAILED(facts)
    by_subject = {one.subject.name: one for one in judged("TLS001", facts)}
    assert by_subject["mx1.example.net"].verdict is UNKNOWN
    assert by_subject["mx1.example.net"].evidence == "mx1.example.net: A: timeout"
    assert by_subject["mx2.example.net/203.0.113.1:25"].verdict is PASS
    (finding,) = judge(facts, Selection(include=("TLS001",))).findings
    assert finding.reproduce == "dig mx1.example.net A\ndig mx1.example.net AAAA"


def test_when_no_exchange_could_be_looked_up_reachability_is_unknown() -> None:
    facts = all_of(exchanges(exchange(10, "mx1.example.net")), ADDRESSES_FAILED)(good())
    assert verdicts("SMTP001", facts) == {UNKNOWN}


def test_bogus_addresses_of_one_family_are_seen_beside_good_ones_of_the_other() -> None:
    facts = first_exchange(dnssec=Dnssec.BOGUS, errors=("AAAA: bogus",))(good())
    assert FAIL in verdicts("DNS002", facts)
    assert "AAAA: bogus" in evidence("DNS002", facts)


@pytest.mark.parametrize("check", ["DNS001", "DNS002", "DNS003", "DNS004"])
def test_without_a_validating_resolver_nothing_is_said_of_dnssec(check: str) -> None:
    facts = all_of(route(dnssec=Dnssec.INDETERMINATE), first_exchange(dnssec=Dnssec.INDETERMINATE))(good())
    assert UNKNOWN in verdicts(check, facts)
    assert "--trust-ad" in evidence(check, facts)


def test_addresses_that_are_not_known_may_stand_in_another_network() -> None:
    near = exchange(10, "mx1.example.net", "198.51.100.1"), exchange(20, "mx2.example.net", "198.51.100.2")
    assert verdicts("MX015", exchanges(*near)(good())) == {FAIL}
    assert verdicts("MX015", all_of(exchanges(*near), first_exchange(errors=("AAAA: timeout",)))(good())) == {UNKNOWN}


def test_networks_are_compared_within_a_family() -> None:
    one_site = exchange(10, "mx1.example.net", "198.51.100.1", "2001:db8:1::1")
    next_to_it = exchange(20, "mx2.example.net", "198.51.100.2", "2001:db8:1::2")
    assert "198.51.100.0/24 and 2001:db8:1::/48" in evidence("MX015", exchanges(one_site, next_to_it)(good()))


# What does not apply


@pytest.mark.parametrize(
    ("status", "passed"),
    [
        (MxStatus.NXDOMAIN, {"DNS001", "DNS003", "MX021"}),
        (MxStatus.NONE, {"DNS001", "DNS003", "MX002", "MX021"}),
    ],
)
def test_a_domain_without_mail_earns_nothing_by_what_it_has_not(status: MxStatus, passed: set[str]) -> None:
    judgement = judge(route(status=status, exchanges=(), endpoints=())(good()), OF_ROUTE)
    assert {one.check.id for one in judgement.judged if one.verdict is PASS} == passed


def test_a_null_mx_is_judged_on_itself_alone() -> None:
    judgement = judge(NULL_MX(good()), OF_ROUTE)
    passed = {one.check.id for one in judgement.judged if one.verdict is PASS}
    assert passed == {"DNS001", "DNS003", "MX001", "MX002", "MX010", "MX011", "MX021"}
    assert judgement.findings == ()


def test_a_direct_target_is_judged_as_a_server_not_as_a_domain() -> None:
    facts = all_of(exchanges(exchange(0, "mail.example.com", *PUBLIC)), route(status=MxStatus.DIRECT))(good())
    of_dns = [one for one in judge(facts).judged if one.check.family in {"MX", "DNS"}]
    assert {one.verdict for one in of_dns} == {NA}
    assert verdicts("SMTP001", facts) == {PASS}


def test_a_target_that_is_an_address_has_no_name_to_look_up_or_compare() -> None:
    facts = all_of(exchanges(exchange(0, "198.51.100.1", "198.51.100.1")), route(status=MxStatus.DIRECT))(good())
    assert verdicts("MX006", facts) == verdicts("DNS002", facts) == verdicts("TLS021", facts) == {NA}


def test_an_exchange_that_is_no_host_name_is_not_asked_for_aliases() -> None:
    facts = first_exchange(exchange="mail", status=ExchangeStatus.SINGLE_LABEL, addresses=(), usable=())(good())
    assert NA in verdicts("MX003", facts)


# Addresses that are not public


def test_one_private_address_beside_public_ones_matters_less_than_no_other() -> None:
    mixed = exchanges(replace(exchange(10, "mx1.example.net", "8.8.8.8", "10.0.0.1"), usable=("8.8.8.8",)))(good())
    assert severities("MX008", mixed) == {Severity.MEDIUM}
    assert evidence("MX008", mixed) == "10.0.0.1 is private use (RFC 1918)"


@pytest.mark.parametrize("spoil", [first_exchange(addresses=("10.0.0.1",), usable=("10.0.0.1",)), exchanges()])
def test_private_addresses_that_may_be_contacted_are_meant(spoil: Spoil) -> None:
    assert FAIL not in verdicts("MX008", spoil(good()))


def test_a_private_address_named_by_hand_is_meant() -> None:
    host = replace(exchange(0, "mail.example.com", "10.0.0.1"), status=ExchangeStatus.NON_PUBLIC, usable=())
    facts = all_of(exchanges(host), route(status=MxStatus.DIRECT))(good())
    assert verdicts("MX008", facts) == {NA}


def test_a_ttl_that_was_not_seen_is_unknown() -> None:
    facts = route(ttl_seconds=None)(good())
    assert verdicts("MX017", facts) == verdicts("MX018", facts) == {UNKNOWN}


@pytest.mark.parametrize(
    ("ttl", "short", "long"), [(299, FAIL, PASS), (300, PASS, PASS), (604_800, PASS, PASS), (604_801, PASS, FAIL)]
)
def test_a_ttl_between_five_minutes_and_a_week_is_neither_short_nor_long(
    ttl: int, short: Verdict, long: Verdict
) -> None:
    facts = route(ttl_seconds=ttl)(good())
    assert (verdicts("MX017", facts), verdicts("MX018", facts)) == ({short}, {long})


def test_an_address_lookup_that_failed_may_have_been_bogus() -> None:
    assert UNKNOWN in verdicts("DNS002", first_exchange(errors=("AAAA: servfail",))(good()))
