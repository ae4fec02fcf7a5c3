"""From one thing that a row of ``domains`` is about to the function that draws a column from the row."""

from collections.abc import Callable

from auditor.model.dmarc import Discovery
from auditor.model.facts import DomainFacts
from auditor.model.published import Published
from auditor.model.route import MxStatus
from auditor.model.spf import SpfAudit
from auditor.policy.dane_effect import DomainDane
from auditor.policy.sts_effect import StsEffect
from auditor.report.columns import Value
from auditor.report.effects import Effects
from auditor.report.rows import DomainRow
from auditor.report.sources import Judged

Draw = Callable[[DomainRow], Value]


def of_facts(value: Callable[[DomainFacts], Value]) -> Draw:
    """Drawn from what was observed."""
    return lambda row: None if row.facts is None else value(row.facts)


def of_judgement(value: Callable[[Judged], Value]) -> Draw:
    """Drawn from what the checks came to."""
    return lambda row: None if row.judged is None else value(row.judged)


def of_effects(value: Callable[[Effects], Value]) -> Draw:
    """Drawn from what the policies come to."""
    return lambda row: None if row.effects is None else value(row.effects)


def of_sts(value: Callable[[StsEffect], Value]) -> Draw:
    """Drawn from the effect of MTA-STS; a server named by itself has none."""
    return of_effects(lambda effects: None if effects.sts is None else value(effects.sts))


def of_dane(value: Callable[[DomainDane], Value]) -> Draw:
    """Drawn from DANE of the domain's exchanges; a server named by itself has no domain to judge."""
    return of_effects(lambda effects: None if effects.dane is None else value(effects.dane))


def of_published(value: Callable[[Published], Value]) -> Draw:
    """Drawn from what the domain publishes."""
    return of_facts(lambda facts: None if facts.published is None else value(facts.published))


def or_unknown(value: Callable[[Published], Value], unknown: str = "unknown") -> Draw:
    """A status, unknown where the domain's servers gave no answer at all; empty for a server named by itself."""

    def draw(facts: DomainFacts) -> Value:
        if facts.published is not None:
            return value(facts.published)
        return None if facts.route.status is MxStatus.DIRECT else unknown

    return of_facts(draw)


def of_tree(value: Callable[[Discovery], Value]) -> Draw:
    """Drawn from what the tree walk of DMARC comes to (RFC 9989 §4.10)."""
    return of_published(lambda one: None if one.dmarc.tree is None else value(one.dmarc.tree))


def of_spf(value: Callable[[SpfAudit], Value]) -> Draw:
    """Drawn from SPF, where there is one record, whose terms could be counted."""
    return of_published(lambda one: value(one.spf) if one.spf.has_record else None)
