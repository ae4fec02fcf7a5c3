"""Servers that do not speak SMTP as they should."""

from tests.hostile.scenario import Expected, Scenario

GREETED = "S: 220 mx ESMTP"
HELLO = "C: EHLO\nS: 250 mx"
DONE = {"outcome": "completed", "stage": "done", "starttls": "not-offered"}
MUTE = {"outcome": "reply-timeout", "stage": "greeting"}
NO_SMTP = {"outcome": "not-smtp", "blame": "theirs"}
TOO_MUCH = {"outcome": "oversized", "blame": "theirs"}
LONG, GREETING = "250-mx\\r\\n", "220-mx\\r\\n"


def _one(fault: str, name: str, script: str, endpoint: Expected) -> Scenario:
    return Scenario(name=name, fault=fault, script=script, certificate="", endpoint=endpoint)


def _whole(text: str) -> str:
    """A reply to EHLO, after an ordinary greeting, and an ordinary end."""
    return f"{GREETED}\nC: EHLO\n{text}\nC: QUIT\nS: 221 bye\nEOF"


SILENCE = [
    _one("silence", "mute", "HANG", MUTE),
    _one("silence", "mute-after-half-a-greeting", "RAW: 220 mx\nHANG", MUTE),
    _one("silence", "mute-after-a-first-line", "S: 220-wait\nHANG", MUTE),
    _one("silence", "mute-at-ehlo", f"{GREETED}\nC: EHLO\nHANG", {"outcome": "reply-timeout", "stage": "ehlo"}),
    _one("silence", "mute-within-ehlo", f"{GREETED}\nC: EHLO\nS: 250-mx\nHANG", {"outcome": "reply-timeout"}),
    _one("silence", "mute-at-quit", f"{GREETED}\n{HELLO}\nC: QUIT\nHANG", DONE),
    _one("silence", "late-greeting", f"WAIT: 1.5\n{GREETED}\n{HELLO}", DONE),
    _one("silence", "postscreen", f"S: 220-mx first\nWAIT: 1.5\nS: 220 mx ESMTP\n{HELLO}", DONE),
    _one("drip", "drip-of-octets", "DRIP: 0.3 220 mx.example ESMTP and so on", MUTE),
    _one("drip", "drip-of-lines", "\n".join(["S: 220-wait", "WAIT: 0.4"] * 20), MUTE),
    _one("drip", "drip-at-ehlo", f"{GREETED}\nC: EHLO\nDRIP: 0.3 250-mx and so on", {"outcome": "reply-timeout"}),
    _one("drip", "drip-of-keywords", f"{GREETED}\nC: EHLO\n" + "S: 250-X\nWAIT: 0.4\n" * 20, {"stage": "ehlo"}),
    _one("drip", "drip-at-quit", f"{GREETED}\n{HELLO}\nC: QUIT\nDRIP: 0.3 221 good bye", DONE),
    _one("drip", "quick-drip-that-ends", f"DRIP: 0.02 220 mx\\r\\n\n{HELLO}", DONE),
    _one("tarpit", "tarpit", "\n".join(["S: 220-slow", "WAIT: 0.9"] * 12), MUTE),
]
SIZES = [
    _one("flood", "flood-of-lines", "FLOOD: 220-x\\r\\n", TOO_MUCH),
    _one("flood", "flood-without-ends", "FLOOD: 220", TOO_MUCH),
    _one("flood", "flood-of-nul", "FLOOD: \\x00", TOO_MUCH),
    _one("flood", "flood-of-ends", "FLOOD: \\r\\n", NO_SMTP),
    _one("flood", "flood-of-replies", "FLOOD: 220 x\\r\\n", {"deviations": "unsolicited"}),
    _one("flood", "flood-at-ehlo", f"{GREETED}\nC: EHLO\nFLOOD: {LONG}", TOO_MUCH),
    _one("flood", "flood-at-quit", f"{GREETED}\n{HELLO}\nC: QUIT\nFLOOD: 221-", DONE),
    _one("long-line", "line-of-512", f"RAW: 220 {'x' * 506}\\r\\n\n{HELLO}", DONE | {"deviations": ""}),
    _one("long-line", "line-of-513", f"RAW: 220 {'x' * 507}\\r\\n\n{HELLO}", DONE | {"deviations": "long-line"}),
    _one("long-line", "line-of-600", f"RAW: 220 {'x' * 594}\\r\\n\n{HELLO}", DONE | {"deviations": "long-line"}),
    _one("long-line", "line-of-4096", f"RAW: 220 {'x' * 4090}\\r\\n\n{HELLO}", DONE | {"deviations": "long-line"}),
    _one("long-line", "line-of-4097", f"RAW: 220 {'x' * 4091}\\r\\n\n{HELLO}", TOO_MUCH),
    _one("long-line", "line-of-100000", f"RAW: 220 {'x' * 100_000}\\r\\n\n{HELLO}", TOO_MUCH),
    _one("long-line", "long-keyword", _whole(f"RAW: 250-mx\\r\\n250 X{'Y' * 1000}\\r\\n"), DONE),
    _one("many-lines", "lines-128", _whole(f"RAW: {LONG * 127}250 mx\\r\\n"), DONE),
    _one("many-lines", "lines-129", _whole(f"RAW: {LONG * 128}250 mx\\r\\n"), TOO_MUCH),
    _one("many-lines", "lines-10000", _whole(f"RAW: {LONG * 10_000}250 mx\\r\\n"), TOO_MUCH),
    _one("many-lines", "greeting-of-129", f"RAW: {GREETING * 128}220 mx\\r\\n\n{HELLO}", TOO_MUCH),
]
OCTETS = [
    _one("bare-lf", "bare-lf", f"RAW: 220 mx ESMTP\\n\n{HELLO}", DONE | {"deviations": "bare-lf"}),
    _one("bare-lf", "bare-lf-at-ehlo", _whole("RAW: 250-mx\\n250 SIZE\\n"), DONE | {"deviations": "bare-lf"}),
    _one("bare-cr", "bare-cr", "RAW: 220 mx ESMTP\\r\nHANG", NO_SMTP | {"error": "no line end"}),
    _one("bare-cr", "bare-cr-at-ehlo", f"{GREETED}\nC: EHLO\nRAW: 250-mx\\r250 SIZE\\r\nHANG", NO_SMTP),
    _one("octets", "nul", f"RAW: 220 m\\x00x\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
    _one("octets", "esc", f"RAW: 220 \\x1b[31mmx\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
    _one("octets", "vertical-tab", f"RAW: 220 m\\x0bx\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
    _one("octets", "delete", f"RAW: 220 m\\x7fx\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
    _one("octets", "eight-bit", f"RAW: 220 M\\xfcller\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "utf8", f"RAW: 220 M\\xc3\\xbcller\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "broken-utf8", f"RAW: 220 \\xc3\\x28\\xf0\\x9f\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "bidi", f"RAW: 220 \\xe2\\x80\\xaexm\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "c1-controls", f"RAW: 220 \\x9b31m\\x85\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "formula", f"S: 220 =HYPERLINK(1)\n{HELLO}", DONE),
    _one("octets", "script", f"S: 220 <script>alert(1)</script>\n{HELLO}", DONE),
]
CODES = [
    _one("codes", "no-code", "S: hello", NO_SMTP),
    _one("codes", "two-digits", "S: 22 mx", NO_SMTP),
    _one("codes", "four-digits", "S: 2200 mx", NO_SMTP),
    _one("codes", "code-without-space", "S: 220mx", NO_SMTP),
    _one("codes", "code-alone", f"S: 220\n{HELLO}", DONE),
    _one("codes", "first-digit-1", "S: 120 wait", NO_SMTP),
    _one("codes", "first-digit-6", "S: 620 mx", NO_SMTP),
    _one("codes", "first-digit-9", "S: 999 mx", NO_SMTP),
    _one("codes", "full-width-digits", "RAW: \\xef\\xbc\\x92\\xef\\xbc\\x92\\xef\\xbc\\x90 mx\\r\\n", NO_SMTP),
    _one("codes", "empty-line", "RAW: \\r\\n", NO_SMTP),
    _one("codes", "greeting-354", f"S: 354 go on\n{HELLO}", NO_SMTP),
    _one("codes", "codes-of-one-class", _whole("S: 250-mx\nS: 251 SIZE"), DONE | {"deviations": "mixed-codes"}),
    _one("codes", "codes-of-two-classes", _whole("S: 250-mx\nS: 550 no"), NO_SMTP),
    _one(
        "codes", "unprefixed-line", _whole("S: 250-mx\nS: SIZE\nS: 250 DSN"), DONE | {"deviations": "unprefixed-line"}
    ),
    _one("codes", "http", "S: HTTP/1.1 400 Bad Request\nEOF", NO_SMTP | {"error": "HTTP/1.1 400"}),
    _one("codes", "ssh", "S: SSH-2.0-OpenSSH_9.2", NO_SMTP | {"error": "SSH-2.0"}),
    _one("codes", "tls-alert", "RAW: \\x15\\x03\\x01\\x00\\x02\\x02\\x28\nEOF", {"outcome": "closed"}),
    _one("codes", "imap", "S: * OK IMAP4rev1", NO_SMTP),
    _one("codes", "pop3", "S: +OK POP3", NO_SMTP),
    _one("codes", "mysql", "RAW: \\x4a\\x00\\x00\\x00\\x0a8.0.33\\x00\nHANG", NO_SMTP),
    _one("codes", "rdp", "RAW: \\x03\\x00\\x00\\x0b\\x06\\xd0\\x00\\x00\\n\nHANG", NO_SMTP),
]
EARLY = [
    _one(
        "early", "unasked-reply", f"RAW: 220 mx\\r\\n250 unasked\\r\\n\n{HELLO}", DONE | {"deviations": "unsolicited"}
    ),
    _one("early", "two-answers", _whole("S: 250 mx\nS: 250-again\nS: 250 STARTTLS"), DONE),
    _one("early", "greeting-and-ehlo-at-once", f"RAW: 220 mx\\r\\n250 STARTTLS\\r\\n\n{HELLO}", DONE),
    _one(
        "early",
        "half-an-unasked-reply",
        "RAW: 220 mx\\r\\n250-una\nC: EHLO\nRAW: sked\\r\\n250 x\\r\\n250 mx\\r\\n",
        DONE,
    ),
]
REFUSALS = [
    _one("refusal", "greeting-554", "S: 554 no", {"outcome": "rejected", "stage": "greeting"}),
    _one("refusal", "greeting-521", "S: 521 no mail here", {"outcome": "rejected", "stage": "greeting"}),
    _one("refusal", "greeting-421", "S: 421 later\nEOF", {"outcome": "deferred", "stage": "greeting"}),
    _one("refusal", "greeting-450", "S: 450 later", {"outcome": "deferred", "stage": "greeting"}),
    _one("refusal", "ehlo-500", f"{GREETED}\nC: EHLO\nS: 500 what\nC: HELO\nS: 250 mx", DONE | {"hello": "helo"}),
    _one("refusal", "ehlo-502", f"{GREETED}\nC: EHLO\nS: 502 what\nC: HELO\nS: 250 mx", DONE | {"hello": "helo"}),
    _one("refusal", "ehlo-550", f"{GREETED}\nC: EHLO\nS: 550 go away", {"outcome": "rejected", "stage": "ehlo"}),
    _one("refusal", "ehlo-421", f"{GREETED}\nC: EHLO\nS: 421 later\nEOF", {"outcome": "deferred", "stage": "ehlo"}),
    _one("refusal", "ehlo-452", f"{GREETED}\nC: EHLO\nS: 452 later", {"outcome": "deferred", "stage": "ehlo"}),
    _one("refusal", "helo-too", f"{GREETED}\nC: EHLO\nS: 502 what\nC: HELO\nS: 550 no", {"outcome": "rejected"}),
    _one("refusal", "quit-421", f"{GREETED}\n{HELLO}\nC: QUIT\nS: 421 later", DONE),
    _one("refusal", "quit-500", f"{GREETED}\n{HELLO}\nC: QUIT\nS: 500 what", DONE),
]
CLOSINGS = [
    _one("closing", "reset-at-once", "RESET", {"outcome": "reset", "stage": "greeting"}),
    _one("closing", "closed-at-once", "EOF", {"outcome": "closed", "stage": "greeting"}),
    _one("closing", "closed-within-the-greeting", "RAW: 220 m\nEOF", {"outcome": "closed", "stage": "greeting"}),
    _one("closing", "closed-between-lines", "S: 220-mx\nEOF", {"outcome": "closed", "stage": "greeting"}),
    _one("closing", "closed-at-ehlo", f"{GREETED}\nC: EHLO\nEOF", {"outcome": "closed", "stage": "ehlo"}),
    _one("closing", "reset-at-ehlo", f"{GREETED}\nC: EHLO\nRESET", {"outcome": "reset", "stage": "ehlo"}),
    _one(
        "closing", "closed-within-ehlo", f"{GREETED}\nC: EHLO\nS: 250-mx\nEOF", {"outcome": "closed", "stage": "ehlo"}
    ),
    _one("closing", "reset-within-ehlo", f"{GREETED}\nC: EHLO\nS: 250-mx\nWAIT: 0.2\nRESET", {"outcome": "reset"}),
    _one("closing", "closed-after-ehlo", f"{GREETED}\n{HELLO}\nEOF", DONE),
    _one("closing", "reset-after-ehlo", f"{GREETED}\n{HELLO}\nRESET", DONE),
    _one("closing", "reset-at-quit", f"{GREETED}\n{HELLO}\nC: QUIT\nRESET", DONE),
    _one("closing", "closed-at-quit", f"{GREETED}\n{HELLO}\nC: QUIT\nEOF", DONE),
    Scenario(name="refused", fault="connect", connect="refuse", endpoint={"outcome": "refused", "stage": "connect"}),
    Scenario(name="blackhole", fault="connect", connect="blackhole", endpoint={"outcome": "connect-timeout"}),
    Scenario(name="unreachable", fault="connect", connect="unreachable", endpoint={"outcome": "unreachable"}),
]
DIALOGUE = [*SILENCE, *SIZES, *OCTETS, *CODES, *EARLY, *REFUSALS, *CLOSINGS]
