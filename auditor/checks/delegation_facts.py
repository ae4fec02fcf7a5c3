"""The fact that checks of nameservers ask for, and where it comes from."""

from dataclasses import dataclass
from typing import ClassVar

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.checks.facts import NO_LOOKUP
from auditor.checks.routing import Missing
from auditor.model.delegation import Delegation
from auditor.model.facts import DomainFacts
from auditor.model.route import MxStatus

NOT_ASKED = "the nameservers were not asked themselves (see --nameservers)"


@dataclass(frozen=True, slots=True)
class Delegated:
    """A zone some nameservers of which are known, and what each of them says."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    zone: Delegation


def delegated(facts: DomainFacts) -> Delegated | Missing:
    """The zone of the domain; where the nameservers are not known, why."""
    if facts.route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    zone = facts.published.delegation if facts.published is not None else None
    if zone is None:
        return NotApplicable(NOT_ASKED)
    return Delegated(zone) if zone.nameservers else Unknown("; ".join((*zone.unknown, *zone.left_out)))
