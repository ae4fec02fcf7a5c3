"""Lookups that find nothing: how they are counted, and when too many of them are an error."""

import pytest

from auditor.model.dns import DnsStatus
from auditor.model.spf import SpfResult, SpfStatus
from tests.policy.spf.zones import audited, checked, spf

MAIL = {"mail.example.com A": ["192.0.2.7"], "mail.example.com AAAA": ["2001:db8::7"]}
IPV4_HOSTS = {f"{label}.example.com A": [f"192.0.2.{number}"] for number, label in enumerate("abcd")}
EXCHANGES = {"example.com MX": [f"10 {label}.example.com" for label in "abcd"]}
THREE_HOSTS = "a:a.example.com a:b.example.com a:c.example.com"


@pytest.mark.parametrize(
    ("terms", "more", "voids", "dead"),
    [
        ("a:x.example.com", {}, (1, 1), ("a:x.example.com: NXDOMAIN",)),
        ("a:x.example.com", {"x.example.com TXT": ["x"]}, (1, 1), ("a:x.example.com: no address",)),
        ("a:x.example.com", {"x.example.com A": ["192.0.2.1"]}, (0, 1), ()),
        ("a:x.example.com", {"x.example.com AAAA": ["2001:db8::1"]}, (1, 0), ()),
        ("a:x.example.com", {"x.example.com A": DnsStatus.TIMEOUT}, (0, 1), ()),
        ("mx", {}, (1, 1), ("mx: no MX record",)),
        ("mx", {"example.com MX": ["10 x.example.com"]}, (1, 1), ("mx: no exchange has an address",)),
        ("mx", {"example.com MX": ["1 x.example.com", "2 y.example.com"]}, (1, 1), ("mx: no exchange has an address",)),
        ("mx", {"example.com MX": ["1 x.example.com", "2 mail.example.com"], **MAIL}, (1, 1), ()),
        ("mx", {"example.com MX": ["0 ."]}, (0, 0), ()),
        ("exists:x.example.com", {}, (1, 1), ("exists:x.example.com: NXDOMAIN",)),
        ("exists:mail.example.com", MAIL, (0, 0), ()),
        ("include:x.example.com", {}, (1, 1), ("include:x.example.com: NXDOMAIN",)),
        (
            "include:x.example.com",
            {"x.example.com A": ["192.0.2.1"]},
            (1, 1),
            ("include:x.example.com: no TXT record",),
        ),
        ("include:x.example.com", {"x.example.com TXT": ["v=spf1 a"]}, (1, 1), ("a of x.example.com: no address",)),
        ("exists:%{i}.example.com", {}, (0, 0), ()),
        ("ptr", {}, (0, 0), ()),
        ("a:x..example.com", {}, (0, 0), ("a:x..example.com: no domain name",)),
    ],
)
def test_lookups_that_find_nothing_count_for_each_family(
    terms: str, more: dict[str, list[str]], voids: tuple[int, int], dead: tuple[str, ...]
) -> None:
    audit = audited({**spf(f"v=spf1 {terms} -all"), **more})
    assert ((audit.voids_ipv4, audit.voids_ipv6), audit.dead) == (voids, dead)


def test_an_mx_counts_once_however_many_exchanges_have_no_address_of_the_family() -> None:
    zone = {**spf("v=spf1 mx ip6:2001:db8::/32 -all"), **IPV4_HOSTS, **EXCHANGES}
    audit = audited(zone)
    assert (audit.status, audit.voids_ipv4, audit.voids_ipv6) == (SpfStatus.VALID, 0, 1)
    assert (audit.empty_ipv4, audit.empty_ipv6) == (0, 4)
    outcome = checked(zone, "2001:db8::1")
    assert (outcome.result, outcome.voids) == (SpfResult.PASS, 1)


@pytest.mark.parametrize("more", ["ip6:2001:db8::/32", "include:s.example.com", "a:mail.example.com"])
def test_three_voids_of_one_family_are_an_error_that_says_it_is_a_should(more: str) -> None:
    zone = {**spf(f"v=spf1 {THREE_HOSTS} {more} -all", s="v=spf1 ip6:2001:db8::/32 -all"), **IPV4_HOSTS, **MAIL}
    audit = audited(zone)
    assert (audit.status, audit.voids_ipv4, audit.voids_ipv6, audit.voids) == (SpfStatus.PERMERROR, 0, 3, 3)
    assert audit.families == (4, 6)
    assert audit.reason == (
        "3 void lookups for a sender with IPv6, more than 2 should end in an error (RFC 7208 §4.6.4, a SHOULD); "
        "the third is at a:c.example.com"
    )


@pytest.mark.parametrize("more", ["", "-ip6:2001:db8::/32", "exists:%{i}.example.com", "ptr"])
def test_voids_of_a_family_of_which_nobody_is_known_to_pass_are_no_error(more: str) -> None:
    audit = audited({**spf(f"v=spf1 {THREE_HOSTS} {more} -all"), **IPV4_HOSTS})
    assert (audit.status, audit.voids_ipv6, audit.voids, audit.families) == (SpfStatus.VALID, 3, 0, (4,))


def test_voids_are_an_error_of_a_record_that_lets_nobody_pass_at_all() -> None:
    audit = audited(spf(f"v=spf1 {THREE_HOSTS} -all"))
    assert (audit.status, audit.voids, audit.families) == (SpfStatus.PERMERROR, 3, (4, 6))
