"""Rules of judging, one by one: STARTTLS, handshakes and certificates."""

import pytest

from auditor.model.finding import Severity, Verdict
from auditor.model.session import Blame, Outcome, Stage, Starttls
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    DAY,
    NO_TLS,
    NOW,
    Spoil,
    all_of,
    ended,
    evidence,
    first_session,
    good,
    hello,
    judged,
    leaves,
    on_port,
    sessions,
    severities,
    tls,
    verdicts,
)
from tests.checks.cases_tls_depth import TLS_DEPTH_SEVERITIES

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


# STARTTLS and the handshake


def test_a_masked_keyword_may_be_starttls() -> None:
    facts = sessions(starttls=Starttls.NOT_OFFERED, ehlo=hello("mx", "SIZE 1000", "XXXXXXXA"), **NO_TLS)(good())
    assert verdicts("TLS001", facts) == {UNKNOWN}
    assert "suspected on the path" in evidence("TLS001", facts)
    assert verdicts("SMTP022", facts) == {FAIL}
    assert verdicts("TLS006", facts) == {UNKNOWN}


def test_starttls_that_was_not_reached_is_not_taken_for_offered() -> None:
    facts = sessions(starttls=Starttls.NOT_TESTED, **NO_TLS)(good())
    assert verdicts("TLS001", facts) == {UNKNOWN}


def test_implicit_tls_needs_no_starttls() -> None:
    facts = all_of(on_port(465), sessions(starttls=Starttls.IMPLICIT))(good())
    assert verdicts("TLS001", facts) == {NA}
    assert verdicts("TLS003", facts) == {PASS}


def test_a_handshake_that_fails_on_the_port_of_implicit_tls_is_a_failure() -> None:
    ended_in_tls = ended(Outcome.TLS_FAILED, Stage.TLS, "handshake failure")
    facts = all_of(on_port(465), ended_in_tls, sessions(starttls=Starttls.IMPLICIT, blame=Blame.THEIRS))(good())
    assert verdicts("TLS003", facts) == {FAIL}
    assert verdicts("TLS023", facts) == {NA}
    late = sessions(blame=Blame.UNKNOWN)(facts)
    assert verdicts("TLS003", late) == verdicts("TLS023", late) == {UNKNOWN}


def test_a_deferred_starttls_may_pass() -> None:
    deferred = {"starttls": Starttls.REFUSED, "starttls_reply": Reply(454, ("4.7.0 later",)), **NO_TLS}
    facts = sessions(**deferred)(good())
    for check in ("TLS002", "TLS003", "TLS004", "TLS006", "TLS007", "TLS020"):
        assert verdicts(check, facts) == {UNKNOWN}, check


def test_a_refused_starttls_makes_the_posture_mixed() -> None:
    refused = {"starttls": Starttls.REFUSED, "starttls_reply": Reply(554, ("no",)), **NO_TLS}
    assert verdicts("TLS006", first_session(**refused)(good())) == {FAIL}
    assert verdicts("TLS003", sessions(**refused)(good())) == {NA}


def test_clear_text_before_the_handshake_is_one_finding_not_two() -> None:
    facts = sessions(
        outcome=Outcome.TLS_FAILED,
        blame=Blame.UNKNOWN,
        starttls=Starttls.FAILED,
        tls=None,
        plaintext_after_starttls=True,
    )(good())
    assert verdicts("TLS004", facts) == {FAIL}
    assert verdicts("TLS003", facts) == {NA}


# Certificates


@pytest.mark.parametrize(
    ("lives", "left", "verdict"),
    [(90, 22, FAIL), (90, 23, PASS), (398, 30, FAIL), (398, 31, PASS), (6, 2, PASS), (6, 1, FAIL), (90, -1, NA)],
)
def test_when_a_certificate_expires_soon_follows_its_lifetime(lives: int, left: int, verdict: Verdict) -> None:
    facts = leaves(not_before=NOW + (left - lives) * DAY, not_after=NOW + left * DAY)(good())
    assert verdicts("TLS025", facts) == {verdict}


@pytest.mark.parametrize(("port", "severity"), [(25, Severity.MEDIUM), (587, Severity.HIGH)])
def test_an_expiry_within_a_week_weighs_as_much_as_one_that_was(port: int, severity: Severity) -> None:
    soon = all_of(on_port(port), leaves(not_before=NOW - 85 * DAY, not_after=NOW + 5 * DAY))(good())
    past = all_of(on_port(port), leaves(not_after=NOW - 5 * DAY))(good())
    assert severities("TLS025", soon) == severities("TLS023", past) == {severity}


@pytest.mark.parametrize(
    ("issued_days_ago", "lives", "verdict"),
    [(300, 398, PASS), (300, 400, FAIL), (30, 200, PASS), (30, 202, FAIL)],
)
def test_how_long_a_certificate_may_live_follows_its_day_of_issue(
    issued_days_ago: int, lives: int, verdict: Verdict
) -> None:
    issued = NOW - issued_days_ago * DAY
    assert verdicts("TLS029", leaves(not_before=issued, not_after=issued + lives * DAY)(good())) == {verdict}


@pytest.mark.parametrize("check", ["TLS021", "TLS023", "TLS024", "TLS025", "TLS026", "TLS027", "TLS029", "TLS030"])
def test_what_cannot_be_read_of_a_certificate_is_unknown(check: str) -> None:
    nothing = {"names": (), "not_before": None, "not_after": None, "key_type": "", "signature_algorithm": ""}
    facts = leaves(malformed="ValueError: odd", **nothing)(good())
    assert verdicts(check, facts) == {UNKNOWN}


def test_a_curve_below_256_bits_is_weak() -> None:
    assert verdicts("TLS026", leaves(key_type="EC", key_bits=224)(good())) == {FAIL}


def test_a_chain_with_an_intermediate_is_not_called_incomplete() -> None:
    assert verdicts("TLS028", all_of(leaves(), tls(chain=("of mx1.example.net", "of issuer")))(good())) == {PASS}


@pytest.mark.parametrize("missing", ["not_before", "not_after"])
@pytest.mark.parametrize("check", ["TLS025", "TLS029"])
def test_a_lifetime_needs_both_ends(check: str, missing: str) -> None:
    assert verdicts(check, leaves(**{missing: None})(good())) == {UNKNOWN}


def test_a_certificate_that_is_odd_but_names_others_is_a_mismatch() -> None:
    facts = leaves(malformed="ValueError: odd serial", names=("www.example.org",))(good())
    assert verdicts("TLS021", facts) == {FAIL}


def test_keywords_are_those_in_clear_text_where_the_second_ehlo_failed() -> None:
    facts = sessions(ehlo_tls=Reply(554, ("SIZE", "no")))(good())
    assert verdicts("SMTP027", facts) == {PASS}


@pytest.mark.parametrize(("check", "spoil", "severity"), TLS_DEPTH_SEVERITIES)
def test_what_weighs_more_or_less_in_depth(check: str, spoil: Spoil, severity: Severity) -> None:
    failed = [one for one in judged(check, spoil(good())) if one.verdict is FAIL]
    assert {one.severity for one in failed} == {severity}
