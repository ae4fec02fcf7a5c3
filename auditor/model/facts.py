"""All that is known of one target, gathered for judging."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint
from auditor.model.route import MailRoute
from auditor.model.session import SmtpSession
from auditor.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFacts:
    """One target with everything observed of it; what is missing was not observed."""

    target: Target
    route: MailRoute
    sessions: Mapping[Endpoint, SmtpSession]
    """Of the route's endpoints, those that were spoken to."""
    certificates: Mapping[str, Certificate]
    """By SHA-256; at least those named by the sessions' handshakes."""
    judged_at: datetime
    """The one moment against which validity is judged: the run's start, not now."""
    dns_only: bool = False
    """True when no mail server was to be contacted in this run."""
