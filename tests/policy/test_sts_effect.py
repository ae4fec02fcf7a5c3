"""What a domain's MTA-STS comes to, and what it does to each exchange (RFC 8461 §4, §5)."""

from dataclasses import replace
from typing import Any

import pytest

from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, StsMode, StsRecord
from auditor.model.published import RecordStatus
from auditor.model.route import Exchange, ExchangeStatus, MxStatus
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls
from auditor.policy.sts_effect import ExchangeEffect, StsEffect, sts_effect
from auditor.protocol.replies import Reply
from tests.policy.sts_builders import (
    DOMAIN,
    GOOD,
    MX1,
    MX2,
    ONE,
    OTHER,
    POLICY,
    POLICY_HOST,
    TWO,
    Looks,
    exchange,
    facts,
    fetch,
    handshake,
    session,
    without_tls,
)

ALLOWED, NOT_LISTED, REJECTED, UNKNOWN = ExchangeEffect


def test_a_policy_that_every_exchange_keeps() -> None:
    effect = sts_effect(facts(GOOD))
    assert (effect.status, effect.mode, effect.reason) == (RecordStatus.VALID, StsMode.ENFORCE, "")
    assert (effect.uncovered, effect.failing, effect.untested) == ((), (), ())
    assert effect.exchanges == (MX1, MX2)
    assert effect.by_exchange == ((MX1, ALLOWED), (MX2, ALLOWED))


NOT_FETCHED = {
    FetchOutcome.NO_ADDRESS: RecordStatus.INVALID,
    FetchOutcome.DNS_FAILED: RecordStatus.UNKNOWN,
    FetchOutcome.REFUSED: RecordStatus.INVALID,
    FetchOutcome.UNREACHABLE: RecordStatus.UNKNOWN,
    FetchOutcome.TIMEOUT: RecordStatus.UNKNOWN,
    FetchOutcome.TLS_FAILED: RecordStatus.INVALID,
    FetchOutcome.STATUS: RecordStatus.INVALID,
    FetchOutcome.NOT_HTTP: RecordStatus.INVALID,
    FetchOutcome.OVERSIZED: RecordStatus.INVALID,
    FetchOutcome.ENCODED: RecordStatus.INVALID,
    FetchOutcome.SKIPPED: RecordStatus.UNKNOWN,
    FetchOutcome.INTERNAL_ERROR: RecordStatus.UNKNOWN,
}


@pytest.mark.parametrize("outcome", [outcome for outcome in FetchOutcome if outcome is not FetchOutcome.FETCHED])
def test_what_may_rest_on_us_is_unknown_and_all_else_invalid(outcome: FetchOutcome) -> None:
    effect = sts_effect(facts(GOOD, policy=fetch(outcome, tls=None, status=404)))
    assert (effect.status, effect.policy, effect.mode) == (NOT_FETCHED[outcome], None, None)
    assert effect.reason


def test_a_bad_certificate_is_a_fault_even_where_the_rest_timed_out() -> None:
    expired = handshake(POLICY_HOST, 10)
    effect = sts_effect(facts(GOOD, policy=fetch(FetchOutcome.TIMEOUT, tls=expired, error="no end within 60 s")))
    assert effect.status is RecordStatus.INVALID
    assert effect.reason.endswith("is not trusted (expired); timeout: no end within 60 s")


INSTEAD: dict[str, tuple[dict[str, Any], RecordStatus, str]] = {
    "no record": ({"record": StsRecord()}, RecordStatus.NONE, ""),
    "a record that is not known": ({"record": StsRecord(unknown="TXT: timeout")}, RecordStatus.UNKNOWN, "TXT: timeout"),
    "a record that does not count": ({"record": StsRecord(text="x", faults=("a", "b"))}, RecordStatus.INVALID, "a; b"),
    "a policy with faults": ({"policy": fetch(body="mode: none")}, RecordStatus.INVALID, "no version; no max_age"),
    "no fetch": ({"policy_fetch": None}, RecordStatus.UNKNOWN, "the policy was not fetched in this run"),
    "no answer from the domain": ({"published": None}, RecordStatus.UNKNOWN, "mx"),
}


