"""What makes checks of servers fail, and what makes them unknown."""

from auditor.model.certificate import VerifyError
from auditor.model.session import Blame, Outcome, Stage, Starttls, Timings
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    DAY,
    KEYWORDS,
    NO_TLS,
    NOW,
    REFUSED,
    TIMED_OUT,
    Spoil,
    all_of,
    ended,
    exchange,
    exchanges,
    first_session,
    hello,
    leaves,
    on_port,
    sessions,
    tls,
)
from tests.checks.case import Case
from tests.checks.spoilt import tlsa

HOST = "mx1.example.net"
ONE = exchange(10, HOST, "198.51.100.1")


def offers(*keywords: str, inside: tuple[str, ...] | None = None) -> Spoil:
    inner = keywords if inside is None else inside
    return sessions(ehlo=hello(HOST, *keywords, "STARTTLS"), ehlo_tls=hello(HOST, *inner))


def without(keyword: str) -> Spoil:
    return offers(*(one for one in KEYWORDS if not one.startswith(keyword)))


def handshake_failed(blame: Blame, error: str) -> Spoil:
    return sessions(
        outcome=Outcome.TLS_FAILED, stage=Stage.TLS, starttls=Starttls.FAILED, blame=blame, error=error, tls=None
    )


def complaint(code: int, text: str = "words") -> Spoil:
    return tls(verify_errors=(VerifyError(code, 0, text),))


SMTP_CASES = (
    Case("SMTP001", REFUSED, "198.51.100.1:25: refused", TIMED_OUT),
    Case(
        "SMTP002",
        all_of(
            exchanges(ONE, exchange(20, "mx2.example.net", "203.0.113.1")),
            first_session(outcome=Outcome.REFUSED, stage=Stage.CONNECT),
        ),
        "mx1.example.net/198.51.100.1:25: refused",
        TIMED_OUT,
    ),
    Case("SMTP003", REFUSED, "ECONNREFUSED", TIMED_OUT),
    Case(
        "SMTP004",
        all_of(ended(Outcome.REJECTED, Stage.GREETING, "554 5.7.1 no"), sessions(greeting=Reply(554, ("5.7.1 no",)))),
        "at greeting: 554 5.7.1 no (5.7.1)",
        TIMED_OUT,
    ),
    Case("SMTP005", ended(Outcome.NOT_SMTP, Stage.GREETING, "no SMTP reply: HTTP"), "HTTP", TIMED_OUT),
    Case("SMTP006", ended(Outcome.OVERSIZED, Stage.EHLO, "a line is too long: x"), "too long", TIMED_OUT),
    Case("SMTP007", ended(Outcome.CLOSED, Stage.EHLO, "closed the connection"), "closed at ehlo", TIMED_OUT),
    Case("SMTP008", sessions(timings=Timings(greeting_ms=12_300.0)), "12.3 s", TIMED_OUT),
    Case(
        "SMTP009",
        sessions(ehlo=Reply(500, ("what",)), helo=Reply(250, (HOST,)), starttls=Starttls.NOT_OFFERED, **NO_TLS),
        "EHLO was answered 500, HELO 250",
        TIMED_OUT,
    ),
    Case("SMTP010", sessions(greeting=Reply(250, (f"{HOST} hello",))), "the greeting is 250", TIMED_OUT),
    Case("SMTP011", sessions(deviations=("bare-lf", "long-line")), "bare-lf, long-line", TIMED_OUT),
    Case(
        "SMTP012",
        first_session(starttls=Starttls.NOT_OFFERED, **NO_TLS),
        "mx1.example.net port 25: IPv4 completed, STARTTLS not-offered",
        TIMED_OUT,
    ),
    Case("SMTP013", sessions(ehlo=hello("localhost", *KEYWORDS)), "begins with 'localhost'", TIMED_OUT),
    Case("SMTP020", sessions(greeting=Reply(220, ("localhost ESMTP",))), "begins with 'localhost'", TIMED_OUT),
    Case("SMTP021", sessions(greeting=Reply(220, (f"{HOST} ESMTP Exim 4.94.2",))), "Exim 4.94.2", TIMED_OUT),
    Case("SMTP022", sessions(ehlo=hello(HOST, "SIZE 1000", "XXXXXXXA")), "masked: XXXXXXXA", TIMED_OUT),
    Case(
        "SMTP023",
        offers(*KEYWORDS, "AUTH PLAIN"),
        "in clear text: AUTH PLAIN",
        TIMED_OUT,
    ),
    Case("SMTP024", offers(*KEYWORDS, inside=(*KEYWORDS, "AUTH LOGIN")), "on port 25: AUTH LOGIN", TIMED_OUT),
    Case("SMTP025", without("SIZE"), "no SIZE", TIMED_OUT),
    Case("SMTP026", offers("SIZE 1000000"), "1000000 octets", TIMED_OUT),
    Case("SMTP027", without("8BITMIME"), "no 8BITMIME", TIMED_OUT),
    Case("SMTP028", without("PIPELINING"), "no PIPELINING", TIMED_OUT),
    Case("SMTP029", without("ENHANCEDSTATUSCODES"), "no ENHANCEDSTATUSCODES", TIMED_OUT),
    Case("SMTP030", without("SMTPUTF8"), "no SMTPUTF8", TIMED_OUT),
    Case("SMTP031", offers(*KEYWORDS, "VRFY", "ETRN"), "VRFY, ETRN", TIMED_OUT),
    Case("SMTP032", on_port(587), "no AUTH keyword inside TLS", all_of(on_port(587), TIMED_OUT)),
)

