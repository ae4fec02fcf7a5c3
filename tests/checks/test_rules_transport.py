"""Rules of judging MTA-STS, TLS-RPT and DANE: what weighs more, what is told, and what is not known."""

from dataclasses import replace

import pytest

from auditor.checks import Selection, judge
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.mta_sts import FetchOutcome
from auditor.model.published import RecordStatus
from auditor.model.session import Outcome, Stage
from tests.checks.builders import (
    ADDRESSES_FAILED,
    DAY,
    LOOKUP_FAILED,
    NOW,
    ROUTE_FAILED,
    Spoil,
    all_of,
    ended,
    evidence,
    first_session,
    good,
    judged,
    on_port,
    route,
    severities,
    verdicts,
)
from tests.checks.cases_servers import complaint
from tests.checks.cases_together import OWN_ADDRESS
from tests.checks.cases_transport import NO_STS, NO_TLSA, NOT_USED, policy_host
from tests.checks.published import KEY_IN_USE, NEXT_KEY
from tests.checks.spoilt import NULL_MX, fetch, first_tlsa, policy, published, rpt, sts, tlsa

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
OF_TRANSPORT = Selection(include=("STS", "RPT", "DANE", "CROSS"))


def lines(check: str, facts: DomainFacts) -> list[str]:
    """The lines to type of each finding."""
    return [one.reproduce for one in judge(facts, Selection(include=(check,))).findings]


# MTA-STS


@pytest.mark.parametrize(
    ("spoil", "weight"),
    [
        (policy("mx: mx1.example.net"), Severity.HIGH),
        (policy("mx: mx.old.example"), Severity.CRITICAL),
        (policy("mx: mx1.example.net", mode="testing"), Severity.MEDIUM),
        (policy("mx: mx.old.example", mode="testing"), Severity.MEDIUM),
    ],
)
def test_an_exchange_that_is_not_listed_weighs_by_mode_and_by_what_is_left(spoil: Spoil, weight: Severity) -> None:
    assert severities("STS005", spoil(good())) == {weight}


def test_of_thousands_of_patterns_a_few_are_told_to_each_exchange() -> None:
    long = policy(*(f"mx: mx{number}.old.example" for number in range(3000)))(good())
    assert evidence("STS011", long).endswith("mx19.old.example, and 2980 more")
    assert [
        one.evidence.endswith("mx19.old.example, and 2980 more (mode enforce)") for one in judged("STS005", long)
    ] == [
        True,
        True,
    ]


def test_exchanges_that_fail_or_are_missing_leave_none_together() -> None:
    untrusted = complaint(20)
    assert severities("STS006", untrusted(good())) == {Severity.CRITICAL}
    assert severities("STS006", all_of(untrusted, policy("mx: mx1.example.net"))(good())) == {Severity.CRITICAL}
    assert severities("STS005", all_of(untrusted, policy("mx: mx1.example.net"))(good())) == {Severity.CRITICAL}
    assert severities("STS006", all_of(untrusted, policy("mx: *.example.net", mode="testing"))(good())) == {
        Severity.MEDIUM
    }


def test_a_certificate_that_nobody_asks_for_is_no_failure_by_itself() -> None:
    facts = all_of(complaint(20), sts(text="", id=""), NO_TLSA)(good())
    failed = {(one.check, one.severity) for one in judge(facts).findings if one.severity.rank < Severity.LOW.rank}
    assert failed == set()


def test_the_exchange_that_fails_is_in_the_lines_to_type() -> None:
    (first, *_) = lines("STS006", complaint(20)(good()))
    assert first.splitlines()[-2] == (
        "openssl s_client -starttls smtp -connect mx1.example.net:25 -servername mx1.example.net"
        " -verify_hostname mx1.example.net </dev/null"
    )


def test_what_was_seen_to_fail_counts_beside_what_was_not_tested() -> None:
    facts = all_of(complaint(20), first_session(outcome=Outcome.CONNECT_TIMEOUT, tls=None))(good())
    assert verdicts("STS006", facts) == {FAIL}


@pytest.mark.parametrize(
    ("max_age", "weight"), [(86_399, Severity.LOW), (86_400, Severity.INFO), (1_209_599, Severity.INFO)]
)
def test_a_policy_that_is_forgotten_within_a_day_protects_next_to_nothing(max_age: int, weight: Severity) -> None:
    assert severities("STS009", policy("mx: *.example.net", max_age=max_age)(good())) == {weight}


