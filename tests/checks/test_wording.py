"""What checks read out of servers' texts, and how their evidence reads."""

import pytest

from auditor.checks import judge
from auditor.model.finding import Verdict
from auditor.model.session import Starttls
from auditor.protocol.replies import Reply
from tests.checks.builders import good, hello, judged, leaves, sessions, tls, verdicts

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


def told(check: str, greeting: str) -> set[str]:
    facts = sessions(greeting=Reply(220, tuple(greeting.split("\n"))))(good())
    return {one.evidence for one in judged(check, facts) if one.verdict is Verdict.FAIL}


@pytest.mark.parametrize(
    ("greeting", "version"),
    [
        ("mx.example.net ESMTP Exim 4.94.2 Tue, 24 Nov 2026", "Exim 4.94.2"),
        ("mx.example.net ESMTP Postfix (3.7.2)", "Postfix (3.7.2"),
        ("mx.example.net ESMTP Sendmail 8.15.2/8.15.2; Tue", "Sendmail 8.15.2"),
        ("mx.example.net Microsoft ESMTP MAIL Service, Version: 8.5.9600.16384 ready", "Version: 8.5.9600.16384"),
        ("mx.example.net ready\nopensmtpd v7.4", "v7.4"),
        ("Postfix 3.7.2", "Postfix 3.7.2"),
        ("postfix/3.7.2 ready", "postfix/3.7.2"),
    ],
)
def test_a_version_in_the_greeting_is_told(greeting: str, version: str) -> None:
    assert told("SMTP021", greeting) == {version}


@pytest.mark.parametrize(
    "greeting",
    [
        "mx.example.net ESMTP Postfix",
        "mx.example.net ESMTP Postfix (Debian/GNU)",
        "exchange01.3cx.example ESMTP",
        "mx-v4.5.example.net. ESMTP",
        "mx.example.net ESMTP at 192.0.2.1",
        "mx.example.net ESMTP Tue, 24 Nov 2026 12:00:00 +0000",
        "",
    ],
)
def test_what_only_looks_like_a_version_is_not(greeting: str) -> None:
    assert told("SMTP021", greeting) == set()


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        ("mx.example.net ESMTP", set()),
        ("mx.example.net.", set()),
        ("[192.0.2.1] ESMTP", set()),
        ("localhost ESMTP", {"the greeting begins with 'localhost'"}),
        ("", {"the greeting names no host"}),
        ("*** ready ***", {"the greeting names no host"}),
        ("-mx.example.net", {"the greeting names no host"}),
    ],
)
def test_the_host_that_a_greeting_begins_with(greeting: str, words: set[str]) -> None:
    assert told("SMTP020", greeting) == words


@pytest.mark.parametrize("greeting", ["****************************2**0*", "XXXXXXXX ready"])
def test_a_masked_greeting_is_seen(greeting: str) -> None:
    assert told("SMTP022", greeting) == {"masked: the greeting; suspected on the path, not the server's choice"}


@pytest.mark.parametrize(
    ("keyword", "masked"), [("XXXXXXXA", True), ("XXXX", True), ("XCLIENT", False), ("X-EXPS", False), ("XXX", False)]
)
def test_only_whole_rows_of_x_are_masks(keyword: str, *, masked: bool) -> None:
    assert (FAIL in verdicts("SMTP022", sessions(ehlo=hello("mx.example.net", keyword))(good()))) is masked


@pytest.mark.parametrize(
    ("size", "verdict"),
    [("9999999", FAIL), ("10000000", PASS), ("0", PASS), ("", NA), ("many", NA), ("-1", NA), ("²", NA)],
)
def test_a_size_is_small_below_ten_megabytes_and_0_is_none(size: str, verdict: Verdict) -> None:
    offer = hello("mx.example.net", f"SIZE {size}".strip())
    assert verdicts("SMTP026", sessions(ehlo=offer, ehlo_tls=offer)(good())) == {verdict}


