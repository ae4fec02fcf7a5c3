"""What passes between the campaign and whoever does its jobs."""

from dataclasses import dataclass

from auditor.model.certificate import Certificate
from auditor.model.dns import Answer
from auditor.model.endpoint import Endpoint
from auditor.model.session import SmtpSession
from auditor.model.target import Target


@dataclass(frozen=True, slots=True)
class DomainJob:
    """Survey the DNS of one target."""

    target: Target


@dataclass(frozen=True, slots=True)
class EndpointJob:
    """Hold one conversation."""

    endpoint: Endpoint
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class DomainSurveyed:
    """A target's DNS is known as far as it can be; these endpoints are to be contacted for it."""

    key: str
    endpoints: tuple[Endpoint, ...]
    fault: str = ""
    """What went wrong on our side, if something did."""
    answers: tuple[Answer, ...] = ()
    """Every answer that came since the last survey, whichever it was asked for: what this one rests on is
    among these or went out before, so that a journal never holds a target as done without its answers."""


@dataclass(frozen=True, slots=True)
class EndpointSeen:
    """A conversation ended."""

    job: EndpointJob
    session: SmtpSession
    certificates: tuple[Certificate, ...] = ()


Observation = DomainSurveyed | EndpointSeen
