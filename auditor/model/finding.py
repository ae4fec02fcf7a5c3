"""What judging yields."""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a failed check matters, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical, rising as it matters less."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Verdict(StrEnum):
    """The four states of a check on a subject."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Finding(NamedTuple):
    """One check on one subject of a domain that did not pass: failed, or could not be judged.

    A tuple, since a domain has dozens of them: making one takes half the time of a frozen dataclass.
    """

    domain: str
    subject: str
    """The domain, an exchange, or an endpoint (``exchange/address:port``)."""
    check: str
    """Id such as ``MX003``."""
    name: str
    """Slug such as ``mx-alias``."""
    verdict: Verdict
    severity: Severity
    evidence: str
    reference: str
    remediation: str
    reproduce: str
    """Shell lines that show it, one a line."""
    rules_version: str
