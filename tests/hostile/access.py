"""Servers for users' mail programs, named in the list with their port, that do not speak as they should."""

from tests.hostile.scenario import Expected, Scenario

IMAP = "S: * OK ready\nC: CAPABILITY"
OFFER = f"{IMAP}\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: {{tag}} OK done\nC: STARTTLS"
POP = "S: +OK ready\nC: CAPA"
SUBMISSION = "S: 220 mx ESMTP\nC: EHLO"
NO_IMAP, NO_POP = {"outcome": "not-imap"}, {"outcome": "not-pop3"}
SILENT, TOO_MUCH = {"outcome": "reply-timeout"}, {"outcome": "oversized"}


def _at(port: int, name: str, script: str, endpoint: Expected, **more: str) -> Scenario:
    return Scenario(name=f"at-{port}-{name}", fault="access", port=port, script=script, endpoint=endpoint, **more)  # type: ignore[arg-type]


ACCESS = [
    _at(143, "mute", "HANG", SILENT),
    _at(143, "smtp", "S: 220 mx ESMTP", NO_IMAP),
    _at(143, "http", "S: HTTP/1.1 400 Bad Request", NO_IMAP),
    _at(143, "flood", "FLOOD: * OK more\\r\\n", TOO_MUCH),
    _at(143, "flood-without-ends", "FLOOD: x", TOO_MUCH),
    _at(143, "flood-of-untagged", f"{IMAP}\nFLOOD: * OK more\\r\\n", TOO_MUCH),
    _at(143, "literal-of-4-gb", f"{IMAP}\nS: * CAPABILITY {{4294967295}}\nHANG", SILENT),
    _at(143, "wrong-tag", f"{IMAP}\nS: * CAPABILITY IMAP4rev1\nS: zzz OK done\nHANG", SILENT),
    _at(143, "drip", "DRIP: 0.3 * OK ready and so on", SILENT),
    _at(143, "bye", "S: * BYE no", {"outcome": "rejected"}),
    _at(143, "closed", f"{IMAP}\nEOF", {"outcome": "closed"}),
    _at(
        143,
        "octets",
        "RAW: * OK \\x00\\x1b[2J\\xff\\r\\n\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: {tag} OK done",
        {"outcome": "completed"},
    ),
    _at(
        143,
        "injected",
        f"{OFFER}\nS: {{tag}} OK go\\r\\n* BYE injected\nSTARTTLS",
        {"outcome": "tls-failed", "stage": "starttls"},
    ),
    _at(143, "starttls-refused", f"{OFFER}\nS: {{tag}} NO not now", {"outcome": "completed", "starttls": "refused"}),
    _at(143, "no-handshake", f"{OFFER}\nS: {{tag}} OK go\nHANG", {"outcome": "tls-failed"}),
    _at(993, "mute", "HANG", {"outcome": "tls-failed"}),
    _at(993, "plain-text", "S: * OK ready", {"outcome": "tls-failed"}),
    _at(993, "expired", "STARTTLS\nS: * OK ready", {"cert_trust": "expired"}, certificate="expired"),
    _at(110, "mute", "HANG", SILENT),
    _at(110, "smtp", "S: 220 mx ESMTP", NO_POP),
    _at(110, "err", "S: -ERR no", {"outcome": "rejected"}),
    _at(110, "endless-capabilities", f"{POP}\nS: +OK\nFLOOD: UIDL\\r\\n", TOO_MUCH),
    _at(110, "no-final-dot", f"{POP}\nS: +OK\nS: UIDL\nHANG", SILENT),
    _at(110, "drip", "DRIP: 0.3 +OK ready and so on", SILENT),
    _at(995, "silent-inside", "STARTTLS\nHANG", SILENT),
    _at(587, "mute", "HANG", SILENT),
    _at(587, "flood", "FLOOD: 220-x\\r\\n", TOO_MUCH),
    _at(
        587,
        "refuses-starttls",
        f"{SUBMISSION}\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 no",
        {"starttls": "refused"},
    ),
    _at(
        587,
        "login-in-clear",
        f"{SUBMISSION}\nS: 250-mx\nS: 250 AUTH PLAIN",
        {"outcome": "completed"},
        check="TLS SMTP023",
    ),
    _at(465, "plain-text", "S: 220 mx ESMTP", {"outcome": "tls-failed"}),
    _at(465, "drip-inside", "STARTTLS\nDRIP: 0.3 220 mx ESMTP and so on", SILENT),
]
