"""What a domain's policies come to, worked out once for all the rows that show some of it."""

from dataclasses import dataclass

from auditor.model.facts import DomainFacts
from auditor.model.published import RoleReason
from auditor.model.route import MxStatus
from auditor.policy.dane_effect import DomainDane, domain_dane
from auditor.policy.role import role_of
from auditor.policy.sts_effect import StsEffect, sts_effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Role, MTA-STS and DANE of one target."""

    role: RoleReason
    sts: StsEffect | None = None
    """Nothing for a server named by itself, whose mail no domain's policy is about."""
    dane: DomainDane | None = None
    """Nothing likewise."""


def effects_of(facts: DomainFacts) -> Effects:
    """The effects of what a target publishes, as far as it was observed."""
    role = role_of(facts.target, facts.route, facts.published)
    if facts.route.status is MxStatus.DIRECT:
        return Effects(role=role)
    return Effects(role=role, sts=sts_effect(facts), dane=domain_dane(facts))
