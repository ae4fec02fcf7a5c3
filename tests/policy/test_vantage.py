"""Whether this end is fit to look from."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.model.dns import Validation
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyFetch
from auditor.model.reverse import ReverseNames
from auditor.model.session import Outcome, Session, SmtpSession, Stage, Starttls
from auditor.model.vantage import OwnName, Vantage, VantageState, Witness
from auditor.policy.vantage import judge_vantage, seen_as
from auditor.protocol.replies import Reply

OK, WARN, FAIL = VantageState.OK, VantageState.WARN, VantageState.FAIL
PUBLIC = "9.9.9.10"
NOW = datetime(2026, 11, 26, 12, 0, 0, tzinfo=UTC)


def met(outcome: Outcome = Outcome.COMPLETED, **changes: object) -> SmtpSession:
    good = SmtpSession(
        endpoint=Endpoint("mx.gmail.example", "8.8.8.8", 25),
        outcome=Outcome.COMPLETED,
        stage=Stage.DONE,
        greeting=Reply(220, ("mx.gmail.example ready",)),
        ehlo=Reply(250, (f"mx.gmail.example at your service, [{PUBLIC}]", "STARTTLS")),
        starttls=Starttls.OK,
    )
    return replace(good, outcome=outcome, **changes)  # type: ignore[arg-type]


def told(date: str = "Thu, 26 Nov 2026 12:00:00 GMT") -> PolicyFetch:
    return PolicyFetch(
        host="mta-sts.gmail.example", outcome=FetchOutcome.FETCHED, date=date, started_at=NOW, elapsed_ms=500.0
    )


def witness(*sessions: Session, fetch: PolicyFetch | None = None, unknown: str = "") -> Witness:
    return Witness(domain="gmail.example", sessions=sessions, fetch=fetch or told(), unknown=unknown)


GOOD = Vantage(
    own_name=OwnName(name="audit.example.com", addresses=(PUBLIC,)),
    sources={"A": "10.0.0.7", "AAAA": "2606:4700::7"},
    reverse={PUBLIC: ReverseNames(address=PUBLIC, names=("audit.example.com",), confirmed=("audit.example.com",))},
    resolvers=("127.0.0.1#53",),
    validation=Validation(trusted=True, words="validates"),
    witnesses=(witness(met()),),
)


def line(what: str, **changes: object) -> tuple[VantageState, str]:
    found = [one for one in judge_vantage(replace(GOOD, **changes)) if one.what.startswith(what)]  # type: ignore[arg-type]
    assert found, what
    assert all(bool(one.advice) <= (one.state is not OK) for one in found)
    return found[0].state, found[0].words


def test_an_end_on_which_nothing_is_wrong() -> None:
    lines = judge_vantage(GOOD)
    assert {one.state for one in lines} == {OK}
    assert [one.what for one in lines] == [
        *("resolver", "IPv4", "IPv6", "port 25", "EHLO name", f"PTR of {PUBLIC}", "clock")
    ]


def test_behind_a_translator_servers_tell_the_address_that_they_see() -> None:
    assert seen_as(GOOD) == (PUBLIC, "2606:4700::7")
    assert "something translates it" in line("IPv4")[1]
    private = met(ehlo=Reply(250, ("mx at your service, [10.0.0.7]",)))
    assert seen_as(replace(GOOD, witnesses=(witness(private),))) == ("2606:4700::7",)
    over_6 = met(ehlo=Reply(250, ("mx hello [IPv6:2606:4700::9]",)))
    assert seen_as(replace(GOOD, witnesses=(witness(over_6),)))[0] == "2606:4700::9"


@pytest.mark.parametrize(
    ("what", "changes", "state", "words"),
    [
        ("resolver", {"validation": None}, FAIL, "none answers: 127.0.0.1#53"),
        ("resolver", {"validation": Validation(trusted=False, words="not proven: no AD bit")}, WARN, "not proven"),
        ("IPv4", {"sources": {"A": "", "AAAA": "2606:4700::7"}}, FAIL, "no route"),
        ("IPv6", {"sources": {"A": "10.0.0.7", "AAAA": ""}}, WARN, "no route"),
        ("port 25", {"witnesses": (witness(met(Outcome.CONNECT_TIMEOUT)),)}, FAIL, "no connection to gmail.example"),
        ("port 25", {"witnesses": (witness(met(Outcome.CONNECT_TIMEOUT), met()),)}, OK, "1 of 2"),
        ("port 25", {"witnesses": (witness(unknown="MX lookup: timeout"),)}, WARN, "not tried: gmail.example: MX"),
        ("port 25", {"witnesses": (witness(met(Outcome.SKIPPED, error="no route")),)}, WARN, "not tried: no route"),
        (
            "welcome",
            {"witnesses": (witness(met(Outcome.REJECTED, greeting=Reply(554, ("5.7.1 blocked using zen",)))),)},
            WARN,
            "mx.gmail.example",
        ),
        ("STARTTLS", {"witnesses": (witness(met(starttls=Starttls.NOT_OFFERED)),)}, FAIL, "known to"),
        ("EHLO name", {"own_name": OwnName(name="")}, WARN, "no full name"),
        ("EHLO name", {"own_name": OwnName(name="a.example")}, WARN, "a.example has no address"),
        ("EHLO name", {"own_name": OwnName(name="a.example", unknown="A: timeout")}, WARN, "A: timeout"),
        ("EHLO name", {"own_name": OwnName(name="a.example", addresses=("8.8.4.4",))}, WARN, "connections come from"),
        ("PTR", {"reverse": {PUBLIC: ReverseNames(address=PUBLIC)}}, WARN, "none"),
        ("PTR", {"reverse": {PUBLIC: ReverseNames(address=PUBLIC, unknown="PTR: timeout")}}, WARN, "PTR: timeout"),
        (
            "PTR",
            {"reverse": {PUBLIC: ReverseNames(address=PUBLIC, names=("x.example",))}},
            WARN,
            "x.example, which does not lead back",
        ),
        ("PTR", {"reverse": {}}, WARN, "not known"),
        ("clock", {"witnesses": (witness(met(), fetch=told("Thu, 26 Nov 2026 11:59:00 GMT")),)}, WARN, "60 s ahead"),
        ("clock", {"witnesses": (witness(met(), fetch=told("Thu, 26 Nov 2026 14:00:00 GMT")),)}, FAIL, "7200 s behind"),
        ("clock", {"witnesses": (witness(met(), fetch=told("soon")),)}, WARN, "not compared"),
        ("clock", {"witnesses": (witness(met(), fetch=told("")),)}, WARN, "not compared"),
        ("block list", {"listed": {f"{PUBLIC} at zen.example": "listed (127.0.0.2)"}}, WARN, "listed (127.0.0.2)"),
        ("block list", {"listed": {f"{PUBLIC} at zen.example": ""}}, OK, "not listed"),
    ],
)
def test_what_is_not_well_is_told(what: str, changes: dict[str, object], state: VantageState, words: str) -> None:
    assert line(what, **changes)[0] is state
    assert words in line(what, **changes)[1]


def test_what_was_not_looked_at_has_no_line() -> None:
    lines = judge_vantage(replace(GOOD, witnesses=(), reverse={}))
    assert [one.what for one in lines] == ["resolver", "IPv4", "IPv6", "EHLO name"]


def test_one_server_without_starttls_is_no_sign_of_the_path() -> None:
    mixed = witness(met(), met(starttls=Starttls.NOT_OFFERED))
    assert "STARTTLS" not in {one.what for one in judge_vantage(replace(GOOD, witnesses=(mixed,)))}