TLS_CASES = (
    Case(
        "TLS001",
        all_of(sessions(starttls=Starttls.NOT_OFFERED, **NO_TLS), tlsa(records=())),
        "no STARTTLS keyword",
        sessions(starttls=Starttls.NOT_OFFERED, **NO_TLS),  # though TLSA records promise it
    ),
    Case(
        "TLS002",
        sessions(starttls=Starttls.REFUSED, starttls_reply=Reply(554, ("5.7.0 no",)), **NO_TLS),
        "554 5.7.0 no",
        sessions(starttls=Starttls.REFUSED, starttls_reply=Reply(454, ("4.7.0 not now",)), **NO_TLS),
    ),
    Case(
        "TLS003",
        handshake_failed(Blame.THEIRS, "internal error"),
        "internal error",
        handshake_failed(Blame.UNKNOWN, "nothing whole within 15 s"),
    ),
    Case("TLS004", sessions(plaintext_after_starttls=True), "between the 220", TIMED_OUT),
    Case(
        "TLS005",
        sessions(outcome=Outcome.REJECTED, stage=Stage.EHLO_TLS, error="554 who are you"),
        "rejected: 554 who are you",
        sessions(outcome=Outcome.REPLY_TIMEOUT, stage=Stage.EHLO_TLS, error="nothing whole within 15 s"),
    ),
    Case(
        "TLS006",
        first_session(starttls=Starttls.NOT_OFFERED, **NO_TLS),
        "without TLS: mx1.example.net/198.51.100.1:25",
        first_session(
            outcome=Outcome.CONNECT_TIMEOUT, stage=Stage.CONNECT, ehlo=None, starttls=Starttls.NOT_TESTED, **NO_TLS
        ),
    ),
    Case("TLS007", tls(version="TLSv1.1", cipher="ECDHE-RSA-AES256-SHA"), "TLSv1.1", TIMED_OUT),
    Case("TLS008", tls(version="TLSv1.2", cipher="AES256-GCM-SHA384"), "AES256-GCM-SHA384", TIMED_OUT),
    Case("TLS009", tls(version="TLSv1.2", cipher="ECDHE-RSA-RC4-SHA"), "RC4", TIMED_OUT),
    Case(
        "TLS020",
        all_of(leaves(), complaint(18, "self-signed certificate")),
        "self-signed: self-signed certificate",
        TIMED_OUT,
    ),
    Case("TLS021", leaves(names=("www.example.org",)), "is not among: www.example.org", TIMED_OUT),
    Case("TLS022", leaves(names=()), "no subject alternative name", TIMED_OUT),
    Case("TLS023", leaves(not_after=NOW - 12 * DAY), "12 days ago", TIMED_OUT),
    Case("TLS024", leaves(not_before=NOW + 12 * DAY), "valid from 2026-12-06", TIMED_OUT),
    Case("TLS025", leaves(not_before=NOW - 70 * DAY, not_after=NOW + 20 * DAY), "in 20 days", TIMED_OUT),
    Case("TLS026", leaves(key_type="RSA", key_bits=1024), "RSA 1024 bits", TIMED_OUT),
    Case("TLS027", leaves(signature_algorithm="sha1WithRSAEncryption"), "sha1WithRSAEncryption", TIMED_OUT),
    Case("TLS028", all_of(leaves(), tls(chain=(f"of {HOST}",)), complaint(20)), "one certificate is sent", TIMED_OUT),
    Case("TLS029", leaves(not_before=NOW - 700 * DAY), "760 days", TIMED_OUT),
    Case("TLS030", leaves(names=("*.example.net",)), "*.example.net", TIMED_OUT),
    Case("TLS031", leaves(malformed="ValueError: odd"), "odd", TIMED_OUT),
)

RAISED_SERVERS = (
    ("SMTP001", ended(Outcome.REJECTED, Stage.GREETING, "554 no")),
    ("SMTP023", all_of(on_port(587), offers(*KEYWORDS, "AUTH PLAIN"))),
    ("TLS007", all_of(on_port(465), tls(version="TLSv1", cipher="ECDHE-RSA-AES256-SHA"))),
    ("TLS020", all_of(on_port(587), complaint(20))),
    ("TLS021", all_of(on_port(587), leaves(names=("www.example.org",)))),
    ("TLS023", all_of(on_port(587), leaves(not_after=NOW - 12 * DAY))),
    ("TLS025", all_of(on_port(587), leaves(not_before=NOW - 85 * DAY, not_after=NOW + 5 * DAY))),
)
"""Checks that weigh more on the ports where people log in; or less where we may be meant."""
