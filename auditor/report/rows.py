"""What one row of each table is about: the facts a column's function draws from."""

from dataclasses import dataclass
from datetime import datetime

from auditor.model.certificate import Certificate, CertTrust
from auditor.model.dane import DaneStatus
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding
from auditor.model.route import Exchange
from auditor.model.session import SmtpSession
from auditor.model.target import Target
from auditor.report.sources import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRow:
    """A target; ``facts`` and ``judged`` are missing where the run ended before its turn."""

    target: Target
    facts: DomainFacts | None = None
    judged: Judged | None = None
    fault: str = ""
    """What went wrong on our side, where that is why facts are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MxRow:
    """One exchange of a domain."""

    domain: str
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """One endpoint of the run; ``session`` is missing where no conversation was held."""

    endpoint: Endpoint
    session: SmtpSession | None
    certificate: Certificate | None
    """The leaf it presented."""
    domains: int
    judged_at: datetime
    dane: DaneStatus | None = None
    """Nothing where no TLSA record was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """One leaf certificate with its use in the run."""

    sha256: str
    certificate: Certificate | None
    trust: CertTrust
    endpoints: int
    domains: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding."""

    finding: Finding
