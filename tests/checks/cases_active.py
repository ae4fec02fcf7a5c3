"""What makes checks of servers that are asked for more fail, and what makes them unknown."""

from dataclasses import replace

from auditor.model.active import ActiveResult, ActiveTest
from auditor.model.facts import DomainFacts
from auditor.model.finding import Verdict
from auditor.model.route import MxStatus
from auditor.model.session import Outcome, Session, SmtpSession
from tests.checks.builders import TIMED_OUT, Spoil, all_of, on_port, route, sessions
from tests.checks.case import Case

GOOD = {
    ActiveTest.RELAY: (False, 554),
    ActiveTest.POSTMASTER: (True, 250),
    ActiveTest.MAILBOX: (True, 250),
    ActiveTest.VRFY: (False, 252),
    ActiveTest.EXPN: (False, 502),
    ActiveTest.INJECTION: (False, 220),
    ActiveTest.MAIL_IN_CLEAR: (True, 250),
}


def asked(test: ActiveTest | None = None, *, accepted: bool | None = None, domain: str = "example.com") -> Spoil:
    """Everything was asked with the best result, but for one test."""
    found = {
        one: ActiveResult(
            test=one,
            accepted=accepted if one is test else good,
            asked=f"ask {one}",
            code=code,
            words=f"{code} said",
            domain=domain if one is ActiveTest.MAILBOX else "",
        )
        for one, (good, code) in GOOD.items()
    }

    def spoil(facts: DomainFacts) -> DomainFacts:
        changed = {one: _with(session, tuple(found.values())) for one, session in facts.sessions.items()}
        return replace(facts, sessions=changed, asked=facts.asked | {"active"})

    return spoil


def _with(session: Session, results: tuple[ActiveResult, ...]) -> Session:
    return replace(session, active=results) if isinstance(session, SmtpSession) else session


BAD = {
    "ACT001": (ActiveTest.RELAY, True),
    "ACT002": (ActiveTest.POSTMASTER, False),
    "ACT003": (ActiveTest.MAILBOX, False),
    "ACT004": (ActiveTest.VRFY, True),
    "ACT005": (ActiveTest.EXPN, True),
    "ACT006": (ActiveTest.INJECTION, True),
    "ACT007": (ActiveTest.MAIL_IN_CLEAR, False),
}
ACTIVE_CASES = tuple(
    Case(check, asked(test, accepted=accepted), f"ask {test}: ", asked(test)) for check, (test, accepted) in BAD.items()
)

NA, OK, UNKNOWN = Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN
not_asked = all_of(asked(), sessions(active=()))

ACTIVE_OTHER_WAYS: tuple[tuple[str, Spoil, Verdict], ...] = (
    *((check, lambda facts: facts, NA) for check in BAD),
    *((check, asked(), OK) for check in BAD),
    *((check, not_asked, UNKNOWN) for check in BAD),
    *((check, all_of(asked(), TIMED_OUT), UNKNOWN) for check in BAD if check != "ACT003"),
    *((check, all_of(asked(), sessions(outcome=Outcome.REJECTED)), NA) for check in ("ACT001", "ACT006")),
    ("ACT003", asked(ActiveTest.MAILBOX, accepted=False, domain="other.example"), NA),
    ("ACT003", all_of(asked(), route(status=MxStatus.DIRECT)), NA),
    ("ACT007", all_of(asked(ActiveTest.MAIL_IN_CLEAR, accepted=False), on_port(587)), NA),
)
