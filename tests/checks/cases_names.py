"""What makes checks of addresses' names fail, and what makes them unknown."""

from auditor.model.finding import Severity, Verdict
from auditor.model.session import Outcome, Stage
from auditor.model.spf import SpfAudit, SpfStatus
from auditor.protocol.replies import Reply
from tests.checks.builders import Spoil, all_of, exchange, exchanges, hello, reverse, sessions
from tests.checks.case import Case
from tests.checks.spoilt import published

NOT_KNOWN = reverse(names=(), confirmed=(), unknown="PTR: timeout")
FOREIGN = sessions(greeting=Reply(220, ("localhost.localdomain ESMTP",)))
UNNAMED = reverse(names=(), confirmed=())
NOT_BACK = reverse(names=("other.example.org",), confirmed=())
ONE = exchanges(exchange(10, "mx1.example.net", "198.51.100.1"))
GENERIC = "198-51-100-1.dynamic.example.org"


def called(*names: str) -> Spoil:
    """One exchange, whose address has these names."""
    return all_of(ONE, reverse(names=names, confirmed=names))


NO_SPF = published(spf=SpfAudit(domain="example.com", status=SpfStatus.NONE))


NAME_CASES = (
    Case("PTR001", all_of(UNNAMED, NO_SPF), "198.51.100.1 has no PTR record", NOT_KNOWN),
    Case(
        "PTR002",
        all_of(NOT_BACK, NO_SPF),
        "is called other.example.org, which has",
        reverse(confirmed=(), unknown="mx A: timeout"),
    ),
    Case("PTR003", all_of(called(GENERIC), NO_SPF), GENERIC, NOT_KNOWN),
    Case("PTR004", FOREIGN, "calls itself localhost.localdomain", all_of(FOREIGN, NOT_KNOWN)),
)

NAME_SEVERITIES = (
    ("PTR001", UNNAMED, Severity.MEDIUM),
    ("PTR002", NOT_BACK, Severity.MEDIUM),
    ("PTR003", called(GENERIC), Severity.LOW),
)
"""What is wrong with the names of an address from which the domain's mail comes weighs more."""

OK, NA, UNKNOWN = Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.UNKNOWN
NO_GREETING = sessions(greeting=None, ehlo=None, outcome=Outcome.REFUSED, stage=Stage.CONNECT)

NAME_OTHER_WAYS: tuple[tuple[str, Spoil, Verdict], ...] = (
    ("PTR002", UNNAMED, OK),
    ("PTR003", UNNAMED, OK),
    ("PTR002", called("a.example.org", "b.example.org"), OK),
    ("PTR003", called(GENERIC, "mail.example.org"), OK),
    *(
        ("PTR003", called(name), verdict)
        for name, verdict in (
            ("1.100.51.198.static.example.org", Verdict.FAIL),
            ("198.051.100.001.example.org", Verdict.FAIL),
            ("host-c6336401.example.org", Verdict.FAIL),
            ("mail-198.example.org", OK),
            ("mx51.example.org", OK),
        )
    ),
    ("PTR004", sessions(ehlo=hello("mail.example.org", "SIZE")), Verdict.FAIL),
    ("PTR004", NO_GREETING, NA),
    ("PTR004", sessions(greeting=None, ehlo=None, outcome=Outcome.CONNECT_TIMEOUT, stage=Stage.CONNECT), UNKNOWN),
    ("PTR004", sessions(greeting=Reply(554, ("5.7.1 go away",)), ehlo=None, outcome=Outcome.REJECTED), NA),
    ("PTR004", sessions(greeting=Reply(220, ("node7.example.net ready",))), OK),
    ("PTR004", all_of(sessions(greeting=Reply(220, ("mail.example.org",))), called("mx.example.org")), OK),
)
