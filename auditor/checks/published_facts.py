"""The facts that checks of published policy may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from auditor.checks.core import Scope
from auditor.checks.facts import NOT_VALIDATED
from auditor.checks.routing import unknown_exchanges, why_route_unknown
from auditor.model.certificate import Certificate
from auditor.model.dkim import DkimAudit
from auditor.model.dmarc import Discovery, DmarcAudit, DmarcRecord
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import PolicyFetch, StsPolicy
from auditor.model.published import BimiRecord, CaaSet, Published, RoleReason, TlsRptRecord
from auditor.model.spf import SpfAudit
from auditor.policy.dane_effect import HostDane, in_force, relay_sets, without_fact
from auditor.policy.sts_effect import StsEffect


@dataclass(frozen=True, slots=True)
class Policies:
    """What a domain that exists publishes, its role, and all else that is known of it."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    published: Published
    role: RoleReason
    facts: DomainFacts


@dataclass(frozen=True, slots=True)
class Sender(Policies):
    """The same of a domain that sends mail, or may do so."""


@dataclass(frozen=True, slots=True)
class Signer(Policies):
    """The same of a domain that is known to send mail."""


@dataclass(frozen=True, slots=True)
class Receiver(Policies):
    """The same of a domain that takes mail, or may do so."""

    @property
    def dane(self) -> bool | None:
        """Whether senders hold an exchange to its TLSA records; ``None`` where that is not known."""
        asked, route = relay_sets(self.published), self.facts.route
        applied = {in_force(one) for one in asked}
        not_asked = bool(self.published.tlsa) and not asked
        if not_asked or why_route_unknown(route) or unknown_exchanges(route):
            applied.add(None)
        return True if True in applied else None if None in applied else False


def why_not_known(hosts: Iterable[HostDane]) -> str:
    """Why it is not known whether senders hold these exchanges to TLSA records."""
    return without_fact(hosts) or NOT_VALIDATED


@dataclass(frozen=True, slots=True)
class Parked(Policies):
    """The same of a domain that has nothing to do with mail."""


@dataclass(frozen=True, slots=True)
class Spf:
    """An SPF record, whatever it is worth."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    audit: SpfAudit
    published: Published


@dataclass(frozen=True, slots=True)
class SpfTree(Spf):
    """The one SPF record of a domain, with all it refers to."""


@dataclass(frozen=True, slots=True)
class Dmarc:
    """What is known of a domain's DMARC, whatever was found."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    audit: DmarcAudit


@dataclass(frozen=True, slots=True)
class DmarcApplies:
    """A DMARC record that applies to the domain, its own or one further up."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    audit: DmarcAudit
    tree: Discovery
    record: DmarcRecord


@dataclass(frozen=True, slots=True)
class DmarcOwn(DmarcApplies):
    """The same of a record that stands at the very name, and so is the domain's own to correct."""


@dataclass(frozen=True, slots=True)
class DkimKeys:
    """The DKIM keys that were found; one at least."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    audit: DkimAudit


@dataclass(frozen=True, slots=True)
class StsAnnounced:
    """An MTA-STS record that counts, and what became of fetching the policy."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    effect: StsEffect
    fetch: PolicyFetch
    certificate: Certificate | None
    """The policy host's own."""
    at: datetime


@dataclass(frozen=True, slots=True)
class StsFetched:
    """A policy that was fetched as senders fetch it, whatever is in it."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    effect: StsEffect
    policy: StsPolicy
    fetch: PolicyFetch


@dataclass(frozen=True, slots=True)
class StsInForce:
    """A policy that counts, and what it does to the domain's exchanges."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    effect: StsEffect
    policy: StsPolicy


@dataclass(frozen=True, slots=True)
class TlsRpt:
    """The TLS-RPT record, there or not, and whether there is something to report on."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    record: TlsRptRecord
    promises: tuple[str, ...]
    """What of MTA-STS and DANE the domain has."""


@dataclass(frozen=True, slots=True)
class Bimi:
    """A BIMI record."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    record: BimiRecord
    dmarc: DmarcAudit


@dataclass(frozen=True, slots=True)
class Caa:
    """The CAA records that apply to the domain, or that there are none."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    records: CaaSet


@dataclass(frozen=True, slots=True)
class DaneHosts:
    """DANE of all the exchanges of a domain."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    hosts: tuple[HostDane, ...]
    facts: DomainFacts


@dataclass(frozen=True, slots=True)
class Tlsa:
    """DANE of one exchange, a row for each port asked for: TLSA records, or a lookup that senders take amiss."""

    scope: ClassVar[Scope] = Scope.EXCHANGE
    hosts: tuple[HostDane, ...]
    facts: DomainFacts


@dataclass(frozen=True, slots=True)
class TlsaInForce(Tlsa):
    """The same, of the ports whose usable records are signed, so that senders hold the exchange to them."""


@dataclass(frozen=True, slots=True)
class TlsaPresented(TlsaInForce):
    """The same, where servers were to be contacted, so that what they present can be held against the records."""
