"""What one row of each table is about: the facts a column's function draws from."""

from dataclasses import dataclass
from datetime import datetime

from auditor.model.certificate import Certificate, CertTrust
from auditor.model.dane import DaneStatus, TlsaRecord, TlsaSet
from auditor.model.dkim import DkimKey
from auditor.model.dns import Answer
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding
from auditor.model.reverse import ReverseNames
from auditor.model.route import Exchange
from auditor.model.session import Session
from auditor.model.spf import SpfNode
from auditor.model.target import Target
from auditor.policy.dane_effect import HostDane
from auditor.report.effects import Effects
from auditor.report.sources import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRow:
    """A target; all that was observed of it is missing where the run ended before its turn."""

    target: Target
    facts: DomainFacts | None = None
    effects: Effects | None = None
    judged: Judged | None = None
    answers: tuple[Answer, ...] = ()
    """To each question of its survey, in its order."""
    fault: str = ""
    """What went wrong on our side, where that is why facts are missing."""

    @property
    def is_there(self) -> bool:
        """False for an address of a range at which nothing listens, as far as the run got."""
        if not self.target.sought:
            return True
        return self.facts is not None and any(session.listens for session in self.facts.sessions.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MxRow:
    """One exchange of a domain."""

    domain: str
    exchange: Exchange
    effects: Effects | None = None
    tlsa: tuple[TlsaSet, ...] = ()
    """Port by port; empty where they were not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """One endpoint of the run; ``session`` is missing where no conversation was held."""

    endpoint: Endpoint
    session: Session | None
    certificate: Certificate | None
    """The leaf it presented."""
    domains: int
    judged_at: datetime
    reverse: ReverseNames | None = None
    """The names of its address; nothing where they were not asked for."""
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
    same_key: tuple[str, ...] = ()
    """SHA-256 of the run's other certificates for the same key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerRow:
    """One address and port where something listens, however it was found."""

    address: str
    port: int
    session: Session
    """The conversation with the most to say."""
    certificate: Certificate | None
    exchanges: tuple[str, ...]
    """The exchanges of the list's domains that lead there."""
    domains: tuple[str, ...]
    """The list's domains that it serves, or whose names it bears."""
    matched_by: str
    """What tells that: ``mx``, ``certificate``, ``ptr`` or ``greeting``; empty where nothing does."""
    reverse: ReverseNames | None
    entries: tuple[str, ...]
    """The list's entries that named the address, or the range it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding."""

    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfRow:
    """One record in the tree that a domain's SPF record is the root of."""

    domain: str
    node: SpfNode
    position: int
    """In the tree, each record before what it refers to, from 1."""
    parent: int | None
    """The position of the record that refers to it; nothing for the root."""
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimRow:
    """One key of a domain."""

    domain: str
    key: DkimKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsaRow:
    """One TLSA record of an exchange's port, as one domain's mail meets it."""

    domain: str
    tlsa: TlsaSet
    record: TlsaRecord
    host: HostDane | None = None
    """How the exchange fares; nothing where that was not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One answer that a domain's survey rests on."""

    domain: str
    answer: Answer
    ad_trusted: bool
    """Whether the AD bit counts."""
