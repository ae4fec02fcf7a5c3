"""Where the facts of published policy come from, and what stands in their place; see ``providers``."""

from collections.abc import Callable
from typing import Any, TypeVar

from auditor.checks.core import NotApplicable, Unknown
from auditor.checks.facts import NO_LOOKUP
from auditor.checks.published_facts import (
    Bimi,
    Caa,
    DkimKeys,
    Dmarc,
    DmarcApplies,
    DmarcOwn,
    Parked,
    Policies,
    Receiver,
    Sender,
    Signer,
    Spf,
    SpfTree,
)
from auditor.checks.routing import Missing, why_route_unknown
from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import DmarcStatus
from auditor.model.facts import DomainFacts
from auditor.model.published import RecordStatus, Role
from auditor.model.route import MxStatus
from auditor.model.spf import SpfStatus
from auditor.policy.kept import kept
from auditor.policy.role import role_of

Kind = TypeVar("Kind", bound=Policies)


@kept
def policies_of(facts: DomainFacts) -> Policies | Missing:
    """What a domain publishes, whatever its role."""
    if facts.route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    if facts.published is None:
        return Unknown(why_route_unknown(facts.route) or "what the domain publishes was not looked up in this run")
    if facts.route.status is MxStatus.NXDOMAIN:
        return NotApplicable("the domain does not exist")
    return Policies(facts.published, role_of(facts.target, facts.route, facts.published), facts)


def _of_role(
    kind: type[Kind], applies: Callable[[Policies], bool], words: str
) -> Callable[[DomainFacts], Kind | Missing]:
    """A provider of the policies of a domain in that role."""

    @kept
    def provide(facts: DomainFacts) -> Kind | Missing:
        policies = policies_of(facts)
        if not isinstance(policies, Policies):
            return policies
        if not applies(policies):
            return NotApplicable(f"the domain {words}; its role is {policies.role.role}: {policies.role.reason}")
        return kind(policies.published, policies.role, policies.facts)

    return provide


_sender = _of_role(Sender, lambda one: one.role.sends is not False, "sends no mail")
_parked = _of_role(Parked, lambda one: one.role.role is Role.PARKED, "is not parked")
receiver_of = _of_role(Receiver, lambda one: one.role.receives is not False, "takes no mail")
"""What a domain publishes that takes mail, or may do so."""


def _signer(facts: DomainFacts) -> Signer | Missing:
    sender = _sender(facts)
    if not isinstance(sender, Sender):
        return sender
    if sender.role.sends is None:
        return Unknown(f"it is not known whether the domain sends mail: {sender.role.reason}")
    return Signer(sender.published, sender.role, sender.facts)


@kept
def _spf(facts: DomainFacts) -> Spf | Missing:
    policies = policies_of(facts)
    if not isinstance(policies, Policies):
        return policies
    audit = policies.published.spf
    if audit.status is SpfStatus.NONE:
        return NotApplicable("there is no SPF record")
    if audit.status is SpfStatus.TEMPERROR and audit.root is None:
        return Unknown(f"the SPF record: {audit.reason}")
    return Spf(audit, policies.published)


def _spf_tree(facts: DomainFacts) -> SpfTree | Missing:
    spf = _spf(facts)
    if not isinstance(spf, Spf):
        return spf
    if not spf.audit.has_record:
        return NotApplicable("there is not one SPF record")
    return SpfTree(spf.audit, spf.published)


def _dmarc(facts: DomainFacts) -> Dmarc | Missing:
    policies = policies_of(facts)
    if not isinstance(policies, Policies):
        return policies
    audit = policies.published.dmarc
    return Unknown(f"DMARC: {audit.reason}") if audit.status is DmarcStatus.UNKNOWN else Dmarc(audit)


@kept
def _dmarc_applies(facts: DomainFacts) -> DmarcApplies | Missing:
    dmarc = _dmarc(facts)
    if not isinstance(dmarc, Dmarc):
        return dmarc
    audit = dmarc.audit
    if audit.status is not DmarcStatus.VALID or audit.tree is None or audit.record is None:
        return NotApplicable("no DMARC record applies")
    return DmarcApplies(audit, audit.tree, audit.record)


def _dmarc_own(facts: DomainFacts) -> DmarcOwn | Missing:
    dmarc = _dmarc_applies(facts)
    if not isinstance(dmarc, DmarcApplies):
        return dmarc
    if not dmarc.audit.has_own:
        return NotApplicable(f"the record that applies is that of {dmarc.record.location}")
    return DmarcOwn(dmarc.audit, dmarc.tree, dmarc.record)


def _dkim_keys(facts: DomainFacts) -> DkimKeys | Missing:
    policies = policies_of(facts)
    if not isinstance(policies, Policies):
        return policies
    audit = policies.published.dkim
    if audit.keys:
        return DkimKeys(audit)
    if audit.status is DkimStatus.UNKNOWN and audit.unanswered:
        return Unknown(f"DKIM: {'; '.join(audit.unanswered)}")
    return NotApplicable(f"no key is known: {audit.reason or audit.status}")


def _bimi(facts: DomainFacts) -> Bimi | Missing:
    policies = policies_of(facts)
    if not isinstance(policies, Policies):
        return policies
    record = policies.published.bimi
    if record.status is RecordStatus.UNKNOWN:
        return Unknown(f"the BIMI record: {record.unknown}")
    if record.status is RecordStatus.NONE:
        return NotApplicable("there is no BIMI record")
    if record.found_at not in {"", policies.published.domain}:
        return NotApplicable(f"the record that applies is that of {record.found_at}")
    return Bimi(record, policies.published.dmarc)


def _caa(facts: DomainFacts) -> Caa | Missing:
    policies = policies_of(facts)
    if not isinstance(policies, Policies):
        return policies
    records = policies.published.caa
    return Unknown(f"CAA: {records.unknown}") if records.unknown else Caa(records)


PUBLISHED: dict[type, Callable[[DomainFacts], Any]] = {
    Policies: policies_of,
    Sender: _sender,
    Signer: _signer,
    Receiver: receiver_of,
    Parked: _parked,
    Spf: _spf,
    SpfTree: _spf_tree,
    Dmarc: _dmarc,
    DmarcApplies: _dmarc_applies,
    DmarcOwn: _dmarc_own,
    DkimKeys: _dkim_keys,
    Bimi: _bimi,
    Caa: _caa,
}
"""The part of ``providers.PROVIDERS`` that is about what domains publish."""
