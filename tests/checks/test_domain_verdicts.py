"""From what was seen of a domain to what is said of it: several subjects, and what was not seen."""

from dataclasses import replace
from itertools import product

import pytest

from auditor.checks import CATALOGUE, RULES_VERSION, Judge, Selection, judge
from auditor.checks.core import Scope
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.session import Outcome, Stage, Starttls
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    TARGET,
    TIMED_OUT,
    all_of,
    ended,
    exchange,
    first_session,
    good,
    judged,
    leaves,
    route,
    sessions,
    verdicts,
    with_exchanges,
)

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
OF_SERVERS = ("SMTP", "TLS")
MAY_PASS = (
    Outcome.DEFERRED,
    Outcome.CONNECT_TIMEOUT,
    Outcome.REPLY_TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.SKIPPED,
    Outcome.INTERNAL_ERROR,
)


def endpoint_is(facts: DomainFacts, number: int, outcome: Outcome) -> DomainFacts:
    """One of the endpoints ended otherwise, before anything was said."""
    one = facts.route.endpoints[number]
    other = TIMED_OUT(facts).sessions[one]
    return replace(facts, sessions={**facts.sessions, one: replace(other, outcome=outcome, error="in words")})


def counts(facts: DomainFacts, check: str) -> tuple[int, int, int]:
    judgement = judge(facts, Selection((check,)))
    return judgement.passed, judgement.failed, judgement.unknown


# Several subjects, one verdict


def test_one_server_that_fails_decides_over_one_that_is_unknown() -> None:
    unknown = endpoint_is(good(), 1, Outcome.CONNECT_TIMEOUT)
    assert counts(good(), "SMTP003") == (1, 0, 0)
    assert counts(unknown, "SMTP003") == (0, 0, 1)
    both = endpoint_is(unknown, 0, Outcome.REFUSED)
    assert counts(both, "SMTP003") == (0, 1, 0)
    assert verdicts("SMTP003", both) == {PASS, FAIL, UNKNOWN}
    assert [one.verdict for one in judge(both, Selection(("SMTP003",))).findings] == [FAIL, UNKNOWN]


def test_servers_to_which_a_check_does_not_apply_are_left_aside() -> None:
    facts = endpoint_is(good(), 0, Outcome.REFUSED)
    assert verdicts("TLS026", facts) == {NA, PASS}
    assert counts(facts, "TLS026") == (1, 0, 0)
    nowhere = ended(Outcome.REFUSED, Stage.CONNECT, "ECONNREFUSED")(good())
    assert counts(nowhere, "TLS026") == (0, 0, 0)


def test_the_worst_severity_of_the_servers_is_the_checks() -> None:
    facts = leaves(names=("other.example",))(good())
    submission, *relays = (replace(facts.route.endpoints[0], port=587), *facts.route.endpoints[1:])
    spoken = {**facts.sessions, submission: replace(facts.sessions[facts.route.endpoints[0]], endpoint=submission)}
    moved = replace(facts, route=replace(facts.route, endpoints=(submission, *relays)), sessions=spoken)
    judgement = judge(moved, Selection(("TLS021",)))
    assert {one.severity for one in judgement.findings} == {Severity.HIGH, Severity.LOW}
    assert judgement.findings[0].subject == str(submission)
    assert (judgement.worst_severity, judgement.failed) == (Severity.HIGH, 1)


def test_each_piece_of_evidence_is_a_finding_and_the_check_fails_once() -> None:
    twice = (
        exchange(10, "mx1.example.net", "198.51.100.1"),
        exchange(10, "mx2.example.net", "203.0.113.1"),
        exchange(20, "mx1.example.net", "198.51.100.1"),
        exchange(30, "mx2.example.net", "203.0.113.1"),
    )
    judgement = judge(with_exchanges(good(), *twice), Selection(("MX014",)))
    assert [one.evidence for one in judgement.findings] == [
        "mx1.example.net at preferences 10, 20",
        "mx2.example.net at preferences 10, 30",
    ]
    assert (judgement.failed, judgement.score) == (1, 0)


