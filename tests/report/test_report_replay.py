"""A recorded run is judged again from its journal alone, also where it did not ask what is asked today."""

import csv
from dataclasses import asdict
from pathlib import Path

import pytest

from auditor.checks import Selection
from auditor.config import Config
from auditor.journal import Journal
from auditor.model.dns import Answer, DnsStatus, Question, Validation
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyHost
from auditor.policy.contact import SurveyPlan
from auditor.policy.drive import replay
from auditor.policy.survey import survey
from auditor.report.recorded import recall_survey, write_reports
from tests.report.literal import STARTED, VALIDATES, certificate_of, session_of, target_of
from tests.report.published import answer_of, fetch_of

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
    for left_out in [one for one in answers if one not in ROUTE]:
        kept = {one.question: one for one in answers if one is not left_out}
        found = recall_survey(TARGET, plan(), kept.get)
        assert found is not None
        assert found.survey.route == whole.survey.route
        assert found.survey.published is not None
        told = next(one for one in found.answers if one.question == left_out.question)
        assert told.status is DnsStatus.NOT_ASKED


def record(folder: Path, answers: tuple[Answer, ...], validation: Validation = VALIDATES) -> Path:
    """The journal of a run of one domain, whose MTA-STS policy was fetched and whose exchange spoke TLS."""
    with Journal.create(folder, Config(), STARTED) as journal:
        journal.add_list([TARGET])
        for answer in answers:
            journal.answer_came(answer)
        host, server = certificate_of(f"mta-sts.{DOMAIN}"), certificate_of(HOST)
        session = session_of(Endpoint(HOST, "9.9.9.9", 25), server)
        journal.session_ended(session, settled=True)
        fetch = fetch_of(DOMAIN, "*.b.example", mode="testing", tls=session_of(session.endpoint, host).tls)
        journal.policy_fetched(PolicyHost(DOMAIN), fetch, settled=True)
        for certificate in (host, server):
            journal.certificate_seen(certificate)
        journal.finish(DOMAIN)
        journal.set_meta("validation", asdict(validation))
    return folder


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_all_tables_come_from_the_journal(tmp_path: Path) -> None:
    folder = record(tmp_path / "run", everything())
    first = {path.name: path.read_bytes() for path in write_reports(folder, ["csv", "jsonl"], Selection())}
    assert {path.name: path.read_bytes() for path in write_reports(folder, ["csv", "jsonl"], Selection())} == first
    (domain,) = rows(folder, "domains")
    shown = ("role", "spf", "spf_all", "spf_lookups", "dmarc_policy", "mta_sts", "mta_sts_mode", "tls_rpt", "dnssec")
    assert [domain[name] for name in shown] == [
        *("sends-receives", "valid", "fail", "1", "reject", "valid", "testing", "valid", "secure"),
    ]
    (mx,) = rows(folder, "mx")
    assert (mx["mta_sts"], mx["tlsa"], mx["tlsa_dnssec"]) == ("not-listed", "3 1 1 " + "ab" * 32, "secure")
    assert mx["dane"] == domain["dane"] == rows(folder, "endpoints")[0]["dane"]
    assert [row["record_domain"] for row in rows(folder, "spf")] == [DOMAIN, "_spf.mailer.example"]
    assert [(row["exchange"], row["data"]) for row in rows(folder, "tlsa")] == [(HOST, "ab" * 32)]
    records = {(row["name"], row["type"]): row for row in rows(folder, "records")}
    assert len(records) == len(everything())
    assert records[f"_dmarc.{DOMAIN}", "TXT"]["records"] == f"v=DMARC1; p=reject; rua=mailto:d@{DOMAIN}"
    assert {row["dnssec"] for row in records.values()} == {"secure"}


@pytest.mark.slow
def test_what_is_signed_is_told_as_the_run_found_its_resolver(tmp_path: Path) -> None:
    doubtful = Validation(trusted=False, words="not proven: 127.0.0.53#53: org is not authenticated (no AD bit)")
    folder = record(tmp_path / "run", everything(), doubtful)
    write_reports(folder, ["csv", "html"], Selection())
    assert {row["dnssec"] for row in rows(folder, "records")} == {"indeterminate"}
    (domain,) = rows(folder, "domains")
    assert (domain["dnssec"], domain["dane"]) == ("indeterminate", "unknown")
    assert "not proven: 127.0.0.53#53" in (folder / "report.html").read_text("utf-8")


@pytest.mark.slow
def test_tables_of_an_older_run_are_unknown_and_empty(tmp_path: Path) -> None:
    folder = record(tmp_path / "run", ROUTE)
    write_reports(folder, ["csv"], Selection())
    (domain,) = rows(folder, "domains")
    assert (domain["mx_status"], domain["smtp"], domain["role"]) == ("mx", "all", "unknown")
    statuses = ("spf", "dmarc", "dkim", "mta_sts", "tls_rpt", "bimi", "dane")
    assert {domain[name] for name in statuses} == {"unknown", "temperror"}
    assert rows(folder, "dkim") == rows(folder, "tlsa") == []
    assert [row["status"] for row in rows(folder, "records")][:3] == ["answered", "answered", "nodata"]
    assert {row["status"] for row in rows(folder, "records")[3:]} == {"not-asked"}
    assert {row["verdict"] for row in rows(folder, "findings") if row["check"].startswith("SPF")} <= {"unknown"}
