"""The lines to type: they fit the subject, and no name in them can do harm."""

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from string import Formatter

import pytest

from auditor.checks import CATALOGUE, Selection, judge
from auditor.checks.by_hand import INSIDE, ByHand
from auditor.checks.core import Check, Evidence, Result, Scope, check
from auditor.checks.facts import Listed, Route
from auditor.checks.providers import PROVIDERS
from auditor.checks.subjects import Subject
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity
from auditor.model.route import ExchangeStatus
from auditor.model.session import Starttls
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    LOOKUP_FAILED,
    TIMED_OUT,
    all_of,
    exchange,
    exchanges,
    first_exchange,
    good,
    hello,
    on_port,
    sessions,
    tls,
)

ANYWHERE = {"domain", "exchange", "port", "address", "name", "type"}
MAY_NAME = {
    # All but the first by the evidence, of a domain and an exchange.
    Scope.DOMAIN: ANYWHERE | {"socket", "selector", "apex", "parent", "server", "other"},
    Scope.EXCHANGE: ANYWHERE | {"socket", "record"},
    # The last by what is spoken at the port.
    Scope.ENDPOINT: {"domain", "exchange", "address", "port", "socket", "protocol"},
}
MAY_BE_TYPED = {"ask", "leave", "starttls", "command"}
MAY_BE_EXPECTED = {"sign", "date", "other", "preference", "count", "over4", "over6", "without"}
IDS = [one.id for one in CATALOGUE]
LANGUAGE = re.compile(r"# (type|expect|expect no|note): \S.*|# expect nothing")


def by_hand(template: str, subject: Subject, domain: str, fill: Mapping[str, str] | None = None) -> str:
    return ByHand(subject, domain).lines(template, fill or {})


def names_in(line: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(line) if name}


@pytest.mark.parametrize("one", CATALOGUE, ids=IDS)
def test_the_lines_name_only_what_the_subject_has(one: Check) -> None:
    lines = one.reproduce.replace("{talk}", INSIDE).splitlines()
    commands = [line for line in lines if not line.startswith("#")]
    assert commands[0] == lines[0]
    assert all(names_in(line) and names_in(line) <= MAY_NAME[one.scope] for line in commands)
    for line in lines:
        assert line == line.strip()
        assert line in commands or LANGUAGE.fullmatch(line), line
        assert line in commands or names_in(line) <= MAY_NAME[one.scope] | MAY_BE_TYPED | MAY_BE_EXPECTED


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
    assert words == ["dig", "+noall", "+answer", harmless, "A"]


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
    endpoint = Endpoint("mx", "2001:db8::1", 25)
    subject = Subject(
        scope=Scope.ENDPOINT, name="x", exchange="mx", address=endpoint.address, port=endpoint.port, endpoint=endpoint
    )
    assert by_hand("-connect {socket}", subject, "example.com") == "-connect '[2001:db8::1]:25'"
    assert by_hand("telnet {address} {port}", subject, "example.com") == "telnet 2001:db8::1 25"


DOMAIN = Subject(scope=Scope.DOMAIN, name="example.com")


def test_what_is_expected_is_left_out_where_it_is_not_known() -> None:
    template = "dig {domain} MX\n# expect: {sign}\n# expect no: {domain}\n# note: {other}"
    assert by_hand(template, DOMAIN, "example.com") == "dig example.com MX\n# expect no: example.com\n# note: OTHER"


def test_what_people_read_is_not_quoted_and_stays_one_line() -> None:
    told = by_hand("dig {domain}\n# expect: {sign}", DOMAIN, "example.com", {"sign": "250 it's\nrm -rf /"})
    assert told == "dig example.com\n# expect: 250 it's?rm -rf /"


def test_a_command_that_comes_twice_is_said_once_and_what_is_said_of_it_stays_with_it() -> None:
    template = "dig {domain} A\n# expect nothing\ndig {name} A\n# expect nothing\ndig {name} AAAA\n# expect nothing"
    assert by_hand(template, DOMAIN, "example.com", {"name": "example.com"}).splitlines() == [
        *("dig example.com A", "# expect nothing"),
        *("dig example.com AAAA", "# expect nothing"),
    ]


def test_of_what_is_not_known_nothing_is_expected() -> None:
    (unknown, *_) = judge(TIMED_OUT(good()), Selection(include=("TLS001",))).findings
    assert "# expect" not in unknown.reproduce
    assert unknown.reproduce.startswith("telnet ")


def test_what_a_client_asks_in_the_end_is_asked_inside_tls_where_it_got_there() -> None:
    facts = exchanges(exchange(10, "mx1.example.net", "198.51.100.1"))(good())
    small = hello("mx1.example.net", "SIZE 1000")
    (inside,) = lines("SMTP026", sessions(ehlo_tls=small)(facts))
    assert inside.startswith("openssl s_client -quiet -crlf -connect 198.51.100.1:25 -starttls smtp")
    plain = sessions(ehlo=small, ehlo_tls=None, tls=None, starttls=Starttls.NOT_OFFERED)(facts)
    (clear,) = lines("SMTP026", plain)
    assert clear.startswith("telnet 198.51.100.1 25")
    assert inside.endswith("# expect: SIZE 1000")
    assert clear.endswith("# expect: SIZE 1000")


def test_where_the_lookup_failed_the_lookup_is_what_to_repeat() -> None:
    findings = judge(LOOKUP_FAILED(good()), Selection(include=("TLS",))).findings
    assert {one.reproduce for one in findings if one.check != "TLS006"} == {"dig example.com MX"}


def lines(check: str, facts: DomainFacts) -> set[str]:
    return {one.reproduce for one in judge(facts, Selection(include=(check,))).findings}


def test_on_the_port_of_implicit_tls_one_speaks_inside_tls_at_once() -> None:
    facts = all_of(exchanges(exchange(10, "mx1.example.net", "198.51.100.1")), on_port(465))(good())
    old = "-max_protocol TLSv1.1 -cipher DEFAULT@SECLEVEL=0 </dev/null"
    expected = "# expect no: Cipher is (NONE)\n# expect: Protocol…: TLSv1"
    assert lines("TLS007", tls(version="TLSv1")(facts)) == {
        f"openssl s_client -connect 198.51.100.1:465 -servername mx1.example.net {old}\n{expected}"
    }
    (typed,) = lines("SMTP010", sessions(greeting=Reply(250, ("mx1.example.net",)))(facts))
    spoken = "openssl s_client -quiet -crlf -connect 198.51.100.1:465 -servername mx1.example.net"
    assert typed == f"{spoken}\n# expect: 250"


def test_an_address_is_not_sent_as_the_name_of_a_server() -> None:
    facts = exchanges(exchange(0, "198.51.100.1", "198.51.100.1"))(good())
    (typed,) = lines("TLS007", tls(version="TLSv1")(facts))
    assert "198.51.100.1:25 -starttls smtp -max_protocol" in typed


def test_where_something_is_to_be_typed_the_input_is_not_closed() -> None:
    for one in CATALOGUE:
        for command, about in pairwise(one.reproduce.replace("{talk}", INSIDE).splitlines()):
            assert not ("</dev/null" in command and about.startswith("# type: ")), one.id
