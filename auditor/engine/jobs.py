"""What passes between the campaign and whoever does its jobs."""

from dataclasses import dataclass, field

from auditor.journal.rows import AnswerRow
from auditor.model.certificate import Certificate
from auditor.model.dns import Answer, Question
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyFetch, PolicyHost
from auditor.model.session import Session
from auditor.model.target import Target


@dataclass(frozen=True, slots=True)
class DomainJob:
    """Survey the DNS of one target."""

    target: Target
    known: tuple[Answer, ...] = ()
    """Answers that stand in the journal, where who surveys may believe otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class EndpointJob:
    """Hold one conversation."""

    endpoint: Endpoint
    attempt: int = 1
    domains: tuple[str, ...] = field(default=(), compare=False)
    """Some of those on whose behalf it is held."""

    @property
    def subject(self) -> Endpoint:
        """What is looked at."""
        return self.endpoint


@dataclass(frozen=True, slots=True, order=True)
class PolicyJob:
    """Fetch one MTA-STS policy."""

    host: PolicyHost
    attempt: int = 1

    @property
    def subject(self) -> PolicyHost:
        """What is looked at."""
        return self.host


Subject = Endpoint | PolicyHost
"""What is contacted for a target, once in a run however many targets need it."""
ContactJob = EndpointJob | PolicyJob


@dataclass(frozen=True, slots=True)
class DomainSurveyed:
    """A target's DNS is known as far as it can be; these endpoints, and policy hosts, are to be contacted for it."""

    key: str
    subjects: tuple[Subject, ...]
    answers: tuple[AnswerRow, ...] = ()
    """Those it rests on that were not told yet, whichever target asked, and perhaps others; each once in a run.

    All that the survey rests on were told with it or before it, so that no target
    is ever journalled as done before the answers from which its route is drawn.
    """
    doubtful: bool = False
    """Some lookup gave no fact: worth asking again if the run is resumed."""
    fault: str = ""
    """What went wrong on our side, if something did."""
    rests_on: tuple[tuple[Question, str], ...] = ()
    """Questions whose answers were told before, each with the gist of what is believed (:func:`gist`).

    Told where others survey the same run with resolvers of their own; a survey counts only if the journal agrees.
    """


@dataclass(frozen=True, slots=True)
class EndpointSeen:
    """A conversation ended."""

    job: EndpointJob
    session: Session
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyFetched:
    """An attempt to fetch a policy ended."""

    job: PolicyJob
    fetch: PolicyFetch
    certificates: tuple[Certificate, ...] = ()


Observation = DomainSurveyed | EndpointSeen | PolicyFetched
