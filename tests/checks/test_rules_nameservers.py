"""Rules of nameservers, on delegations as they are made out of answers."""

from dataclasses import replace

import pytest

from auditor.checks import CATALOGUE, judge
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown
from auditor.checks.delegation_facts import NOT_ASKED, Delegated, delegated
from auditor.model.delegation import Delegation
from auditor.model.dns import Answer, DnsStatus
from auditor.model.finding import Severity
from tests.checks.builders import good
from tests.policy.nameservers import (
    FIRST,
    GOOD,
    NAMES,
    PARENTS,
    POLICY,
    SECOND,
    SECOND6,
    Key,
    Said,
    seen,
    serving,
    soa,
    without_authority,
)

World = dict[Key, Said | Answer]
CHECKS = {check.id: check for check in CATALOGUE if check.needs == (Delegated,)}
TIMEOUT, REFUSED, SERVFAIL = DnsStatus.TIMEOUT, DnsStatus.REFUSED, DnsStatus.SERVFAIL
ONE_FAMILY: World = {("ns2.example.net", "AAAA", ""): DnsStatus.NODATA}


def results(check: str, zone: Delegation) -> list[Result]:
    return list(CHECKS[check].function(Delegated(zone)))


def verdict(check: str, zone: Delegation) -> tuple[str, str]:
    """The kind of the results, where failures count alone, and their words."""
    found = results(check, zone)
    for kind in (Evidence, Unknown, NotApplicable):
        words = [one.text if isinstance(one, Evidence) else one.reason for one in found if isinstance(one, kind)]
        if words:
            return kind.__name__, "; ".join(words)
    return "pass", ""


def at(address: str, name: str = "ns2.example.net") -> World:
    """The second nameserver at another address, in one family."""
    return {**ONE_FAMILY, (name, "A", ""): (address,), **serving(address)}


def only(*names: str) -> World:
    return {("example.com", "NS", ""): names, ("example.com", "NS", PARENTS): without_authority(*names)}