def test_two_weeks_are_long_enough() -> None:
    assert verdicts("STS009", policy("mx: *.example.net", max_age=1_209_600)(good())) == {PASS}


def test_a_certificate_of_a_week_is_not_about_to_expire_all_its_life() -> None:
    fresh = policy_host(not_before=NOW - DAY, not_after=NOW + 6 * DAY)
    assert verdicts("STS012", fresh(good())) == {PASS}
    late = policy_host(not_before=NOW - 6 * DAY, not_after=NOW + DAY)
    assert verdicts("STS012", late(good())) == {FAIL}


@pytest.mark.parametrize("outcome", [outcome for outcome in FetchOutcome if not outcome.telling])
def test_a_fetch_that_says_nothing_of_the_host_fails_nothing(outcome: FetchOutcome) -> None:
    facts = fetch(outcome=outcome, status=None, body="", tls=None, error="in words")(good())
    findings = judge(facts, OF_TRANSPORT).findings
    assert {one.verdict for one in findings} == {UNKNOWN}
    assert {one.check for one in findings} >= {"STS003", "STS004", "STS005", "STS006"}


def test_a_policy_that_was_not_fetched_is_not_missing() -> None:
    assert verdicts("STS003", replace(good(), policy_fetch=None)) == {UNKNOWN}
    assert verdicts("STS003", sts(id="", text="", unknown="TXT: timeout")(good())) == {UNKNOWN}
    assert verdicts("STS003", replace(good(), policy_fetch=None, dns_only=True)) == {NA}


def test_where_the_route_is_not_known_no_line_of_the_policy_is_unused() -> None:
    facts = all_of(ROUTE_FAILED, policy("mx: mx.old.example"))(good())
    assert verdicts("STS011", facts) == verdicts("STS005", facts) == {UNKNOWN}


# TLS-RPT


def test_without_reports_a_promise_of_tls_weighs_more() -> None:
    silent = rpt(status=RecordStatus.NONE, rua=())
    assert severities("RPT001", silent(good())) == {Severity.LOW}
    assert "while MTA-STS and DANE would give" in evidence("RPT001", silent(good()))
    assert "while MTA-STS would give" in evidence("RPT001", all_of(silent, tlsa(dnssec=Dnssec.INSECURE))(good()))


# DANE


@pytest.mark.parametrize(
    ("spoil", "weight"),
    [
        (tlsa(records=(NEXT_KEY,)), Severity.CRITICAL),
        (first_tlsa(records=(NEXT_KEY,)), Severity.HIGH),
        (all_of(tlsa(records=(NEXT_KEY,)), route(dnssec=Dnssec.INSECURE)), Severity.HIGH),
        (all_of(tlsa(records=(NEXT_KEY,)), route(dnssec=Dnssec.INDETERMINATE)), Severity.HIGH),
    ],
)
def test_a_mismatch_weighs_by_what_is_left_and_by_who_applies_it(spoil: Spoil, weight: Severity) -> None:
    assert severities("DANE002", spoil(good())) == {weight}


def test_records_that_cannot_be_used_ask_for_tls_all_the_same() -> None:
    unusable = tlsa(records=(NOT_USED,))
    assert verdicts("DANE002", unusable(good())) == {PASS}
    assert severities("DANE003", tlsa(records=(NOT_USED, KEY_IN_USE))(good())) == {Severity.LOW}
    assert severities("DANE003", unusable(good())) == {Severity.MEDIUM}


def test_a_server_that_is_down_is_no_mismatch() -> None:
    facts = ended(Outcome.REFUSED, Stage.CONNECT, "ECONNREFUSED")(good())
    assert FAIL not in verdicts("DANE002", facts)
    assert verdicts("DANE009", facts) == {UNKNOWN}


def test_another_port_is_filled_in() -> None:
    moved = all_of(on_port(2525), tlsa(port=2525, name="_2525._tcp.mx", records=(NOT_USED,)))
    assert {line for one in lines("DANE003", moved(good())) for line in one.splitlines()[:1]} == {
        "dig +dnssec _2525._tcp.mx1.example.net TLSA",
        "dig +dnssec _2525._tcp.mx2.example.net TLSA",
    }


