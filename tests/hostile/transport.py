"""Servers whose TLS, or whose certificate, is not as it should be."""

from tests.hostile.scenario import Expected, Scenario

OFFER = "S: 220 mx ESMTP\nC: EHLO\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS"
READY = f"{OFFER}\nS: 220 go"
AUTH = "S: 220 mx ESMTP\nC: EHLO\nS: 250-mx\nS: 250-AUTH PLAIN LOGIN\nS: 250 STARTTLS"
INJECTED = {"outcome": "tls-failed", "stage": "starttls", "starttls": "failed"}
FAILED = {"outcome": "tls-failed", "stage": "tls", "starttls": "failed"}
OK = {"outcome": "completed", "stage": "done", "starttls": "ok"}
UNREADY = {"outcome": "tls-failed", "starttls": "failed"}
EARLY = "S: 220 mx ESMTP\nC: EHLO\nRAW: 250-mx\\r\\n250 STARTTLS\\r\\n220 go\\r\\n"
REFUSED = {"outcome": "completed", "starttls": "refused"}
SERVER_HELLO = "\\x16\\x03\\x03\\x00\\x10\\x02\\x00\\x00\\x0c" + "\\x00" * 12


def _tls(fault: str, name: str, script: str, endpoint: Expected) -> Scenario:
    return Scenario(name=name, fault=fault, script=script, endpoint=endpoint)


