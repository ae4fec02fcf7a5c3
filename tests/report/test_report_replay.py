"""A recorded run is judged again from its journal alone, also where it did not ask what is asked today."""

import pytest

from auditor.config import Config
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.contact import SurveyPlan
from auditor.policy.drive import replay
from auditor.policy.survey import survey
from auditor.report.recorded import recall_survey
from tests.report.literal import STARTED, target_of
from tests.report.published import answer_of

DOMAIN, HOST = "a.example", "mx.a.example"
TARGET = target_of(DOMAIN)
ROUTE = (
    answer_of(DOMAIN, "MX", f"10 {HOST}"),
    answer_of(HOST, "A", "9.9.9.9"),
    answer_of(HOST, "AAAA"),
)
POLICY = (
    answer_of(DOMAIN, "TXT", "v=spf1 include:_spf.mailer.example -all"),
    answer_of("_spf.mailer.example", "TXT", "v=spf1 ip4:203.0.113.0/25 ~all"),
    answer_of(f"_dmarc.{DOMAIN}", "TXT", f"v=DMARC1; p=reject; rua=mailto:d@{DOMAIN}"),
    answer_of(f"_mta-sts.{DOMAIN}", "TXT", "v=STSv1; id=20260901;"),
    answer_of(f"_smtp._tls.{DOMAIN}", "TXT", f"v=TLSRPTv1; rua=mailto:t@{DOMAIN}"),
    answer_of(f"_25._tcp.{HOST}", "TLSA", "3 1 1 " + "ab" * 32),
)


def plan() -> SurveyPlan:
    return Config().survey_plan(STARTED, ad_trusted=True)


class Zone:
    """Answers by question; every other name exists without such a record, and what was asked is kept."""

    def __init__(self, *answers: Answer) -> None:
        self.recorded = {one.question: one for one in answers}
        self.asked: list[Question] = []

    def whole(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.recorded.get(question) or answer_of(question.name, question.type)


def everything() -> tuple[Answer, ...]:
    """All that a survey of today asks, in its order."""
    zone = Zone(*ROUTE, *POLICY)
    replay(survey(TARGET, plan()), zone.whole)
    return tuple(zone.whole(question) for question in dict.fromkeys(zone.asked))


def test_all_answers_stand_in_the_order_in_which_they_were_asked_for() -> None:
    answers = everything()
    found = recall_survey(TARGET, plan(), Zone(*answers).recorded.get)
    assert found is not None
    assert found.answers == answers
    assert found.survey == replay(survey(TARGET, plan()), Zone(*ROUTE, *POLICY).whole)


def test_an_older_run_that_asked_for_routes_alone_leaves_policy_unknown() -> None:
    found = recall_survey(TARGET, plan(), Zone(*ROUTE).recorded.get)
    assert found is not None
    published = found.survey.published
    assert published is not None
    assert found.survey.route.status == "mx"
    assert (published.spf.status, published.dmarc.status, published.dkim.status) == ("temperror", "unknown", "unknown")
    assert (published.tls_rpt.status, published.bimi.status) == ("unknown", "unknown")
    assert published.mta_sts.unknown
    assert published.caa.unknown
    assert all(one.unknown for one in published.tlsa.values())
    missing = [one for one in found.answers if one.status is DnsStatus.NOT_ASKED]
    assert len(missing) > 5
    assert {one.error for one in missing} == {"the run did not ask"}


@pytest.mark.parametrize("missing", [Question(DOMAIN, "MX"), Question(HOST, "A"), Question(HOST, "AAAA")])
def test_a_target_whose_route_is_not_all_there_was_not_looked_up(missing: Question) -> None:
    answers = {one.question: one for one in everything() if one.question != missing}
    assert recall_survey(TARGET, plan(), answers.get) is None


def test_whatever_one_answer_is_missing_the_rest_is_judged() -> None:
    answers = everything()
    whole = recall_survey(TARGET, plan(), Zone(*answers).recorded.get)
    assert whole is not None
    for left_out in answers[len(ROUTE) :]:
        kept = {one.question: one for one in answers if one is not left_out}
        if left_out in ROUTE:
            continue
        found = recall_survey(TARGET, plan(), kept.get)
        assert found is not None
        assert found.survey.route == whole.survey.route
        assert found.survey.published is not None
        told = next(one for one in found.answers if one.question == left_out.question)
        assert told.status is DnsStatus.NOT_ASKED
