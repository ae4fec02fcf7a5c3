"""What a domain's endpoints add up to; unknown is never false, nor true."""

from dataclasses import replace
from typing import Any

import pytest

from auditor.model.certificate import VerifyError
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls
from auditor.protocol.replies import Reply
from auditor.report.rollup import (
    Holds,
    Share,
    add_up,
    counted_sessions,
    is_trusted,
    speaks_smtp,
    speaks_tls,
    was_judged,
)

ENDPOINT = Endpoint("mx.example", "192.0.2.1", 25)
YES, NO, UNKNOWN, BESIDE = Holds.YES, Holds.NO, Holds.UNKNOWN, Holds.BESIDE


@pytest.mark.parametrize(
    ("endpoints", "share"),
    [
        ([], Share.NOT_APPLICABLE),
        ([BESIDE], Share.NOT_APPLICABLE),
        ([YES], Share.ALL),
        ([YES, YES, BESIDE], Share.ALL),
        ([NO, NO], Share.NONE),
        ([NO, BESIDE], Share.NONE),
        ([YES, NO], Share.SOME),
        ([YES, UNKNOWN], Share.SOME),
        ([YES, NO, UNKNOWN], Share.SOME),
        ([UNKNOWN], Share.UNKNOWN),
        ([NO, UNKNOWN], Share.UNKNOWN),
        ([UNKNOWN, BESIDE], Share.UNKNOWN),
    ],
)
def test_shares(endpoints: list[Holds], share: Share) -> None:
    assert add_up(endpoints) is share


@pytest.mark.parametrize(
    ("outcome", "blame", "holds"),
    [
        (Outcome.REJECTED, Blame.THEIRS, NO),
        (Outcome.REFUSED, Blame.THEIRS, NO),
        (Outcome.REFUSED, Blame.PATH, UNKNOWN),
        (Outcome.CLOSED, Blame.THEIRS, NO),
        (Outcome.NOT_SMTP, Blame.THEIRS, NO),
        (Outcome.OVERSIZED, Blame.THEIRS, NO),
        (Outcome.TLS_FAILED, Blame.THEIRS, NO),
        (Outcome.TLS_FAILED, Blame.OURS, UNKNOWN),
        (Outcome.DEFERRED, Blame.THEIRS, UNKNOWN),
        (Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN, UNKNOWN),
        (Outcome.REPLY_TIMEOUT, Blame.THEIRS, UNKNOWN),
        (Outcome.RESET, Blame.UNKNOWN, UNKNOWN),
        (Outcome.UNREACHABLE, Blame.PATH, UNKNOWN),
        (Outcome.SKIPPED, Blame.OURS, UNKNOWN),
        (Outcome.INTERNAL_ERROR, Blame.OURS, UNKNOWN),
    ],
)
def test_only_what_is_certain_is_no_smtp(make: Any, outcome: Outcome, blame: Blame, holds: Holds) -> None:
    session = make.session(ENDPOINT, **{**make.SILENT, "outcome": outcome, "blame": blame})
    assert speaks_smtp(session) is holds
    assert was_judged(session) is (holds is NO)


def test_a_server_that_took_ehlo_or_helo_speaks_smtp_whatever_came_after(make: Any) -> None:
    failed = {"outcome": Outcome.TLS_FAILED, "stage": Stage.TLS, "blame": Blame.THEIRS, "starttls": Starttls.FAILED}
    refused = Reply(502, ("no",))
    assert speaks_smtp(make.session(ENDPOINT, **failed)) is YES
    assert speaks_smtp(make.session(ENDPOINT, ehlo=refused, helo=Reply(250, ("mx",)))) is YES
    assert speaks_smtp(make.session(ENDPOINT, ehlo=refused, helo=refused, outcome=Outcome.REJECTED)) is NO
    assert speaks_smtp(None) is UNKNOWN


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({}, NO),
        ({"starttls": Starttls.REFUSED, "starttls_reply": Reply(454, ("later",))}, UNKNOWN),
        ({"starttls": Starttls.REFUSED, "starttls_reply": Reply(502, ("never",))}, NO),
        ({"starttls": Starttls.REFUSED}, NO),
        ({"starttls": Starttls.FAILED, "outcome": Outcome.TLS_FAILED, "blame": Blame.THEIRS}, NO),
        ({"starttls": Starttls.FAILED, "outcome": Outcome.TLS_FAILED, "blame": Blame.OURS}, UNKNOWN),
        ({"starttls": Starttls.FAILED, "outcome": Outcome.REPLY_TIMEOUT}, UNKNOWN),
        ({"starttls": Starttls.IMPLICIT, "outcome": Outcome.REFUSED, "blame": Blame.THEIRS}, UNKNOWN),
        ({"starttls": Starttls.NOT_TESTED}, UNKNOWN),
    ],
)
def test_starttls(make: Any, more: dict[str, Any], holds: Holds) -> None:
    assert speaks_tls(make.session(ENDPOINT, **more)) is holds