STARTTLS = [
    _tls("injection", "octets-with-220", f"{OFFER}\nRAW: 220 go\\r\\n250 injected\\r\\n\nSTARTTLS", INJECTED),
    _tls("injection", "half-a-line-with-220", f"{OFFER}\nRAW: 220 go\\r\\n250\nSTARTTLS", INJECTED),
    _tls("injection", "one-octet-with-220", f"{OFFER}\nRAW: 220 go\\r\\n\\x00\nSTARTTLS", INJECTED),
    _tls("injection", "lf-with-220", f"{OFFER}\nRAW: 220 go\\r\\n\\n\nSTARTTLS", INJECTED),
    _tls("starttls", "starttls-454", f"{OFFER}\nS: 454 not now", REFUSED),
    _tls("starttls", "starttls-501", f"{OFFER}\nS: 501 syntax", REFUSED),
    _tls("starttls", "starttls-502", f"{OFFER}\nS: 502 what", REFUSED),
    _tls("starttls", "starttls-250", f"{OFFER}\nS: 250 all right", REFUSED),
    _tls("starttls", "starttls-421", f"{OFFER}\nS: 421 later\nEOF", {"outcome": "deferred", "stage": "starttls"}),
    _tls("starttls", "starttls-no-reply", f"{OFFER}\nS: whatever", {"outcome": "not-smtp", "stage": "starttls"}),
    _tls("starttls", "starttls-silence", f"{OFFER}\nHANG", {"outcome": "reply-timeout", "stage": "starttls"}),
    _tls("starttls", "starttls-closed", f"{OFFER}\nEOF", {"outcome": "closed", "stage": "starttls"}),
    _tls("starttls", "starttls-reset", f"{OFFER}\nRESET", {"outcome": "reset", "stage": "starttls"}),
    _tls("starttls", "starttls-drip", f"{OFFER}\nDRIP: 0.3 220 go on and on", {"outcome": "reply-timeout"}),
    _tls("injection", "octets-after-220", f"{READY}\nRAW: 250 injected\\r\\n\nSTARTTLS", UNREADY),
    _tls("injection", "octets-some-time-after-220", f"{READY}\nWAIT: 0.3\nRAW: 250 injected\\r\\n\nSTARTTLS", FAILED),
    _tls(
        "injection",
        "220-before-it-is-asked",
        f"{EARLY}\nC: STARTTLS\nS: 454 no",
        REFUSED | {"deviations": "unsolicited"},
    ),
    _tls("starttls", "starttls-354", f"{OFFER}\nS: 354 go on", REFUSED),
    _tls("starttls", "starttls-bare-lf", f"{OFFER}\nRAW: 220 go\\n\nSTARTTLS\nSERVE", OK | {"deviations": "bare-lf"}),
    _tls("starttls", "starttls-in-lines", f"{OFFER}\nS: 220-go\nS: 220 on\nSTARTTLS\nSERVE", OK),
    _tls(
        "starttls", "starttls-garbage", f"{OFFER}\nRAW: \\xff\\x00\\r\\n", {"outcome": "not-smtp", "stage": "starttls"}
    ),
    _tls("starttls", "starttls-flood", f"{OFFER}\nFLOOD: 454-x\\r\\n", {"outcome": "oversized", "stage": "starttls"}),
    _tls("starttls", "starttls-half-a-reply", f"{OFFER}\nRAW: 220 g\nEOF", {"outcome": "closed", "stage": "starttls"}),
    _tls(
        "starttls",
        "starttls-in-small-letters",
        OFFER.replace("250 STARTTLS", "250 starttls") + "\nS: 220 go\nSTARTTLS\nSERVE",
        OK,
    ),
    _tls("handshake", "silent-handshake", f"{READY}\nHANG", FAILED),
    _tls("handshake", "closed-handshake", f"{READY}\nWAIT: 0.2\nEOF", FAILED),
    _tls("handshake", "reset-handshake", f"{READY}\nWAIT: 0.2\nRESET", FAILED),
    _tls("handshake", "plain-text-handshake", f"{READY}\nC: \nWAIT: 0.2\nS: 500 what", FAILED),
    _tls("handshake", "alert", f"{READY}\nWAIT: 0.2\nRAW: \\x15\\x03\\x03\\x00\\x02\\x02\\x28\nEOF", FAILED),
    _tls("handshake", "garbage", f"{READY}\nWAIT: 0.2\nRAW: \\xff\\xfe\\xfd\\xfc\\xfb\\xfa\\x00\\x01\nEOF", FAILED),
    _tls("handshake", "sslv2", f"{READY}\nWAIT: 0.2\nRAW: \\x80\\x2e\\x04\\x00\\x01\\x00\\x02\nEOF", FAILED),
    _tls("handshake", "half-a-record", f"{READY}\nWAIT: 0.2\nRAW: \\x16\\x03\\x03\\x40\\x00\\x02\nHANG", FAILED),
    _tls("handshake", "too-long-a-record", f"{READY}\nWAIT: 0.2\nRAW: \\x16\\x03\\x03\\xff\\xff\\x02\nHANG", FAILED),
    _tls("handshake", "broken-server-hello", f"{READY}\nWAIT: 0.2\nRAW: {SERVER_HELLO}\nHANG", FAILED),
    _tls(
        "handshake", "drip-of-a-handshake", f"{READY}\nWAIT: 0.2\nDRIP: 0.4 \\x16\\x03\\x03\\x00\\x30{'x' * 30}", FAILED
    ),
    Scenario(
        name="flood-of-handshake",
        fault="handshake",
        script=f"{READY}\nWAIT: 0.2\nFLOOD: \\x16\\x03\\x03\\x00\\x04\\x00\\x00\\x00\\x00",
        endpoint=FAILED | {"error": "over 1048576 octets"},
        octets=2_000_000,  # the bound of a stream that is all handshake, and what was on its way
    ),
    _tls("handshake", "server-hello-and-reset", f"{READY}\nWAIT: 0.2\nRAW: {SERVER_HELLO}\nRESET", FAILED),
    _tls("handshake", "half-an-alert", f"{READY}\nWAIT: 0.2\nRAW: \\x15\\x03\nEOF", FAILED),
    _tls("handshake", "flood-of-zeros", f"{READY}\nWAIT: 0.2\nFLOOD: \\x00", FAILED),
    _tls("handshake", "http-handshake", f"{READY}\nWAIT: 0.2\nS: HTTP/1.1 400 Bad Request\nEOF", FAILED),
    Scenario(
        name="no-certificate",
        fault="handshake",
        heading={"ciphers": "aNULL", "tls": "1.2 1.2"},
        endpoint=FAILED,
    ),
    Scenario(
        name="only-tls-1",
        fault="handshake",
        heading={"tls": "1.0 1.0"},
        endpoint=OK | {"tls_version": "TLSv1"},
    ),
    _tls("handshake", "flood-of-alerts", f"{READY}\nWAIT: 0.2\nFLOOD: \\x15\\x03\\x03\\x00\\x02\\x01\\x5a", FAILED),
]
INSIDE = [
    _tls("inside", "silent-inside", f"{READY}\nSTARTTLS\nHANG", {"outcome": "reply-timeout", "stage": "ehlo-tls"}),
    _tls("inside", "closed-inside", f"{READY}\nSTARTTLS\nC: EHLO\nEOF", {"outcome": "closed", "stage": "ehlo-tls"}),
    _tls("inside", "cut-inside", f"{READY}\nSTARTTLS\nC: EHLO\nCUT", {"outcome": "closed", "stage": "ehlo-tls"}),
    _tls("inside", "reset-inside", f"{READY}\nSTARTTLS\nC: EHLO\nRESET", {"outcome": "reset", "stage": "ehlo-tls"}),
    _tls("inside", "no-smtp-inside", f"{READY}\nSTARTTLS\nC: EHLO\nS: what", {"outcome": "not-smtp"}),
    _tls("inside", "flood-inside", f"{READY}\nSTARTTLS\nC: EHLO\nFLOOD: 250-x\\r\\n", {"outcome": "oversized"}),
    _tls(
        "inside", "drip-inside", f"{READY}\nSTARTTLS\nC: EHLO\nDRIP: 0.3 250-mx and so on", {"outcome": "reply-timeout"}
    ),
    _tls("inside", "rejected-inside", f"{READY}\nSTARTTLS\nC: EHLO\nS: 550 no", {"outcome": "rejected"}),
    _tls(
        "inside", "other-keywords", f"{READY}\nSTARTTLS\nC: EHLO\nS: 250-mx\nS: 250 DSN", OK | {"keywords_tls": "DSN"}
    ),
    _tls("inside", "greets-again", f"{READY}\nSTARTTLS\nS: 220 again\nC: EHLO\nS: 250 mx", OK),
    _tls("inside", "closed-at-once-inside", f"{READY}\nSTARTTLS\nEOF", {"stage": "ehlo-tls", "starttls": "ok"}),
    _tls("inside", "reset-at-once-inside", f"{READY}\nSTARTTLS\nRESET", {"stage": "ehlo-tls", "starttls": "ok"}),
    _tls("inside", "deferred-inside", f"{READY}\nSTARTTLS\nC: EHLO\nS: 421 later\nEOF", {"outcome": "deferred"}),
    _tls(
        "inside", "unknown-inside", f"{READY}\nSTARTTLS\nC: EHLO\nS: 502 what", {"stage": "ehlo-tls", "starttls": "ok"}
    ),
    _tls(
        "inside",
        "long-line-inside",
        f"{READY}\nSTARTTLS\nC: EHLO\nRAW: 250 {'x' * 5000}\\r\\n",
        {"outcome": "oversized"},
    ),
    _tls("inside", "flood-without-ends-inside", f"{READY}\nSTARTTLS\nC: EHLO\nFLOOD: x", {"outcome": "oversized"}),
    _tls("inside", "half-a-reply-inside", f"{READY}\nSTARTTLS\nC: EHLO\nS: 250-mx\nCUT", {"outcome": "closed"}),
    _tls("inside", "quit-reset-inside", f"{READY}\nSTARTTLS\nC: EHLO\nS: 250 mx\nC: QUIT\nRESET", OK),
    _tls(
        "inside",
        "fewer-keywords",
        f"{AUTH}\nC: STARTTLS\nS: 220 go\nSTARTTLS\nC: EHLO\nS: 250 mx",
        OK | {"keywords_tls": ""},
    ),
    Scenario(
        name="login-before-tls",
        fault="inside",
        script=f"{AUTH}\nC: STARTTLS\nS: 220 go\nSTARTTLS\nSERVE",
        check="SMTP023",
        endpoint=OK,
    ),
    _tls("inside", "quit-unanswered", f"{READY}\nSTARTTLS\nC: EHLO\nS: 250 mx\nC: QUIT\nHANG", OK),
    _tls("inside", "starttls-offered-again", f"{READY}\nSTARTTLS\nC: EHLO\nS: 250-mx\nS: 250 STARTTLS", OK),
]


