"""The lines to type: they fit the subject, and no name in them can do harm."""

import shlex
from collections.abc import Iterator
from string import Formatter

import pytest

from auditor.checks import CATALOGUE, Selection, judge
from auditor.checks.core import Check, Evidence, Result, Scope, check
from auditor.checks.facts import Listed, Route
from auditor.checks.providers import PROVIDERS
from auditor.checks.subjects import Subject, by_hand
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity
from auditor.model.route import ExchangeStatus
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    LOOKUP_FAILED,
    all_of,
    exchange,
    exchanges,
    first_exchange,
    good,
    on_port,
    sessions,
    tls,
)

MAY_NAME = {
    # All but the first, and of an exchange the last three, by the evidence.
    Scope.DOMAIN: {"domain", "exchange", "port", "selector", "name", "type", "apex", "parent", "server", "other"},
    Scope.EXCHANGE: {"domain", "exchange", "port", "address", "name", "type"},
    # The last by what is spoken at the port.
    Scope.ENDPOINT: {"domain", "exchange", "address", "port", "socket", "ask", "leave", "starttls", "protocol"},
}
IDS = [one.id for one in CATALOGUE]


@pytest.mark.parametrize("one", CATALOGUE, ids=IDS)
def test_the_lines_name_only_what_the_subject_has(one: Check) -> None:
    named = {name for _, name, _, _ in Formatter().parse(one.reproduce) if name}
    assert named <= MAY_NAME[one.scope]
    assert named or one.scope is Scope.DOMAIN
    assert all(line == line.strip() and line for line in one.reproduce.splitlines())


@pytest.mark.parametrize("one", CATALOGUE, ids=IDS)
def test_the_facts_of_a_check_have_a_provider(one: Check) -> None:
    assert set(one.needs) <= set(PROVIDERS[one.scope])


def test_a_check_needs_facts_of_one_scope() -> None:
    def mixed(route: Route, listed: Listed) -> Iterator[Result]:
        yield Evidence(f"{route} {listed}")

    with pytest.raises(TypeError, match="one scope"):
        check(id="X", name="x", severity=Severity.INFO, reference="", remediation="", reproduce="")(mixed)


@pytest.mark.parametrize(
    "name", ["a;rm -rf $HOME.example", "`id`.example", "a'b.example", "-froot.example", "+tcp.example", "@ns.example"]
)
def test_hostile_names_are_one_word_and_no_option(name: str) -> None:
    facts = first_exchange(exchange=name, status=ExchangeStatus.NO_ADDRESS, addresses=(), usable=())(good())
    (finding,) = [one for one in judge(facts, Selection(include=("MX006",))).findings if one.subject == name]
    words = shlex.split(finding.reproduce.splitlines()[0])
    harmless = name if name[0] not in "-+@" else f"\\{ord(name[0]):03d}{name[1:]}"
    assert words == ["dig", "+noall", "+comments", "+answer", harmless, "A"]


def test_what_the_evidence_names_is_one_word_too_and_what_nobody_knows_stands_in_capitals() -> None:
    subject = Subject(scope=Scope.DOMAIN, name="example.com")
    template = "dig {selector}._domainkey.{domain} TXT\ndig {exchange} A"
    told = {"selector": "a;b", "exchange": "-f.example"}
    assert by_hand(template, subject, "example.com", told) == (
        "dig 'a;b'._domainkey.example.com TXT\ndig '\\045f.example' A"
    )
    assert by_hand(template, subject, "example.com") == "dig SELECTOR._domainkey.example.com TXT\ndig EXCHANGE A"


def test_a_line_stays_one_line() -> None:
    subject = Subject(scope=Scope.EXCHANGE, name="x", exchange="a\nrm b\x1b.example")
    assert by_hand("dig {exchange}", subject, "example.com") == "dig 'a?rm b?.example'"


def test_an_ipv6_address_stands_in_brackets_before_its_port() -> None:
    subject = Subject(scope=Scope.ENDPOINT, name="x", exchange="mx", address="2001:db8::1", port=25)
    assert by_hand("-connect {socket}", subject, "example.com") == "-connect '[2001:db8::1]:25'"
    assert by_hand("telnet {address} {port}", subject, "example.com") == "telnet 2001:db8::1 25"


def test_where_the_lookup_failed_the_lookup_is_what_to_repeat() -> None:
    findings = judge(LOOKUP_FAILED(good()), Selection(include=("TLS",))).findings
    assert {one.reproduce for one in findings if one.check != "TLS006"} == {"dig example.com MX"}


def lines(check: str, facts: DomainFacts) -> set[str]:
    return {one.reproduce for one in judge(facts, Selection(include=(check,))).findings}


def test_on_the_port_of_implicit_tls_one_speaks_inside_tls_at_once() -> None:
    facts = all_of(exchanges(exchange(10, "mx1.example.net", "198.51.100.1")), on_port(465))(good())
    shown = "openssl s_client -connect 198.51.100.1:465 -servername mx1.example.net </dev/null"
    assert lines("TLS007", tls(version="TLSv1")(facts)) == {f"{shown} | grep Protocol"}
    spoken = "openssl s_client -quiet -crlf -connect 198.51.100.1:465 -servername mx1.example.net   # wait for 220"
    (typed,) = lines("SMTP010", sessions(greeting=Reply(250, ("mx1.example.net",)))(facts))
    assert typed.startswith(spoken)


def test_an_address_is_not_sent_as_the_name_of_a_server() -> None:
    facts = exchanges(exchange(0, "198.51.100.1", "198.51.100.1"))(good())
    assert lines("TLS007", tls(version="TLSv1")(facts)) == {
        "openssl s_client -connect 198.51.100.1:25 -starttls smtp </dev/null | grep Protocol"
    }


def test_where_something_is_to_be_typed_the_input_is_not_closed() -> None:
    for one in CATALOGUE:
        assert not ("</dev/null" in one.reproduce and "then: " in one.reproduce), one.id