def test_starttls_is_beside_the_point_where_no_smtp_is_spoken(make: Any) -> None:
    rejected = make.session(ENDPOINT, **{**make.SILENT, "outcome": Outcome.REJECTED, "blame": Blame.THEIRS})
    assert speaks_tls(rejected) is is_trusted(rejected) is BESIDE
    assert speaks_tls(None) is is_trusted(None) is UNKNOWN


def test_trust_is_asked_of_those_with_tls(make: Any) -> None:
    certificate = make.certificate("mx.example")
    good: SmtpSession = make.session(ENDPOINT, certificate)
    assert good.tls is not None
    wrong = VerifyError(18, 0, "self-signed certificate")
    bad = make.session(
        ENDPOINT, tls=type(good.tls)(version="TLSv1.3", cipher="c", chain=("a",), verify_errors=(wrong,))
    )
    assert (speaks_tls(good), is_trusted(good)) == (YES, YES)
    assert (speaks_tls(bad), is_trusted(bad)) == (YES, NO)
    assert is_trusted(make.session(ENDPOINT)) is BESIDE
    unseen = make.session(ENDPOINT, tls=type(good.tls)(version="TLSv1.3", cipher="c"))
    assert (speaks_tls(unseen), is_trusted(unseen)) == (YES, UNKNOWN)


def facts_of(make: Any, route: Any, sessions: list[SmtpSession]) -> DomainFacts:
    return DomainFacts(
        target=make.target("a.example"),
        route=route,
        sessions={one.endpoint: one for one in sessions},
        certificates={},
        judged_at=make.STARTED,
    )


def test_skipped_endpoints_count_only_where_all_were_skipped(make: Any) -> None:
    route = make.route("a.example", make.exchange("mx.example", "192.0.2.1", "2001:db8::1"))
    first, second = route.endpoints
    skipped = {**make.SILENT, "outcome": Outcome.SKIPPED, "blame": Blame.OURS}
    spoken, left = make.session(first), make.session(second, **skipped)
    assert counted_sessions(facts_of(make, route, [spoken, left])) == [spoken]
    both = [make.session(first, **skipped), left]
    assert counted_sessions(facts_of(make, route, both)) == both
    assert counted_sessions(facts_of(make, route, [spoken])) == [spoken, None]


def test_a_host_that_could_not_be_looked_up_is_unknown(make: Any) -> None:
    lost = make.exchange("mx2.example", status=ExchangeStatus.SERVFAIL)
    route = make.route("a.example", make.exchange("mx.example", "192.0.2.1"), lost)
    spoken = make.session(route.endpoints[0])
    assert counted_sessions(facts_of(make, route, [spoken])) == [spoken, None]
    unknown = make.route("a.example", status=MxStatus.TIMEOUT)
    assert counted_sessions(facts_of(make, unknown, [])) == [None]
    nobody = make.route("a.example", status=MxStatus.NULL)
    assert counted_sessions(facts_of(make, nobody, [])) == []


def test_a_handshake_that_timed_out_does_not_mean_no_tls() -> None:
    timed_out = SmtpSession(
        endpoint=ENDPOINT,
        outcome=Outcome.TLS_FAILED,
        stage=Stage.TLS,
        starttls=Starttls.FAILED,
        blame=Blame.UNKNOWN,
    )
    assert speaks_tls(timed_out) is UNKNOWN
    assert speaks_tls(replace(timed_out, blame=Blame.THEIRS)) is NO
