"""What the reports need of a recorded run and of the checks, as types; see ``journal`` and ``checks``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.dns import Answer, Question, Validation
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding, Severity
from auditor.model.mta_sts import PolicyFetch, PolicyHost
from auditor.model.session import Session
from auditor.model.target import Reject, Target
from auditor.policy.survey import Survey


class Judged(Protocol):
    """The judgement of one domain."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What failed or could not be judged."""

    @property
    def failed(self) -> int:
        """Checks that failed."""

    @property
    def unknown(self) -> int:
        """Checks that could not be judged."""

    @property
    def score(self) -> int | None:
        """0 to 100; nothing where nothing was judged."""

    @property
    def coverage(self) -> float | None:
        """Judged checks / applicable checks."""

    @property
    def worst_severity(self) -> Severity | None:
        """Of the checks that failed."""


@dataclass(frozen=True, slots=True)
class RecordedSurvey:
    """What the recorded answers make of a target, and those answers."""

    survey: Survey
    answers: tuple[Answer, ...] = ()
    """Each question that the survey asks, once, in its order; one that the run did not ask is ``not-asked``."""


Judge = Callable[[DomainFacts], Judged]
SurveyOf = Callable[[Target], RecordedSurvey | None]
"""What was recorded of a target's DNS; nothing where its mail route is not known from it."""


class RecordedRun(Protocol):
    """A run as it was recorded."""

    @property
    def config(self) -> Config:
        """Its settings."""

    @property
    def started_at(self) -> datetime:
        """When it began."""

    def judged_at(self, *looked_at: datetime | None) -> datetime:
        """The moment against which the validity of what was seen at these is judged."""

    @property
    def validation(self) -> Validation | None:
        """Whether the run's resolvers validate; nothing where that was not found out."""

    def meta(self, key: str) -> Any:  # noqa: ANN401 - whatever was kept
        """The value kept under a key; ``fault:<key of the target>`` is a fault of ours in words."""

    def targets(self) -> Iterable[Target]:
        """Accepted inputs, in order."""

    def rejects(self) -> Iterable[Reject]:
        """Input lines that were not taken, in order."""

    def answer(self, question: Question) -> Answer | None:
        """The recorded answer, if the question was asked."""

    def session(self, endpoint: Endpoint) -> Session | None:
        """The recorded conversation, if it was held."""

    def policy_fetch(self, host: PolicyHost) -> PolicyFetch | None:
        """How fetching a policy ended, if it was tried."""

    def certificate(self, sha256: str) -> Certificate | None:
        """The recorded certificate."""
