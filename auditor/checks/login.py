"""SMTP: where users can log in, and where they cannot."""

from collections.abc import Iterator

from auditor.checks.access_facts import Submission
from auditor.checks.by_hand import ASK
from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.facts import Hello, Offer
from auditor.model.endpoint import Service
from auditor.model.finding import Severity
from auditor.protocol.keywords import find


@check(
    id="SMTP023",
    name="auth-in-clear",
    severity=Severity.MEDIUM,
    reference="RFC 4954 §4; RFC 8314 §4.1",
    remediation="Offer AUTH only inside TLS (Postfix: smtpd_tls_auth_only = yes), and on the submission ports alone.",
    reproduce=ASK + "\n# expect: {sign}",
)
def auth_in_clear(hello: Hello) -> Iterator[Result]:
    """Login is offered before TLS.

    Clients that take the offer send passwords that can be read on the way.
    """
    if hello.session.endpoint.service is Service.SUBMISSIONS:
        yield NotApplicable("TLS is implicit on this port")
    elif auth := find(hello.keywords, "AUTH"):
        strict = hello.session.endpoint.service is Service.SUBMISSION
        yield Evidence(f"in clear text: {auth}", Severity.HIGH if strict else None, {"sign": "AUTH"})


@check(
    id="SMTP024",
    name="auth-on-mx",
    severity=Severity.LOW,
    reference="RFC 6409 §3.1; RFC 8314 §3",
    remediation="Offer AUTH on the submission ports (465, 587) alone, and disable it on port 25.",
    reproduce=ASK + "\n# expect: {sign}",
)
def auth_on_mx(hello: Hello, offer: Offer) -> Iterator[Result]:
    """Login is offered on the port for mail from elsewhere.

    Port 25 of an exchange is where passwords are guessed most; users log in on the submission ports.
    """
    if hello.session.endpoint.service is not Service.SMTP:
        yield NotApplicable("this is a submission port")
    elif auth := find(offer.keywords, "AUTH") or find(hello.keywords, "AUTH"):
        in_clear = {"sign": "AUTH"} if find(hello.keywords, "AUTH") else {}
        yield Evidence(f"on port {hello.session.endpoint.port}: {auth}", fill=in_clear)


@check(
    id="SMTP032",
    name="submission-without-auth",
    severity=Severity.MEDIUM,
    reference="RFC 6409 §4.3; RFC 4954 §4",
    remediation="Enable AUTH inside TLS on this port, or close it.",
    reproduce="{talk}\n# expect no: AUTH",
)
def submission_without_auth(submission: Submission) -> Iterator[Result]:
    """Nobody can log in on a submission port.

    Users cannot send mail there; or anybody can, without saying who he is.
    """
    if find(submission.inside, "AUTH") is None:
        yield Evidence("no AUTH keyword inside TLS")
