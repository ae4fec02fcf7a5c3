"""Where a zone begins, and what its parent's nameservers say of its delegation (RFC 1034 §4.2)."""

import hashlib
from dataclasses import dataclass

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.answers import complaint
from auditor.policy.contact import RoutePolicy, plan_contacts
from auditor.policy.drive import Evaluation
from auditor.policy.exchange import look_up_hosts
from auditor.policy.names import upwards

MAX_PARENTS = 2
"""Nameservers of the parent zone that are asked, one address of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCut:
    """The zone of a domain, as the resolvers know it."""

    apex: str = ""
    """Empty where it is not known."""
    names: tuple[str, ...] = ()
    """Its nameservers; empty where the resolvers could not say, which they cannot where all of them are lame."""
    parent: str = ""
    """The zone above; empty for the root."""
    parent_names: tuple[str, ...] = ()
    unknown: str = ""
    """Why ``apex`` or ``names`` is not known."""
    unknown_parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What the parent's nameservers say of the delegation."""

    names: tuple[str, ...] = ()
    not_delegated: str = ""
    """Why there is no delegation to be seen, and nothing wrong with that."""
    unknown: str = ""
    heard: tuple[str, ...] = ()
    """The addresses of theirs that replied."""


def find_cut(domain: str) -> Evaluation[ZoneCut]:
    """The closest zone from the domain upwards, and the next one above; all names are asked for NS at once.

    A name whose lookup failed may be a zone: what is below it is not taken for its parent's.
    """
    names = upwards(domain)
    answers = yield tuple(Question(name, "NS") for name in names)
    found = [(name, answer) for name, answer in zip(names, answers, strict=True) if _may_be_zone(answer)]
    if not found:
        return ZoneCut(unknown=f"neither {domain} nor any name above it has NS records")
    (apex, own), *above = found
    unknown = _why_unknown(apex, own)
    parent, further = above[0] if above else ("", None)
    unknown_parent = _why_unknown(parent, further) if further is not None else ""
    if unknown and (further is None or unknown_parent):
        return ZoneCut(unknown=unknown)
    return ZoneCut(
        apex=apex,
        names=own.records,
        parent=parent,
        parent_names=further.records if further is not None else (),
        unknown=unknown,
        unknown_parent=unknown_parent,
    )


def _why_unknown(name: str, answer: Answer) -> str:
    return "" if answer.status.known else f"{name} {complaint(answer)}"


def _may_be_zone(answer: Answer) -> bool:
    """Whether NS records stand at the very name, as far as is known; those behind an alias are another's."""
    return not answer.status.known or (answer.status is DnsStatus.ANSWERED and not answer.aliases)


def ask_parent(cut: ZoneCut, policy: RoutePolicy) -> Evaluation[Parent]:
    """The NS records by which the zone is delegated, as two nameservers of the parent give them.

    The root is not asked: it has better to do, and a top-level domain is nobody's mail domain.
    """
    if not cut.parent:
        return Parent(not_delegated=f"{cut.apex} is a top-level domain")
    if cut.unknown_parent:
        return Parent(unknown=cut.unknown_parent)
    addresses = yield from _addresses(_chosen(cut), policy)
    if not addresses:
        return Parent(unknown=f"no nameserver of {cut.parent} can be asked")
    answers = yield tuple(Question(cut.apex, "NS", address) for address in addresses)
    return _read(cut, answers)


def _chosen(cut: ZoneCut) -> list[str]:
    """Two of the parent's nameservers, others for each zone, so that the load is spread over all of them."""

    def weight(name: str) -> bytes:
        return hashlib.sha256(f"{cut.apex}/{name}".encode()).digest()

    return sorted(cut.parent_names, key=weight)[:MAX_PARENTS]


def _addresses(names: list[str], policy: RoutePolicy) -> Evaluation[tuple[str, ...]]:
    hosts = yield from look_up_hosts(names)
    plan = plan_contacts({name: host.addresses for name, host in hosts.items()}, policy)
    return tuple(dict.fromkeys(plan.usable(name)[0] for name in names if plan.usable(name)))


def _read(cut: ZoneCut, answers: tuple[Answer, ...]) -> Parent:
    """Referrals count; where there is none, why."""
    heard = tuple(one.question.server for one in answers if one.status not in {DnsStatus.TIMEOUT, DnsStatus.NOT_ASKED})
    referrals = {one.records for one in answers if one.status is DnsStatus.ANSWERED and not one.authoritative}
    if len(referrals) > 1:
        return Parent(unknown=f"the nameservers of {cut.parent} do not agree about {cut.apex}", heard=heard)
    if referrals:
        return Parent(names=referrals.pop(), heard=heard)
    if any(one.status is DnsStatus.ANSWERED for one in answers):
        return Parent(not_delegated=f"the nameservers of {cut.parent} serve {cut.apex} too", heard=heard)
    words = "; ".join(f"{one.question.server} {complaint(one)}" for one in answers)
    return Parent(unknown=f"the nameservers of {cut.parent} name no delegation of {cut.apex}: {words}", heard=heard)