@pytest.mark.parametrize("case", INSTEAD)
def test_there_is_no_effect_without_a_policy_that_counts(case: str) -> None:
    changes, status, reason = INSTEAD[case]
    effect = sts_effect(facts(GOOD, **changes))
    assert (effect.status, effect.reason) == (status, reason)
    assert (effect.mode, effect.exchanges, effect.by_exchange) == (None, (), ())


ENDPOINTS: dict[str, tuple[SmtpSession | None, ExchangeEffect, str]] = {
    "TLS as promised": (session(ONE), ALLOWED, ""),
    "not spoken to": (None, UNKNOWN, ""),
    "no STARTTLS": (
        without_tls(ONE, Starttls.NOT_OFFERED),
        REJECTED,
        "STARTTLS is not offered (or taken out on the way from here)",
    ),
    "STARTTLS refused": (
        without_tls(ONE, Starttls.REFUSED, starttls_reply=Reply(502, ("no",))),
        *(REJECTED, "STARTTLS is refused"),
    ),
    "STARTTLS refused for now": (
        without_tls(ONE, Starttls.REFUSED, starttls_reply=Reply(454, ("later",))),
        *(UNKNOWN, ""),
    ),
    "a handshake that they broke": (
        without_tls(ONE, Starttls.FAILED, outcome=Outcome.TLS_FAILED, blame=Blame.THEIRS, error="internal error"),
        *(REJECTED, "the TLS handshake fails (internal error)"),
    ),
    "a handshake out of time": (
        without_tls(ONE, Starttls.FAILED, outcome=Outcome.TLS_FAILED, blame=Blame.UNKNOWN),
        *(UNKNOWN, ""),
    ),
    "greeted with 421": (without_tls(ONE, Starttls.NOT_TESTED, outcome=Outcome.DEFERRED), UNKNOWN, ""),
    "no connection": (without_tls(ONE, Starttls.NOT_TESTED, outcome=Outcome.CONNECT_TIMEOUT), UNKNOWN, ""),
    "left alone": (without_tls(ONE, Starttls.NOT_TESTED, outcome=Outcome.SKIPPED), UNKNOWN, ""),
    "self-signed": (session(ONE, tls=handshake(MX1, 18)), REJECTED, "the certificate is not trusted (self-signed)"),
    "expired": (session(ONE, tls=handshake(MX1, 10)), REJECTED, "the certificate is not trusted (expired)"),
    "the certificate of another": (
        session(ONE, tls=handshake(MX2)),
        *(REJECTED, f"the certificate does not name {MX1} (mismatch)"),
    ),
    "a certificate that was not kept": (session(ONE, tls=handshake("lost")), UNKNOWN, ""),
    "no certificate": (session(ONE, tls=replace(handshake(MX1), chain=())), UNKNOWN, ""),
    "a shared conversation": (session(ONE, shared_from=Endpoint("other.example", "192.0.2.1", 25)), ALLOWED, ""),
    "a failure after the handshake": (session(ONE, outcome=Outcome.CLOSED, stage=Stage.EHLO_TLS), ALLOWED, ""),
}


@pytest.mark.parametrize("mode", ["enforce", "testing"])
@pytest.mark.parametrize("case", ENDPOINTS)
def test_what_each_endpoint_comes_to(case: str, mode: str) -> None:
    look, expected, why = ENDPOINTS[case]
    effect = sts_effect(facts({ONE: look, TWO: session(TWO)}, policy=fetch(body=POLICY.replace("enforce", mode))))
    assert effect.mode == mode
    assert effect.by_exchange == ((MX1, expected), (MX2, ALLOWED))
    assert effect.failing == (((str(ONE), why),) if why else ())
    assert effect.untested == ((str(ONE),) if expected is UNKNOWN else ())


PLAIN = without_tls(OTHER, Starttls.NOT_OFFERED)
SILENT = without_tls(OTHER, Starttls.NOT_TESTED, outcome=Outcome.CONNECT_TIMEOUT)
ALONE = without_tls(OTHER, Starttls.NOT_TESTED, outcome=Outcome.SKIPPED)