def test_unsigned_addresses_of_the_exchange_are_told_from_unsigned_records() -> None:
    assert "the address of the exchange is not" in evidence("DANE005", tlsa(host_dnssec=Dnssec.INSECURE)(good()))
    assert "the TLSA answer is not" in evidence("DANE005", tlsa(dnssec=Dnssec.INSECURE)(good()))


def test_each_exchange_without_records_is_told_with_its_line() -> None:
    facts = first_tlsa(records=())(good())
    assert evidence("DANE007", facts) == "_25._tcp.mx1.example.net: no signed record"
    (shown,) = lines("DANE007", facts)
    assert shown.splitlines()[:2] == ["dig +short example.com MX", "dig +dnssec _25._tcp.mx1.example.net TLSA"]
    assert verdicts("DANE007", tlsa(dnssec=Dnssec.INSECURE)(good())) == {NA}


def test_without_contact_nothing_is_said_of_what_servers_present() -> None:
    facts = replace(good(), dns_only=True, sessions={})
    assert verdicts("DANE002", facts) == verdicts("DANE009", facts) == {NA}
    assert verdicts("DANE008", facts) == {PASS}


def test_without_a_validating_resolver_nothing_is_said_of_dane() -> None:
    unproven = all_of(
        tlsa(dnssec=Dnssec.INDETERMINATE, host_dnssec=Dnssec.INDETERMINATE), route(dnssec=Dnssec.INDETERMINATE)
    )
    failed = [one.check.id for one in judge(unproven(good()), OF_TRANSPORT).judged if one.verdict is FAIL]
    assert failed == []
    assert "--trust-ad" in evidence("DANE006", unproven(good()))


# Together


def test_dane_and_mta_sts_disagree_in_either_direction() -> None:
    assert "allowed by its TLSA records, not by MTA-STS" in evidence("CROSS004", complaint(20)(good()))
    facts = first_tlsa(records=(NEXT_KEY,))(good())
    assert evidence("CROSS004", facts) == "mx1.example.net port 25: allowed by MTA-STS, not by its TLSA records"
    assert lines("CROSS004", facts)[0].endswith("dig +dnssec _25._tcp.mx1.example.net TLSA\n# expect: TLSA")


def test_reports_to_an_address_that_cannot_be_delivered_are_told_one_by_one() -> None:
    facts = all_of(NULL_MX, OWN_ADDRESS, rpt(rua=("mailto:tls@example.com", "mailto:tls@other.example")))(good())
    assert [one.evidence for one in judged("CROSS009", facts)] == [
        "mailto:dmarc@example.com (MX status null)",
        "mailto:tls@example.com (MX status null)",
    ]


def test_a_domain_whose_servers_do_not_answer_is_unknown_throughout() -> None:
    judgement = judge(LOOKUP_FAILED(good()), OF_TRANSPORT)
    assert {one.verdict for one in judgement.judged} == {UNKNOWN}
    gone = replace(good(), published=None)
    assert "was not looked up in this run" in evidence("STS001", gone)


def test_records_at_ports_of_submission_say_nothing_of_the_way_to_the_exchanges() -> None:
    def elsewhere(facts: DomainFacts) -> DomainFacts:
        assert facts.published is not None
        moved = {(host, 465): replace(one, port=465) for (host, _), one in facts.published.tlsa.items()}
        return replace(facts, published=replace(facts.published, tlsa=moved))

    submission = elsewhere(all_of(NO_STS, rpt(status=RecordStatus.NONE))(good()))
    assert verdicts("STS001", submission) == {UNKNOWN}
    assert verdicts("CROSS008", submission) == {UNKNOWN}
    assert verdicts("DANE001", submission) == {UNKNOWN}
    assert evidence("DANE001", submission) == "no exchange was asked about at a port that servers relay to"
    assert evidence("RPT001", submission) == "no TLS-RPT record"


@pytest.mark.parametrize("check", ["STS001", "CROSS008"])
@pytest.mark.parametrize("spoil", [ROUTE_FAILED, ADDRESSES_FAILED])
def test_exchanges_that_are_not_known_may_have_records(check: str, spoil: Spoil) -> None:
    no_policy = NO_STS if check == "STS001" else route()
    assert verdicts(check, all_of(no_policy, published(tlsa={}), spoil)(good())) == {UNKNOWN}
    assert verdicts(check, all_of(no_policy, published(tlsa={}))(good())) == {FAIL}