def _shown(name: str, check: str, certificate: str = "good", names: tuple[str, ...] = (), **more: str) -> Scenario:
    """One whose certificate is odd, and whose check fails."""
    return Scenario(
        name=name, fault="certificate", certificate=certificate, names=names, check=check, endpoint=OK | more
    )


def _good(name: str, names: tuple[str, ...]) -> Scenario:
    return _shown(name, "", names=names, cert_name="match")


def _wrong(name: str, names: tuple[str, ...], certificate: str = "good", **more: str) -> Scenario:
    return _shown(name, "TLS", certificate, names, cert_name="mismatch", **more)


CERTIFICATES = [
    _shown("expired", "TLS", "expired", cert_trust="expired"),
    _shown("not-yet", "TLS", "future", cert_trust="not-yet-valid"),
    _shown("self-signed", "TLS", "self-signed", cert_trust="self-signed"),
    _shown("unknown-issuer", "TLS", "unknown-issuer", cert_trust="unknown-issuer"),
    _shown("no-intermediate", "TLS", "incomplete", cert_trust="unknown-issuer"),
    _shown("weak-key", "TLS", "weak-key"),
    _wrong("expired-and-wrong-name", ("www.elsewhere.example",), "expired", cert_trust="expired"),
    _wrong("wrong-name", ("www.elsewhere.example",)),
    _shown("only-a-common-name", "TLS", "cn-only", cert_name="cn-only"),
    _wrong("partial-wildcard", ("m*.partial-wildcard.example",)),
    _wrong("wildcard-of-two-labels", ("*.example",)),
    _wrong("bare-wildcard", ("*",)),
    _wrong("wildcard-in-the-middle", ("mx.*.example",)),
    _wrong("nul-in-a-name", ("mx.nul-in-a-name.example\x00.evil.example",)),
    _wrong("formula-in-a-name", ("=HYPERLINK(1)",)),
    _wrong("empty-label", ("mx..empty-label.example",)),
    _wrong("name-of-5000-octets", ("www.elsewhere.example", "x" * 5000)),
    _good("wildcard", ("*.wildcard.example",)),
    _good("upper-case-name", ("MX.UPPER-CASE-NAME.EXAMPLE",)),
    _good("two-thousand-names", (*(f"h{number}.example" for number in range(2000)), "mx.two-thousand-names.example")),
    _shown("negative-serial", "TLS", "negative-serial", cert_trust="invalid"),
    _shown("chain-of-150", "", "chain-of-150"),
    Scenario(
        name="chain-beyond-100-kb",
        fault="certificate",
        certificate="chain-of-400",
        endpoint=FAILED | {"error": "excessive message size"},
    ),
]
TRANSPORT = [*STARTTLS, *INSIDE, *CERTIFICATES]
