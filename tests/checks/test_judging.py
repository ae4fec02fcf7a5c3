"""From verdicts on subjects to findings, scores and selections."""

from dataclasses import replace

import pytest

from auditor.checks import CATALOGUE, RULES_VERSION, Judge, Selection, judge, judging
from auditor.checks.scoring import CAPS, WEIGHTS
from auditor.errors import UsageError
from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity, Verdict
from auditor.model.session import AccessSession, Outcome, Stage
from tests.checks.builders import TARGET, first_session, good, leaves, sessions
from tests.checks.cards import OnDomain, card, on_subjects
from tests.checks.cases_servers import TLS_CASES, complaint
from tests.checks.cases_tls_depth import TLS_DEPTH_CASES

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("verdicts", "one"),
    [
        ([PASS, UNKNOWN, FAIL], FAIL),
        ([PASS, UNKNOWN, NA], UNKNOWN),
        ([PASS, NA], PASS),
        ([NA, NA], NA),
        ([], NA),
    ],
)
def test_the_worst_subject_decides(verdicts: list[Verdict], one: Verdict) -> None:
    assert on_subjects(verdicts) is one


def test_a_score_is_the_weight_that_passed_under_the_cap_of_the_worst() -> None:
    came = card([OnDomain(PASS, Severity.HIGH), OnDomain(PASS, Severity.HIGH), OnDomain(FAIL, Severity.LOW)])
    assert (came.score, came.passed, came.failed, came.unknown, came.coverage) == (89, 2, 1, 0, 1.0)
    assert card([OnDomain(PASS, Severity.CRITICAL)] * 50 + [OnDomain(FAIL, Severity.HIGH)]).score == CAPS[Severity.HIGH]


def test_unknown_counts_neither_way_but_shows_in_the_coverage() -> None:
    came = card([OnDomain(PASS, Severity.HIGH), OnDomain(UNKNOWN, Severity.HIGH), OnDomain(NA, Severity.HIGH)])
    assert (came.score, came.coverage, came.applicable) == (100, 0.5, 2)


def test_where_nothing_was_judged_there_is_no_score() -> None:
    came = card([OnDomain(UNKNOWN, Severity.HIGH)])
    assert (came.score, came.coverage, came.worst_severity) == (None, 0.0, None)
    assert card([]).coverage is None
    assert card([OnDomain(PASS, Severity.INFO)]).score is None
    assert WEIGHTS[Severity.INFO] == 0


def test_findings_stand_worst_first_and_carry_everything() -> None:
    facts = first_session(outcome=Outcome.REFUSED, error="ECONNREFUSED")(leaves(names=("*.example.net",))(good()))
    findings = judge(facts).findings
    ranks = [(one.verdict is UNKNOWN, one.severity.rank) for one in findings]
    assert ranks == sorted(ranks)
    refused = next(one for one in findings if one.check == "SMTP003")
    assert (refused.domain, refused.subject) == ("example.com", "mx1.example.net/198.51.100.1:25")
    assert refused.reproduce.startswith("telnet 198.51.100.1 25")
    assert refused.rules_version == RULES_VERSION
    counts = judge(facts)
    assert (counts.passed > 0, counts.failed > 0, counts.unknown) == (True, True, 0)


def test_a_shared_endpoint_is_judged_once_and_reported_for_each_domain() -> None:
    judge_all = Judge(Selection(include=("SMTP003",)))
    facts = sessions(outcome=Outcome.REFUSED)(good())
    other = replace(facts, target=replace(TARGET, domain="other.example"), sessions={})
    assert {one.domain for one in judge_all.judge(facts).findings} == {"example.com"}
    found = judge_all.judge(other).findings
    assert {(one.domain, one.verdict) for one in found} == {("other.example", FAIL)}


def test_judged_endpoints_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_KEPT_ENDPOINTS", 3)
    judge_all = Judge(Selection(include=("SMTP003",)))
    for number in range(5):
        endpoint = Endpoint(f"mx{number}.example.net", "198.51.100.1", 25)
        judge_all.judge(replace(good(), route=replace(good().route, endpoints=(endpoint,)), sessions={}))
    assert [one.exchange for one, *_ in judge_all._endpoints] == [f"mx{number}.example.net" for number in (2, 3, 4)]


def test_a_server_that_was_named_directly_is_judged_apart_from_what_tlsa_records_make_of_it() -> None:
    judge_all = Judge(Selection(include=("TLS020",)))
    untrusted = complaint(18, "self-signed certificate")(good())
    named = replace(untrusted, published=None)
    for facts in (named, untrusted, named):
        failed = [one.check for one in judge_all.judge(facts).findings]
        assert failed == (["TLS020"] * 4 if facts.published is None else [])


def test_an_endpoint_that_was_not_contacted_is_unknown() -> None:
    findings = judge(replace(good(), sessions={}), Selection(include=("TLS001",))).findings
    assert {one.verdict for one in findings} == {UNKNOWN}
    assert "before the run ended" in findings[0].evidence


def test_without_contact_nothing_of_transport_applies() -> None:
    facts = replace(good(), dns_only=True, sessions={}, route=replace(good().route, endpoints=()))
    judgement = judge(facts)
    assert not [one for one in judgement.findings if one.check.startswith(("SMTP", "TLS"))]
    no_endpoint = replace(facts, dns_only=False)
    assert not [one for one in judge(no_endpoint).findings if one.check.startswith(("SMTP", "TLS"))]


def test_a_certificate_that_was_not_kept_is_unknown() -> None:
    findings = judge(replace(good(), certificates={}), Selection(include=("TLS023",))).findings
    assert {one.verdict for one in findings} == {UNKNOWN}


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (("MX003",), (), {"MX003"}),
        (("mx-alias",), (), {"MX003"}),
        (("mx",), ("MX00", "MX01"), {"MX020", "MX021"}),
        (("TLS",), (), {case.check for case in (*TLS_CASES, *TLS_DEPTH_CASES)}),
    ],
)
def test_checks_are_chosen_by_id_name_and_prefix(
    include: tuple[str, ...], exclude: tuple[str, ...], expected: set[str]
) -> None:
    assert {one.id for one in Selection(include, exclude).of(CATALOGUE)} == expected


@pytest.mark.parametrize(("word", "hint"), [("mx-alais", "mx-alias"), ("TLS99", "TLS"), ("???", "auditor explain")])
def test_a_word_that_names_no_check_is_a_users_error(word: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        Selection(exclude=(word,)).of(CATALOGUE)


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (Outcome.REFUSED, Stage.CONNECT),
        (Outcome.CONNECT_TIMEOUT, Stage.CONNECT),
        (Outcome.REPLY_TIMEOUT, Stage.GREETING),
        (Outcome.CLOSED, Stage.GREETING),
    ],
)
def test_what_nobody_promised_is_not_missed(outcome: Outcome, stage: Stage) -> None:
    sought = Endpoint("mx1.example.net", "198.51.100.1", 143, sought=True)
    session = AccessSession(endpoint=sought, outcome=outcome, stage=stage)
    facts = good()
    more = replace(
        facts,
        route=replace(facts.route, endpoints=(*facts.route.endpoints, sought)),
        sessions={**facts.sessions, sought: session},
    )
    assert judge(more).findings == ()
    assert (judge(more).score, judge(more).coverage) == (100, 1.0)
    promised = replace(sought, sought=False)
    missed = replace(more, route=replace(more.route, endpoints=(*facts.route.endpoints, promised)))
    assert {one.check for one in judge(missed).findings} & {"ACC001", "ACC003", "ACC004"}
