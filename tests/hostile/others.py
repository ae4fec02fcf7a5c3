"""Servers of other protocols at port 25, and replies whose code is not the one that is due."""

from tests.hostile.dialogue import DONE, GREETED, HELLO, MUTE, NO_SMTP
from tests.hostile.scenario import Expected, Scenario

REFUSED = {"outcome": "rejected", "stage": "ehlo"}
SERVER_HELLO = "\\x16\\x03\\x03\\x00\\x10\\x02\\x00\\x00\\x0c" + "\\x00" * 12
MANY = "220-" + "x" * 3990 + "\\r\\n"


OPEN_HALF = "a line of another protocol whose end never comes is told as its end (ReplyParser, Spoken.timed_out)"
OPEN_GARBAGE = "what SmtpClient sets aside is lost where its first line is no reply"


def _one(fault: str, name: str, script: str, endpoint: Expected, still_open: str = "") -> Scenario:
    return Scenario(name=name, fault=fault, script=script, certificate="", endpoint=endpoint, still_open=still_open)


def _ehlo(text: str) -> str:
    return f"{GREETED}\nC: EHLO\n{text}\nC: QUIT\nS: 221 bye\nEOF"


PROTOCOLS = [
    _one("codes", "ftp", "S: 220 (vsFTPd 3.0.3)\nC: EHLO\nS: 530 Please login", REFUSED),
    _one("codes", "ftp-2", "S: 220 FTP\nC: EHLO\nS: 500 what\nC: HELO\nS: 500 what", REFUSED),
    _one("codes", "nntp", "S: 200 news ready\nC: EHLO\nS: 500 what\nC: HELO\nS: 500 what", REFUSED),
    _one("codes", "lmtp", "S: 220 mx LMTP\nC: EHLO\nS: 500 say LHLO\nC: HELO\nS: 500 say LHLO", REFUSED),
    _one("codes", "vnc", "RAW: RFB 003.008\\n", NO_SMTP | {"error": "RFB 003.008"}),
    _one("codes", "redis", "S: -ERR unknown command", NO_SMTP),
    _one("codes", "irc", "S: :irc.example NOTICE * :looking up", NO_SMTP),
    _one("codes", "managesieve", 'S: "IMPLEMENTATION" "sieve"', NO_SMTP),
    _one(
        "codes",
        "telnet",
        "RAW: \\xff\\xfd\\x18\\xff\\xfd\\x20\nHANG",
        NO_SMTP | {"error": "\\xff\\xfd\\x18"},
        OPEN_HALF,
    ),
    _one("codes", "tls-at-once", f"RAW: {SERVER_HELLO}\nHANG", NO_SMTP | {"error": "\\x16\\x03\\x03"}, OPEN_HALF),
    _one(
        "codes", "tls-at-once-and-away", f"RAW: {SERVER_HELLO}\nEOF", NO_SMTP | {"error": "\\x16\\x03\\x03"}, OPEN_HALF
    ),
    _one("codes", "half-a-line-of-another", "RAW: SSH-2.0-\nHANG", NO_SMTP | {"error": "SSH-2.0-"}, OPEN_HALF),
    _one("codes", "half-a-line-and-away", "RAW: HTTP/1.1\nEOF", NO_SMTP | {"error": "HTTP/1.1"}, OPEN_HALF),
    _one(
        "codes", "half-a-line-and-reset", "RAW: HTTP/1.1\nWAIT: 0.2\nRESET", NO_SMTP | {"error": "HTTP/1.1"}, OPEN_HALF
    ),
]
CODES = [
    _one("codes", "bom-before-the-code", "RAW: \\xef\\xbb\\xbf220 mx\\r\\n", NO_SMTP),
    _one("codes", "space-before-the-code", "RAW: \\x20220 mx\\r\\n", NO_SMTP),
    _one("codes", "tab-after-the-code", "RAW: 220\\tmx\\r\\n", NO_SMTP),
    _one("codes", "plus-after-the-code", "RAW: 220+mx\\r\\n", NO_SMTP),
    _one("codes", "greeting-250", f"S: 250 mx\n{HELLO}", DONE),
    _one("codes", "ehlo-354", f"{GREETED}\nC: EHLO\nS: 354 go on", NO_SMTP | {"stage": "ehlo"}),
    _one("codes", "ehlo-334", f"{GREETED}\nC: EHLO\nS: 334 VXNlcm5hbWU6", NO_SMTP | {"stage": "ehlo"}),
    _one("codes", "ehlo-199", f"{GREETED}\nC: EHLO\nS: 199 wait", NO_SMTP | {"stage": "ehlo"}),
    _one("codes", "ehlo-without-code", f"{GREETED}\nC: EHLO\nS: hello", NO_SMTP | {"stage": "ehlo"}),
    _one("codes", "greeting-of-two-classes", "S: 220-mx\nS: 554 no", NO_SMTP | {"stage": "greeting"}),
    _one("codes", "quit-250", f"{GREETED}\n{HELLO}\nC: QUIT\nS: 250 stay", DONE),
    _one("codes", "quit-nonsense", f"{GREETED}\n{HELLO}\nC: QUIT\nS: what", DONE),
]
SIZES = [
    _one("long-line", "line-of-4095", f"RAW: 220 {'x' * 4089}\\r\\n\n{HELLO}", DONE | {"deviations": "long-line"}),
    _one("long-line", "line-of-4097-at-ehlo", _ehlo(f"RAW: 250 {'x' * 4091}\\r\\n"), {"outcome": "oversized"}),
    _one(
        "long-line",
        "line-of-4096-by-lf",
        f"RAW: 220 {'x' * 4091}\\n\n{HELLO}",
        DONE | {"deviations": "bare-lf|long-line"},
    ),
    _one("flood", "session-of-400-kb", f"RAW: {MANY * 100}220 mx\\r\\n\n{HELLO}", {"outcome": "oversized"}),
    _one("flood", "flood-of-cr", "FLOOD: \\r", {"outcome": "oversized"}),
    _one("flood", "flood-of-lf", "FLOOD: \\n", NO_SMTP),
    _one("flood", "flood-of-digits", "FLOOD: 220 \\r", {"outcome": "oversized"}),
    _one("flood", "flood-after-ehlo", f"{GREETED}\n{HELLO}\nFLOOD: 250 more\\r\\n", DONE),
    _one("flood", "flood-of-garbage-after-ehlo", f"{GREETED}\n{HELLO}\nFLOOD: \\xff\\x00", DONE),
]
OCTETS = [
    _one("octets", "nul-at-ehlo", _ehlo("RAW: 250-mx\\r\\n250 SI\\x00ZE\\r\\n"), DONE | {"keywords": "SI\\x00ZE"}),
    _one("octets", "esc-at-ehlo", _ehlo("RAW: 250-mx\\r\\n250 \\x1b[2J\\r\\n"), DONE | {"keywords": "\\x1b[2J"}),
    _one(
        "octets", "bidi-at-ehlo", _ehlo("RAW: 250-mx\\r\\n250 X\\xe2\\x80\\xae\\r\\n"), DONE | {"keywords": "X\\u202e"}
    ),
    _one("octets", "formula-at-ehlo", _ehlo("S: 250-mx\nS: 250 =1+1"), DONE | {"keywords": "'=1+1"}),
    _one("octets", "bar-at-ehlo", _ehlo("S: 250-mx\nS: 250 X A|B"), DONE | {"keywords": "X A\\x7cB"}),
    _one("octets", "lone-surrogate", f"RAW: 220 \\xed\\xa0\\x80\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "line-separator", f"RAW: 220 \\xe2\\x80\\xa8mx\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "not-a-character", f"RAW: 220 \\xef\\xbf\\xbf\\r\\n\n{HELLO}", DONE | {"deviations": "non-ascii"}),
    _one("octets", "form-feed", f"RAW: 220 m\\x0cx\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
    _one("bare-cr", "cr-cr-lf", f"RAW: 220 mx\\r\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
    _one("bare-cr", "bare-cr-and-away", "RAW: 220 mx ESMTP\\r\nEOF", {"outcome": "closed", "stage": "greeting"}),
    _one("bare-cr", "cr-within-a-line", f"RAW: 220 m\\rx\\r\\n\n{HELLO}", DONE | {"deviations": "control-characters"}),
]
KEYWORDS = [
    _one("keywords", "starttls-in-the-first-line", _ehlo("S: 250 STARTTLS"), DONE),
    _one("keywords", "starttls-with-a-long-s", _ehlo("RAW: 250-mx\\r\\n250 \\xc5\\xbfTARTTLS\\r\\n"), DONE),
    _one("keywords", "starttls-within-a-word", _ehlo("S: 250-mx\nS: 250 XSTARTTLS"), DONE),
    _one("keywords", "empty-lines-at-ehlo", _ehlo("RAW: 250-\\r\\n250-\\r\\n250 \\r\\n"), DONE),
    _one("keywords", "bare-codes-at-ehlo", _ehlo("RAW: 250-mx\\r\\n250\\r\\n"), DONE),
    _one("keywords", "size-beyond-all", _ehlo(f"S: 250-mx\nS: 250 SIZE {'9' * 400}"), DONE),
    _one("keywords", "size-below-zero", _ehlo("S: 250-mx\nS: 250 SIZE -1"), DONE | {"size_limit_octets": ""}),
    _one("keywords", "size-of-letters", _ehlo("S: 250-mx\nS: 250 SIZE lots"), DONE | {"size_limit_octets": ""}),
    _one("keywords", "the-same-keyword-100-times", _ehlo("S: 250-mx\n" + "S: 250-DSN\n" * 100 + "S: 250 DSN"), DONE),
]
EARLY = [
    _one(
        "early",
        "two-answers-at-once",
        _ehlo("RAW: 250 mx\\r\\n250-again\\r\\n250 STARTTLS\\r\\n"),
        DONE | {"deviations": "unsolicited"},
    ),
    _one(
        "early",
        "unasked-421",
        "RAW: 220 mx\\r\\n421 bye\\r\\n\nC: EHLO\nEOF",
        {"outcome": "closed", "stage": "ehlo", "deviations": "unsolicited"},
    ),
    _one(
        "early",
        "garbage-after-the-greeting",
        f"RAW: 220 mx\\r\\n\\xff\\xfe\\r\\n\n{HELLO}",
        DONE | {"deviations": "unsolicited"},
        OPEN_GARBAGE,
    ),
]
REFUSALS = [
    _one("refusal", "greeting-400", "S: 400 later", {"outcome": "deferred", "stage": "greeting"}),
    _one("refusal", "greeting-599", "S: 599 no", {"outcome": "rejected", "stage": "greeting"}),
    _one("refusal", "greeting-554-and-away", "S: 554 no\nEOF", {"outcome": "rejected", "stage": "greeting"}),
    _one("refusal", "greeting-554-in-lines", "S: 554-no\nS: 554 mail", {"outcome": "rejected", "reply_code": "554"}),
    _one("refusal", "ehlo-504", f"{GREETED}\nC: EHLO\nS: 504 what\nC: HELO\nS: 250 mx", DONE | {"hello": "helo"}),
    _one("refusal", "ehlo-554", f"{GREETED}\nC: EHLO\nS: 554 no", REFUSED),
    _one("closing", "ehlo-550-and-away", f"{GREETED}\nC: EHLO\nS: 550 no\nEOF", REFUSED),
    _one("refusal", "helo-421", f"{GREETED}\nC: EHLO\nS: 502 what\nC: HELO\nS: 421 later", {"outcome": "deferred"}),
    _one("refusal", "helo-silence", f"{GREETED}\nC: EHLO\nS: 502 what\nC: HELO\nHANG", {"outcome": "reply-timeout"}),
]
CLOSINGS = [
    _one(
        "closing",
        "reset-within-the-greeting",
        "RAW: 220 m\nWAIT: 0.2\nRESET",
        {"outcome": "reset", "stage": "greeting"},
    ),
    _one("closing", "closed-after-the-greeting", f"{GREETED}\nEOF", {"stage": "ehlo", "blame": "theirs"}),
    _one("closing", "closed-within-a-line-of-ehlo", f"{GREETED}\nC: EHLO\nRAW: 250-m\nEOF", {"outcome": "closed"}),
    _one("closing", "closed-at-helo", f"{GREETED}\nC: EHLO\nS: 502 what\nC: HELO\nEOF", {"outcome": "closed"}),
    _one("closing", "reset-within-quit", f"{GREETED}\n{HELLO}\nC: QUIT\nRAW: 22\nWAIT: 0.2\nRESET", DONE),
]
SLOW = [
    _one("drip", "drip-of-cr-lf", "DRIP: 0.3 \\r\\n\\r\\n\\r\\n\\r\\n\\r\\n", NO_SMTP),
    _one(
        "drip",
        "drip-within-a-line-of-ehlo",
        f"{GREETED}\nC: EHLO\nS: 250-mx\nDRIP: 0.3 250-SIZE and so on",
        {"outcome": "reply-timeout"},
    ),
    _one(
        "tarpit",
        "tarpit-at-ehlo",
        f"{GREETED}\nC: EHLO\n" + "S: 250-X\nWAIT: 0.9\n" * 9,
        {"stage": "ehlo", "outcome": "reply-timeout"},
    ),
    _one("silence", "mute-after-a-code", "RAW: 220\nHANG", MUTE),
]
OTHERS = [*PROTOCOLS, *CODES, *SIZES, *OCTETS, *KEYWORDS, *EARLY, *REFUSALS, *CLOSINGS, *SLOW]
LARGE = _one("flood", "greeting-of-240-kb", f"RAW: {MANY * 60}220 mx\\r\\n\n{HELLO}", DONE)
"""Within every bound, and scanned apart: a table that has it may not be readable."""