ALL = (FIRST, SECOND, SECOND6)
CASES: dict[str, tuple[str, list[World], str, str]] = {
    "two networks": ("DNS010", [], "pass", ""),
    "one address": ("DNS010", [only("ns1.example.com")], "Evidence", f"the only address is {FIRST}"),
    "two names of one address": ("DNS010", [at(FIRST)], "Evidence", "the only address is 192.0.2.1"),
    "one network": ("DNS010", [at("192.0.2.2")], "Evidence", "all 2 addresses are in 192.0.2.0/24"),
    "perhaps another address": (
        "DNS010",
        [ONE_FAMILY, {("ns2.example.net", "A", ""): SERVFAIL}],
        "Unknown",
        "ns2.example.net A: servfail",
    ),
    "two networks are enough": ("DNS010", [{("ns2.example.net", "AAAA", ""): SERVFAIL}], "pass", ""),
    "no address at all": ("DNS010", [only("none.example.com")], "NotApplicable", "no nameserver has an address"),
    "all serve": ("DNS011", [], "pass", ""),
    "refused": ("DNS011", [serving(FIRST, soa=REFUSED)], "Evidence", f"ns1.example.com ({FIRST}): refused"),
    "a cache": (
        "DNS011",
        [serving(FIRST, soa=without_authority(*soa(7)))],
        "Evidence",
        "it answers without authority",
    ),
    "each lame one": (
        "DNS011",
        [serving(FIRST, soa=REFUSED), serving(SECOND, soa=SERVFAIL)],
        "Evidence",
        f"ns1.example.com ({FIRST}): refused; ns2.example.net ({SECOND}): servfail",
    ),
    "no address": ("DNS011", [only(*NAMES, "none.example.com")], "Evidence", "none.example.com has no address"),
    "no address known": (
        "DNS011",
        [{("ns1.example.com", "A", ""): SERVFAIL}],
        "Unknown",
        "ns1.example.com A: servfail",
    ),
    "silent is not lame": ("DNS011", [serving(FIRST, soa=TIMEOUT)], "Unknown", f"({FIRST}): timeout"),
    "unreadable": ("DNS011", [serving(FIRST, soa=DnsStatus.MALFORMED)], "Unknown", "malformed"),
    "one address of it serves": ("DNS011", [serving(SECOND6, soa=TIMEOUT)], "pass", ""),
    "all answer": ("DNS012", [], "pass", ""),
    "silent": ("DNS012", [serving(FIRST, soa=TIMEOUT)], "Evidence", f"ns1.example.com ({FIRST}): timeout"),
    "refusing is answering": ("DNS012", [serving(FIRST, soa=REFUSED)], "pass", ""),
    "perhaps we have no IPv6": ("DNS012", [serving(SECOND6, soa=TIMEOUT)], "Unknown", "was heard over IPv6"),
    "perhaps we have no way out": (
        "DNS012",
        [{("example.com", "NS", PARENTS): TIMEOUT}, *(serving(one, soa=TIMEOUT) for one in ALL)],
        "Unknown",
        "no nameserver was heard over IPv4, so it may be this end",
    ),
    "only the parent's was heard": (
        "DNS012",
        [serving(one, soa=TIMEOUT) for one in ALL],
        "Evidence",
        f"ns1.example.com ({FIRST}): timeout; ns2.example.net ({SECOND}): timeout",
    ),
    "not asked": ("DNS012", [serving(FIRST, soa=DnsStatus.NOT_ASKED)], "Unknown", "not-asked"),
    "not all asked": ("DNS012", [serving(SECOND6, soa=DnsStatus.NOT_ASKED)], "pass", ""),
    "an address not known": ("DNS012", [{("ns1.example.com", "A", ""): TIMEOUT}], "Unknown", "A: timeout"),
    "the same set": ("DNS013", [], "pass", ""),
    "other sets": (
        "DNS013",
        [{("example.com", "NS", PARENTS): without_authority("ns1.example.com", "old.example.org")}],
        "Evidence",
        "only com delegates to old.example.org; only example.com itself names ns2.example.net",
    ),
    "one more in the zone": (
        "DNS013",
        [{("example.com", "NS", PARENTS): without_authority("ns1.example.com")}],
        "Evidence",
        "only example.com itself names ns2.example.net",
    ),
    "parent silent": ("DNS013", [{("example.com", "NS", PARENTS): TIMEOUT}], "Unknown", "NS: timeout"),
    "zone silent": ("DNS013", [serving(one, soa=TIMEOUT) for one in ALL], "Unknown", "no nameserver answers"),
    "parent serves it too": ("DNS013", [{("example.com", "NS", PARENTS): NAMES}], "NotApplicable", "serve example.com"),
    "of one mind": ("DNS014", [], "pass", ""),
    "other exchanges": (
        "DNS014",
        [serving(FIRST, mx=("20 other.test",))],
        "Evidence",
        (
            f"example.com MX: '10 mx.example.com' at ns2.example.net ({SECOND}), ns2.example.net ({SECOND6}); "
            f"'20 other.test' at ns1.example.com ({FIRST})"
        ),
    ),
    "one text less": (
        "DNS014",
        [serving(FIRST, txt=("v=spf1 mx -all",))],
        "Evidence",
        (
            f"example.com TXT: 'other=1' at ns2.example.net ({SECOND}), ns2.example.net ({SECOND6}); "
            f"nothing more at ns1.example.com ({FIRST})"
        ),
    ),
    "no policy": ("DNS014", [serving(FIRST, dmarc=DnsStatus.NODATA)], "Evidence", "no such record at ns1.example.com"),
    "other nameservers": ("DNS014", [serving(FIRST, ns=NAMES[:1])], "Evidence", "example.com NS: 'ns2.example.net' at"),
    "many texts": (
        "DNS014",
        [serving(FIRST, txt=tuple(f"t{number}" for number in range(9)))],
        "Evidence",
        "'t4' and 4 more at ns1.example.com",
    ),
    "another serial": (
        "DNS014",
        [serving(FIRST, soa=soa(6))],
        "Evidence",
        f"serial 6 at ns1.example.com ({FIRST}); 7 at ns2.example.net ({SECOND}), ns2.example.net ({SECOND6})",
    ),
    "one does not say": ("DNS014", [serving(FIRST, mx=SERVFAIL)], "Unknown", f"({FIRST}) example.com MX: servfail"),
    "one is silent": ("DNS014", [serving(FIRST, soa=TIMEOUT)], "Unknown", f"ns1.example.com ({FIRST}): timeout"),
    "one is lame": ("DNS014", [serving(FIRST, soa=REFUSED)], "pass", ""),
    "there is but one": ("DNS014", [only("ns1.example.com")], "NotApplicable", "there are not two answers"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_of_nameservers(case: str) -> None:
    check, changes, kind, words = CASES[case]
    found = verdict(check, seen(GOOD, *changes))
    assert found[0] == kind
    assert words in found[1]


def test_every_rule_has_every_case() -> None:
    kinds = {check: {case[2] for case in CASES.values() if case[0] == check} for check in CHECKS}
    assert kinds == {check: {"pass", "Evidence", "Unknown", *kinds[check]} for check in CHECKS}
    assert list(CHECKS) == ["DNS010", "DNS011", "DNS012", "DNS013", "DNS014"]


@pytest.mark.parametrize(
    ("check", "changes", "severity"),
    [
        ("DNS010", at("192.0.2.2"), Severity.INFO),
        ("DNS010", at(FIRST), None),
        ("DNS014", serving(FIRST, mx=("20 other.test",)), Severity.HIGH),
        ("DNS014", serving(FIRST, txt=("other",)), None),
        ("DNS014", serving(FIRST, ns=NAMES[:1]), Severity.LOW),
        ("DNS014", serving(FIRST, soa=soa(6)), Severity.INFO),
    ],
)
def test_how_much_it_weighs(check: str, changes: World, severity: Severity | None) -> None:
    (found,) = results(check, seen(GOOD, changes))
    assert isinstance(found, Evidence)
    assert found.severity is severity


def test_a_serial_that_differs_beside_records_that_do_is_not_told_apart() -> None:
    (found,) = results("DNS014", seen(GOOD, serving(FIRST, soa=soa(6), mx=("20 other.test",))))
    assert isinstance(found, Evidence)
    assert found.text.startswith("example.com MX")


@pytest.mark.parametrize(
    ("check", "changes", "lines"),
    [
        ("DNS010", at(FIRST), "dig +short example.com NS\n# note: look"),
        ("DNS011", serving(FIRST, soa=REFUSED), f"dig +norecurse @{FIRST} example.com SOA\n# expect"),
        ("DNS012", serving(FIRST, soa=TIMEOUT), f"dig +norecurse @{FIRST} example.com SOA\n# expect"),
        ("DNS013", serving(FIRST, ns=NAMES[:1], soa=REFUSED) | only(*NAMES, "ns3.example.org"), "dig +short com NS\n"),
        (
            "DNS014",
            serving(FIRST, dmarc=("v=DMARC1; p=none",)),
            f"dig +norecurse @{SECOND} _dmarc.example.com TXT\ndig +norecurse @{FIRST} _dmarc.example.com TXT",
        ),
        (
            "DNS014",
            serving(FIRST, soa=soa(6)),
            f"dig +norecurse @{FIRST} example.com SOA\ndig +norecurse @{SECOND} example.com SOA",
        ),
    ],
)
def test_the_lines_to_type_name_who_is_asked_for_what(check: str, changes: World, lines: str) -> None:
    facts = good()
    assert facts.published is not None
    published = replace(facts.published, delegation=seen(GOOD, changes))
    of_check = [one for one in judge(replace(facts, published=published)).findings if one.check == check]
    assert any(one.reproduce.startswith(lines) for one in of_check)


def test_networks_that_were_left_out_may_be_others() -> None:
    zone = seen(GOOD, policy=replace(POLICY, families=("AAAA",)))
    assert verdict("DNS010", zone) == (
        "Unknown",
        f"ns1.example.com {FIRST}: IPv4 is not contacted; ns2.example.net {SECOND}: IPv4 is not contacted",
    )


def test_without_the_option_nothing_is_judged() -> None:
    facts = good()
    assert facts.published is not None
    for published in (replace(facts.published, delegation=None), None):
        assert delegated(replace(facts, published=published)) == NotApplicable(NOT_ASKED)
