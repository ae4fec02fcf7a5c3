"""Rules of judging, one by one: who takes mail, and how servers answer."""

from dataclasses import replace

import pytest

from auditor.checks import judge
from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity, Verdict
from auditor.model.route import ExchangeStatus
from auditor.model.session import Blame, Outcome, Stage, Starttls
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    KEYWORDS,
    NO_TLS,
    REFUSED,
    TIMED_OUT,
    all_of,
    ended,
    evidence,
    exchange,
    exchanges,
    first_exchange,
    first_session,
    good,
    hello,
    judged,
    on_port,
    route,
    sessions,
    severities,
    verdicts,
)

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


# Whether anybody takes mail


def test_an_exchange_that_was_not_contacted_may_take_mail() -> None:
    facts = all_of(REFUSED, route(endpoints=good().route.endpoints[:3]))(good())
    assert verdicts("SMTP001", facts) == {UNKNOWN}
    assert "mx2.example.net 2001:db8:2::1: not contacted" in evidence("SMTP001", facts)


def test_addresses_that_could_not_be_looked_up_may_take_mail() -> None:
    facts = all_of(REFUSED, first_exchange(errors=("AAAA: servfail",)))(good())
    assert evidence("SMTP001", facts) == "mx1.example.net AAAA: servfail"


def test_only_the_port_of_exchanges_says_whether_mail_is_taken() -> None:
    assert verdicts("SMTP001", all_of(on_port(587), REFUSED)(good())) == {NA}
    assert severities("SMTP003", all_of(on_port(587), REFUSED)(good())) == {Severity.MEDIUM}
    facts = TIMED_OUT(good())
    extra = Endpoint("mx1.example.net", "198.51.100.1", 587)
    facts = replace(
        facts,
        route=replace(facts.route, endpoints=(*facts.route.endpoints, extra)),
        sessions={**facts.sessions, extra: replace(next(iter(good().sessions.values())), endpoint=extra)},
    )
    assert verdicts("SMTP001", facts) == {UNKNOWN}


@pytest.mark.parametrize(
    ("greeting", "severity"),
    [(Reply(521, ("no mail here",)), Severity.CRITICAL), (Reply(554, ("5.7.1 blocked by a list",)), Severity.HIGH)],
)
def test_who_is_rejected_may_be_this_client_alone(greeting: Reply, severity: Severity) -> None:
    facts = all_of(ended(Outcome.REJECTED, Stage.GREETING, "no"), sessions(greeting=greeting))(good())
    assert severities("SMTP001", facts) == {severity}
    assert verdicts("SMTP004", facts) == {FAIL}


@pytest.mark.parametrize("blame", [Blame.OURS, Blame.PATH])
def test_what_lies_on_our_side_or_the_path_fails_nothing(blame: Blame) -> None:
    facts = all_of(ended(Outcome.RESET, Stage.GREETING, "reset"), sessions(blame=blame))(good())
    assert {finding.verdict for finding in judge(facts).findings} == {UNKNOWN}


def test_a_preferred_exchange_without_address_is_named() -> None:
    gone = replace(exchange(5, "mx0.example.net"), status=ExchangeStatus.NXDOMAIN)
    facts = exchanges(gone, exchange(10, "mx1.example.net", "198.51.100.1"))(good())
    assert verdicts("SMTP002", facts) == {FAIL}
    assert evidence("SMTP002", facts) == "mx0.example.net: nxdomain"


def test_a_null_mx_beside_others_is_no_preferred_exchange() -> None:
    facts = all_of(exchanges(exchange(0, "."), exchange(10, "mx1.example.net", "198.51.100.1")))(good())
    assert verdicts("SMTP002", facts) == {NA}


# Both families


def test_keywords_that_differ_between_the_families_are_told() -> None:
    facts = first_session(ehlo=hello("mx1.example.net", "PIPELINING", "STARTTLS"))(good())
    told = evidence("SMTP012", facts)
    assert "IPv4 completed, STARTTLS ok, TLSv1.3, certificate trusted, keywords PIPELINING STARTTLS, greets as" in told


def test_another_host_of_the_same_organization_is_no_difference_but_of_another_is() -> None:
    other = first_session(greeting=Reply(220, ("node2.example.net",)))(good())
    assert verdicts("SMTP012", other) == {Verdict.PASS}
    assert "greets as example.org;" in evidence(
        "SMTP012", first_session(greeting=Reply(220, ("a.example.org",)))(good())
    )


def test_different_hosts_of_one_family_each_are_not_compared() -> None:
    facts = exchanges(exchange(10, "a.example.net", "198.51.100.1"), exchange(20, "b.example.net", "2001:db8::1"))
    assert verdicts("SMTP012", facts(good())) == {NA}


def test_a_difference_stands_whatever_else_is_unknown() -> None:
    facts = first_session(starttls=Starttls.NOT_OFFERED, **NO_TLS)(good())
    other = facts.route.endpoints[2]
    facts = replace(facts, sessions={one: kept for one, kept in facts.sessions.items() if one != other})
    (only,) = judged("SMTP012", facts)
    assert (only.verdict, only.evidence[:23]) == (FAIL, "mx1.example.net port 25")


def test_a_family_that_was_not_reached_is_unknown() -> None:
    facts = first_session(outcome=Outcome.SKIPPED, error="no IPv6 route from here")(good())
    assert verdicts("SMTP012", facts) == {UNKNOWN}


# The greeting and the names


@pytest.mark.parametrize("host", ["mx1.example.net", "[198.51.100.1]", "[IPv6:2001:db8::1]"])
def test_a_server_may_name_itself_by_name_or_address(host: str) -> None:
    facts = sessions(greeting=Reply(220, (f"{host} ESMTP",)), ehlo=hello(f"{host} hello", *KEYWORDS))(good())
    assert verdicts("SMTP020", facts) == verdicts("SMTP013", facts) == {PASS}


def test_a_server_that_names_nothing_is_told_so() -> None:
    facts = sessions(greeting=Reply(220, ("",)), ehlo=hello("", *KEYWORDS))(good())
    assert evidence("SMTP013", facts).startswith("the reply names no host")
    assert evidence("SMTP020", facts).startswith("the greeting names no host")


def test_a_server_that_knows_no_ehlo_has_no_reply_to_it() -> None:
    facts = sessions(ehlo=Reply(502, ("what",)), helo=Reply(250, ("mx",)), starttls=Starttls.NOT_OFFERED)(good())
    assert verdicts("SMTP013", facts) == {NA}
    assert verdicts("SMTP009", facts) == {FAIL}