@pytest.mark.parametrize("line", ["AUTH LOGIN PLAIN", "AUTH=LOGIN PLAIN", "auth login plain"])
def test_every_way_of_writing_auth_is_seen(line: str) -> None:
    facts = sessions(ehlo=hello("mx.example.net", "STARTTLS", line))(good())
    for check in ("SMTP023", "SMTP024"):
        (words,) = {one.evidence for one in judged(check, facts)}
        assert words.split(": ")[1].lower() == "auth login plain"


def test_keywords_inside_tls_are_those_that_count() -> None:
    inside = sessions(ehlo=hello("mx.example.net", "STARTTLS"))(good())
    assert verdicts("SMTP027", inside) == {PASS}
    outside = sessions(ehlo_tls=hello("mx.example.net"))(good())
    assert verdicts("SMTP027", outside) == {FAIL}


@pytest.mark.parametrize(
    ("version", "cipher", "weak", "secret"),
    [
        ("TLSv1.3", "TLS_AES_128_GCM_SHA256", PASS, PASS),
        ("TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305", PASS, PASS),
        ("TLSv1.2", "DHE-RSA-AES128-SHA", PASS, PASS),
        ("TLSv1.2", "AES128-SHA", PASS, FAIL),
        ("TLSv1.2", "ECDHE-RSA-DES-CBC3-SHA", FAIL, PASS),
        ("TLSv1", "DES-CBC3-SHA", FAIL, FAIL),
        ("TLSv1", "EXP-RC4-MD5", FAIL, FAIL),
        ("TLSv1.2", "NULL-SHA256", FAIL, FAIL),
        ("TLSv1.2", "CAMELLIA256-SHA", PASS, FAIL),
    ],
)
def test_ciphers_as_openssl_names_them(version: str, cipher: str, weak: Verdict, secret: Verdict) -> None:
    facts = tls(version=version, cipher=cipher)(good())
    assert (verdicts("TLS009", facts), verdicts("TLS008", facts)) == ({weak}, {secret})


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("SSLv3", FAIL), ("TLSv1", FAIL), ("TLSv1.1", FAIL), ("TLSv1.2", PASS), ("TLSv1.3", PASS)],
)
def test_versions_as_openssl_names_them(version: str, verdict: Verdict) -> None:
    assert verdicts("TLS007", tls(version=version)(good())) == {verdict}


@pytest.mark.parametrize(
    ("algorithm", "verdict"),
    [
        ("sha1WithRSAEncryption", FAIL),
        ("ecdsa-with-SHA1", FAIL),
        ("md5WithRSAEncryption", FAIL),
        ("sha256WithRSAEncryption", PASS),
        ("ed25519", PASS),
    ],
)
def test_signatures_as_certificates_name_them(algorithm: str, verdict: Verdict) -> None:
    assert verdicts("TLS027", leaves(signature_algorithm=algorithm)(good())) == {verdict}


def test_the_reply_to_starttls_stands_in_the_evidence() -> None:
    refused = {"starttls": Starttls.REFUSED, "tls": None, "ehlo_tls": None, "plaintext_after_starttls": None}
    facts = sessions(starttls_reply=Reply(554, ("5.7.0 not here",)), **refused)(good())
    (words,) = {one.evidence for one in judge(facts).findings if one.check == "TLS002"}
    assert words == "STARTTLS was answered 554 5.7.0 not here"


def test_alternative_names_that_cannot_be_read_are_not_said_to_be_missing() -> None:
    unreadable = leaves(names=(), malformed="ValueError: error parsing asn1 value")(good())
    assert verdicts("TLS022", unreadable) == {UNKNOWN}
    assert "error parsing asn1 value" in judged("TLS022", unreadable)[0].evidence
    assert verdicts("TLS022", leaves(names=())(good())) == {FAIL}
    assert verdicts("TLS022", leaves(malformed="ValueError: odd serial")(good())) == {PASS}