@pytest.mark.parametrize(
    ("first", "second", "expected", "untested"),
    [
        (session(ONE), session(OTHER), ALLOWED, ()),
        (session(ONE), PLAIN, REJECTED, ()),
        (None, PLAIN, REJECTED, (str(ONE),)),
        (session(ONE), SILENT, UNKNOWN, (str(OTHER),)),
        (session(ONE), ALONE, ALLOWED, ()),
        (replace(ALONE, endpoint=ONE), ALONE, UNKNOWN, (str(ONE), str(OTHER))),
    ],
)
def test_the_worst_address_counts_unless_it_was_left_alone(
    first: SmtpSession | None, second: SmtpSession, expected: ExchangeEffect, untested: tuple[str, ...]
) -> None:
    effect = sts_effect(facts({ONE: first, OTHER: second}))
    assert (effect.by_exchange, effect.untested) == (((MX1, expected),), untested)


def test_exchanges_that_are_not_listed_are_not_judged_further() -> None:
    policy = fetch(body=POLICY.replace(f"mx: {MX1}\n", ""))
    effect = sts_effect(facts({ONE: without_tls(ONE, Starttls.NOT_OFFERED), TWO: session(TWO)}, policy=policy))
    assert (effect.uncovered, effect.failing) == ((MX1,), ())
    assert effect.by_exchange == ((MX1, NOT_LISTED), (MX2, ALLOWED))


def test_all_exchanges_may_be_missing() -> None:
    effect = sts_effect(facts(GOOD, policy=fetch(body=POLICY.replace("example.com", "example.net"))))
    assert effect.status is RecordStatus.VALID
    assert effect.uncovered == effect.exchanges == (MX1, MX2)
    assert {one for _, one in effect.by_exchange} == {NOT_LISTED}


def test_a_policy_in_mode_none_touches_no_exchange() -> None:
    body = "version: STSv1\nmode: none\nmax_age: 86400\n"
    effect = sts_effect(facts({ONE: without_tls(ONE, Starttls.NOT_OFFERED)}, policy=fetch(body=body)))
    assert (effect.status, effect.mode, effect.exchanges) == (RecordStatus.VALID, StsMode.NONE, (MX1,))
    assert (effect.uncovered, effect.failing, effect.untested, effect.by_exchange) == ((), (), (), ())


@pytest.mark.parametrize("port", [587, 465])
def test_submission_is_not_what_a_policy_is_about(port: int) -> None:
    submission = Endpoint(MX1, "192.0.2.1", port)
    effect = sts_effect(facts({ONE: session(ONE), submission: without_tls(submission, Starttls.NOT_OFFERED)}))
    assert (effect.by_exchange, effect.failing) == (((MX1, ALLOWED),), ())


def with_route(*exchanges: Exchange, status: MxStatus = MxStatus.MX, looks: Looks | None = None) -> StsEffect:
    """The effect where the route has these exchanges, whether there are endpoints of theirs or not."""
    known = facts(looks or {})
    return sts_effect(replace(known, route=replace(known.route, exchanges=exchanges, status=status)))


def test_a_null_mx_is_no_exchange() -> None:
    effect = with_route(exchange(".", status=ExchangeStatus.NULL), status=MxStatus.NULL)
    assert (effect.status, effect.exchanges, effect.by_exchange) == (RecordStatus.VALID, (), ())


def test_an_implicit_mx_must_be_listed_by_the_name_of_the_domain() -> None:
    looks = {Endpoint(DOMAIN, "192.0.2.1", 25): session(Endpoint(DOMAIN, "192.0.2.1", 25))}
    for pattern, expected in ((DOMAIN, ALLOWED), (f"*.{DOMAIN}", NOT_LISTED)):
        effect = sts_effect(facts(looks, policy=fetch(body=POLICY.replace(MX1, pattern))))
        assert effect.by_exchange == ((DOMAIN, expected),)


@pytest.mark.parametrize(
    ("one", "untested"),
    [
        (exchange(MX1, "192.0.2.1"), (MX1,)),  # beyond the limit of exchanges
        (exchange(MX1, status=ExchangeStatus.SERVFAIL), (MX1,)),
        (exchange(MX1, status=ExchangeStatus.NXDOMAIN), ()),
        (exchange(MX1, status=ExchangeStatus.NO_ADDRESS), ()),
    ],
)
def test_an_exchange_without_endpoints_is_unknown(one: Exchange, untested: tuple[str, ...]) -> None:
    effect = with_route(one, exchange(MX2, "192.0.2.2"), looks={TWO: session(TWO)})
    assert effect.by_exchange == ((MX1, UNKNOWN), (MX2, ALLOWED))
    assert effect.untested == untested