def test_every_check_is_judged_on_every_subject_of_its_scope() -> None:
    subjects = {Scope.DOMAIN: 1, Scope.EXCHANGE: 2, Scope.ENDPOINT: 4}
    judgement = judge(good())
    for check in CATALOGUE:
        assert len([one for one in judgement.judged if one.check is check]) == subjects[check.scope], check.id


def test_a_finding_carries_what_its_check_says() -> None:
    facts = all_of(leaves(names=("other.example",)), route(aliases=("b.example",)))(good())
    for finding in judge(facts).findings:
        check = next(one for one in CATALOGUE if one.id == finding.check)
        assert (finding.name, finding.reference, finding.remediation) == (
            check.name,
            check.reference,
            check.remediation,
        )
        assert (finding.domain, finding.rules_version) == ("example.com", RULES_VERSION)


def test_findings_of_the_same_weight_keep_the_order_of_the_catalogue() -> None:
    facts = ended(Outcome.REFUSED, Stage.CONNECT, "ECONNREFUSED")(route(ttl_seconds=1)(good()))
    ids = [check.id for check in CATALOGUE]
    findings = [(one.verdict is UNKNOWN, one.severity.rank, ids.index(one.check)) for one in judge(facts).findings]
    assert findings == sorted(findings)


# One judge for many domains


def test_a_shared_endpoint_is_said_of_each_domain_in_its_own_name() -> None:
    facts = endpoint_is(good(), 0, Outcome.REFUSED)
    other = replace(
        facts, target=replace(TARGET, domain="other.example"), route=replace(facts.route, domain="other.example")
    )
    shared = Judge()
    first, second = shared.judge(facts), shared.judge(other)
    assert [one._replace(domain="", reproduce="", subject="") for one in first.findings] == [
        one._replace(domain="", reproduce="", subject="") for one in second.findings
    ]
    assert {one.domain for one in second.findings} == {"other.example"}
    assert "example.com" not in "".join(one.reproduce for one in second.findings)
    assert second.judged == judge(other).judged


def test_judging_again_says_the_same() -> None:
    facts = all_of(leaves(names=()), first_session(outcome=Outcome.REFUSED))(good())
    shared = Judge()
    assert shared.judge(facts) == shared.judge(facts) == judge(facts)


# What was not looked for, and what could not be seen


def test_what_was_not_contacted_is_unknown_server_by_server() -> None:
    facts = replace(good(), sessions=dict(list(good().sessions.items())[:3]))
    last = str(good().route.endpoints[3])
    of_endpoints = [one for one in judge(facts).judged if one.check.scope is Scope.ENDPOINT]
    applies = {one.verdict for one in of_endpoints if one.subject.name == last} - {Verdict.NOT_APPLICABLE}
    assert applies == {UNKNOWN}
    assert UNKNOWN not in {one.verdict for one in of_endpoints if one.subject.name != last}


@pytest.mark.parametrize("status", [MxStatus.NULL, MxStatus.NONE, MxStatus.NXDOMAIN])
def test_where_no_mail_is_taken_nothing_is_said_of_servers(status: MxStatus) -> None:
    named = (exchange(0, "."),) if status is MxStatus.NULL else ()
    facts = replace(with_exchanges(good(), *named), route=replace(good().route, status=status, exchanges=named))
    facts = replace(facts, route=replace(facts.route, endpoints=()))
    judgement = judge(facts)
    of_servers = [one for one in judgement.judged if one.check.family in OF_SERVERS]
    assert {one.verdict for one in of_servers} == {NA}
    assert not [one for one in judgement.findings if one.verdict is UNKNOWN]


def test_without_contact_nothing_is_said_of_servers_and_everything_of_the_dns() -> None:
    facts = replace(good(), dns_only=True, sessions={}, route=replace(good().route, endpoints=()))
    judgement = judge(facts)
    assert {one.verdict for one in judgement.judged if one.check.family in OF_SERVERS} == {NA}
    assert judgement.coverage == 1.0
    assert judgement.score == 100


