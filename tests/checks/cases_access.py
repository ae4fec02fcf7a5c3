"""What makes checks of IMAP and POP3 servers fail, and what makes them unknown."""

from dataclasses import replace

from auditor.model.certificate import TlsHandshake
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Verdict
from auditor.model.session import AccessSession, Outcome, Stage, Starttls
from auditor.protocol.access import AccessReply
from auditor.protocol.lines import Deviation
from tests.checks.builders import Spoil, all_of, certificate, on_port, sessions
from tests.checks.case import Case

HOST = "mail.example.net"
CLEAR = ("IMAP4rev1", "STARTTLS", "LOGINDISABLED")
INSIDE = ("IMAP4rev1", "AUTH=PLAIN")
NO_ANSWER = {"capability": None, "starttls_reply": None, "capability_tls": None, "tls": None}
BEFORE_TLS = {"starttls_reply": None, "capability_tls": None, "tls": None, "plaintext_after_starttls": None}


def told(*capabilities: str) -> AccessReply:
    return AccessReply("OK", "done", (f"* CAPABILITY {' '.join(capabilities)}", "a1 OK done"))


def listed(*lines: str) -> AccessReply:
    return AccessReply("+OK", "list follows", ("+OK list follows", *lines, "."))


def imap(**changes: object) -> Spoil:
    """Of the domain nothing is contacted but one good IMAP server, changed."""
    session = AccessSession(
        endpoint=Endpoint(HOST, "198.51.100.9", 143),
        outcome=Outcome.COMPLETED,
        stage=Stage.DONE,
        greeting=AccessReply("OK", "ready", ("* OK ready",)),
        capability=told(*CLEAR),
        starttls=Starttls.OK,
        starttls_reply=AccessReply("OK", "begin", ("a2 OK begin",)),
        plaintext_after_starttls=False,
        tls=TlsHandshake(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", chain=(f"of {HOST}", "of issuer")),
        capability_tls=told(*INSIDE),
    )

    def spoil(facts: DomainFacts) -> DomainFacts:
        changed = replace(session, **changes)  # type: ignore[arg-type]
        return replace(
            facts,
            route=replace(facts.route, endpoints=(changed.endpoint,)),
            sessions={changed.endpoint: changed},
            certificates={f"of {HOST}": certificate(HOST)},
        )

    return spoil


def pop3(**changes: object) -> Spoil:
    endpoint = Endpoint(HOST, "198.51.100.9", 110)
    lists = {"capability": listed("STLS", "UIDL"), "capability_tls": listed("USER")}
    return imap(**({"endpoint": endpoint} | lists | changes))


def ended(outcome: Outcome, stage: Stage = Stage.CONNECT, **changes: object) -> Spoil:
    nothing = {"greeting": None, "starttls": Starttls.NOT_TESTED, "plaintext_after_starttls": None, **NO_ANSWER}
    return imap(**(nothing | {"outcome": outcome, "stage": stage, "error": "words"} | changes))


TIMED_OUT = ended(Outcome.CONNECT_TIMEOUT)
HALTED = imap(outcome=Outcome.REPLY_TIMEOUT, stage=Stage.STARTTLS, starttls=Starttls.NOT_TESTED, **BEFORE_TLS)
OFFERED = {"outcome": Outcome.COMPLETED, "starttls": Starttls.REFUSED, **BEFORE_TLS}
NO_TLS = {"starttls": Starttls.NOT_OFFERED, **BEFORE_TLS}

ACCESS_CASES = (
    Case("ACC001", ended(Outcome.NOT_IMAP, Stage.GREETING), "words", TIMED_OUT),
    Case("ACC002", ended(Outcome.REJECTED, Stage.GREETING), "at greeting: words", TIMED_OUT),
    Case("ACC003", ended(Outcome.REFUSED), "TCP connection refused", TIMED_OUT),
    Case("ACC004", ended(Outcome.CLOSED, Stage.CAPABILITY), "closed at capability", TIMED_OUT),
    Case("ACC005", imap(capability=told("IMAP4rev1"), **NO_TLS), "announced: IMAP4REV1", TIMED_OUT),
    Case(
        "ACC006",
        imap(**OFFERED | {"starttls_reply": AccessReply("NO", "no certificate")}),
        "answered NO no certificate",
        imap(**OFFERED | {"starttls_reply": AccessReply("NO", "[UNAVAILABLE] later")}),
    ),
    Case("ACC007", imap(capability=told("IMAP4rev1", "STARTTLS", "AUTH=PLAIN")), "AUTH=PLAIN, LOGIN", TIMED_OUT),
    Case("ACC008", imap(plaintext_after_starttls=True, starttls=Starttls.FAILED), "octets came", HALTED),
    Case(
        "ACC009",
        imap(outcome=Outcome.CLOSED, stage=Stage.CAPABILITY_TLS, error="gone", capability_tls=None),
        "closed: gone",
        imap(outcome=Outcome.REPLY_TIMEOUT, stage=Stage.CAPABILITY_TLS, error="nothing", capability_tls=None),
    ),
    Case("ACC010", imap(greeting=AccessReply("PREAUTH", "welcome")), "PREAUTH", TIMED_OUT),
    Case("ACC011", imap(capability=AccessReply("BAD", "what"), **NO_TLS), "answered BAD what", TIMED_OUT),
    Case("ACC012", imap(capability_tls=told("IMAP4rev1", "LOGINDISABLED")), "announced: IMAP4REV1", TIMED_OUT),
    Case("ACC013", imap(deviations=(str(Deviation.BARE_LF),)), "bare-lf", TIMED_OUT),
)

NA, OK = Verdict.NOT_APPLICABLE, Verdict.PASS
implicit = all_of(on_port(993), sessions(starttls=Starttls.IMPLICIT, capability=told(*INSIDE), capability_tls=None))
refused = ended(Outcome.REFUSED)

ACCESS_OTHER_WAYS: tuple[tuple[str, Spoil, Verdict], ...] = (
    *((case.check, lambda facts: facts, NA) for case in ACCESS_CASES),
    *((case.check, imap(), OK) for case in ACCESS_CASES),
    *((case.check, pop3(), OK) for case in ACCESS_CASES),
    *((check, all_of(imap(), implicit), NA) for check in ("ACC005", "ACC006", "ACC007", "ACC008", "ACC009")),
    ("ACC012", all_of(imap(), implicit), OK),
    ("ACC012", imap(**NO_TLS), NA),
    ("ACC006", imap(**NO_TLS), NA),
    ("ACC006", HALTED, Verdict.UNKNOWN),
    ("ACC008", imap(**OFFERED | {"starttls_reply": AccessReply("NO", "no")}), NA),
    ("ACC009", imap(**OFFERED | {"starttls_reply": AccessReply("NO", "no")}), NA),
    *((check, refused, NA) for check in ("ACC005", "ACC007", "ACC010", "ACC011", "ACC012", "ACC013")),
    *((check, refused, NA) for check in ("TLS003", "TLS020")),
    *((check, imap(), OK) for check in ("TLS003", "TLS007", "TLS020", "TLS021", "TLS028", "TLS030")),
    *((check, imap(), NA) for check in ("SMTP003", "SMTP010", "SMTP020", "SMTP025", "TLS001", "TLS002", "TLS005")),
    ("TLS003", imap(**NO_TLS), NA),
    ("TLS003", HALTED, Verdict.UNKNOWN),
)
