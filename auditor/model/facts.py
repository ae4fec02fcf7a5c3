"""All that is known of one target, gathered for judging."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyFetch
from auditor.model.published import Published
from auditor.model.reverse import ReverseNames
from auditor.model.route import MailRoute
from auditor.model.session import Session
from auditor.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFacts:
    """One target with everything observed of it; what is missing was not observed."""

    target: Target
    route: MailRoute
    sessions: Mapping[Endpoint, Session]
    """Of the route's endpoints, those that were spoken to."""
    certificates: Mapping[str, Certificate]
    """By SHA-256; at least those named by the handshakes of the sessions and of the policy's fetch."""
    published: Published | None = None
    """Nothing for a direct target, and for a domain whose servers gave no answer at all."""
    reverse: Mapping[str, ReverseNames] = field(default_factory=dict)
    """The names of the route's addresses, by address; those that were looked up."""
    policy_fetch: PolicyFetch | None = None
    """How fetching the MTA-STS policy went; nothing where it was not tried."""
    judged_at: datetime
    """The one moment against which validity is judged: the run's start, not now."""
    asked: frozenset[str] = frozenset()
    """What was to be looked at beyond the ordinary, by its option, such as ``tls-versions``."""
    dns_only: bool = False
    """True when no mail server was to be contacted in this run."""

    @property
    def promised(self) -> tuple[Endpoint, ...]:
        """The endpoints of the route where something should listen, as opposed to those that are sought."""
        return tuple(endpoint for endpoint in self.route.endpoints if not endpoint.sought)

    def leaf(self, tls: TlsHandshake | None) -> Certificate | None:
        """The server's own certificate; nothing where none was shown, or it was not kept."""
        return None if tls is None else self.certificates.get(tls.leaf)