@pytest.mark.parametrize(
    "status", [MxStatus.SERVFAIL, MxStatus.REFUSED, MxStatus.TIMEOUT, MxStatus.MALFORMED, MxStatus.BOGUS]
)
def test_an_mx_lookup_that_failed_fails_nothing_but_itself(status: MxStatus) -> None:
    facts = route(status=status, exchanges=(), endpoints=(), error="in words")(replace(good(), sessions={}))
    judgement = judge(facts)
    assert {one.check for one in judgement.findings if one.verdict is FAIL} == (
        {"DNS001"} if status is MxStatus.BOGUS else set()
    )
    assert any(f"{status} (in words)" in one.evidence for one in judgement.findings if one.verdict is UNKNOWN)


@pytest.mark.parametrize("status", [status for status in ExchangeStatus if not status.known])
def test_an_address_lookup_that_failed_fails_nothing_but_itself(status: ExchangeStatus) -> None:
    unknown = replace(exchange(10, "mx1.example.net"), status=status, errors=(f"A: {status}", f"AAAA: {status}"))
    facts = with_exchanges(good(), unknown, exchange(20, "mx2.example.net", "203.0.113.1", "2001:db8:2::1"))
    judgement = judge(facts)
    assert {one.check for one in judgement.findings if one.verdict is FAIL} == (
        {"DNS002"} if status is ExchangeStatus.BOGUS else set()
    )
    assert UNKNOWN in {one.verdict for one in judgement.findings if one.subject == "mx1.example.net"}


@pytest.mark.parametrize(("outcome", "stage"), list(product(MAY_PASS, Stage)))
def test_an_ending_that_may_pass_fails_nothing(outcome: Outcome, stage: Stage) -> None:
    facts = ended(outcome, stage, "in words")(good())
    judgement = judge(facts)
    assert {one.verdict for one in judgement.findings} == {UNKNOWN}
    assert {one.check for one in judgement.findings} >= {"SMTP001", "SMTP003", "TLS001", "TLS023"}


@pytest.mark.parametrize("outcome", MAY_PASS)
def test_what_was_seen_before_such_an_ending_still_counts(outcome: Outcome) -> None:
    seen = sessions(greeting=Reply(250, ("localhost ESMTP Exim 4.94.2",)))
    facts = all_of(ended(outcome, Stage.EHLO, "in words"), seen)(good())
    failed = {one.check for one in judge(facts).findings if one.verdict is FAIL}
    assert failed == {"SMTP010", "SMTP020", "SMTP021"}


@pytest.mark.parametrize("outcome", MAY_PASS)
def test_a_certificate_seen_before_such_an_ending_still_counts(outcome: Outcome) -> None:
    facts = all_of(sessions(outcome=outcome, stage=Stage.EHLO_TLS, ehlo_tls=None), leaves(names=("x.example",)))(good())
    failed = {one.check for one in judge(facts).findings if one.verdict is FAIL}
    assert failed == {"TLS021", "STS006", "CROSS008"}
    assert UNKNOWN in verdicts("TLS005", facts)


def test_a_server_without_tls_has_no_certificate_to_judge() -> None:
    plain = {"tls": None, "ehlo_tls": None, "plaintext_after_starttls": None, "starttls_reply": None}
    facts = sessions(starttls=Starttls.NOT_OFFERED, **plain)(good())
    assert {one.check for one in judge(facts).findings} == {"TLS001", "STS006", "DANE002"}


def test_an_endpoint_beside_those_of_the_route_changes_nothing() -> None:
    stray = Endpoint("mx9.example.net", "198.51.100.9", 25)
    kept = next(iter(good().sessions.values()))
    facts = replace(good(), sessions={**good().sessions, stray: replace(kept, endpoint=stray, outcome=Outcome.REFUSED)})
    assert judge(facts).findings == ()
    assert len(judged("SMTP003", facts)) == 4
