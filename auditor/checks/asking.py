"""Asking the checks of a scope about one subject: those that need the same facts together."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.checks.core import Check, NotApplicable, Scope, Unknown
from auditor.checks.providers import PROVIDERS
from auditor.checks.routing import Missing
from auditor.checks.said import Said
from auditor.checks.subjects import Subject
from auditor.model.endpoint import Service
from auditor.model.facts import DomainFacts


@dataclass(frozen=True, slots=True)
class Group:
    """The checks that need the same facts: where one of these is missing, none of them has anything to judge."""

    needs: tuple[type, ...]
    checks: tuple[tuple[int, Check], ...]
    """Each with its place among those chosen."""
    members: int
    """The same as a set; see ``said``."""
    options: tuple[str, ...]
    """What the user must have asked for, in order."""
    sought: bool
    """Whether it is about what nobody promised."""


def groups(checks: Sequence[Check], scope: Scope) -> tuple[Group, ...]:
    """Those of the chosen checks that are of a scope, by what they need."""
    by_needs: dict[tuple[type, ...], list[tuple[int, Check]]] = defaultdict(list)
    for place, check in enumerate(checks):
        if check.scope is scope:
            by_needs[check.needs].append((place, check))
    return tuple(
        Group(
            needs=needs,
            checks=tuple(placed),
            members=sum(1 << place for place, _ in placed),
            options=tuple(sorted({str(getattr(kind, "asked_by", "")) for kind in needs} - {""})),
            sought=any(getattr(kind, "sought", False) for kind in needs),
        )
        for needs, placed in by_needs.items()
    )


def ask(asked: Sequence[Group], subject: Subject, facts: DomainFacts) -> Said:
    """What the checks of these groups, which are of the subject's scope, say of it."""
    session = None if subject.endpoint is None else facts.sessions.get(subject.endpoint)
    said = Said(subject, inside=session is not None and session.tls is not None)
    obtained: dict[type, object] = {}  # the subject's facts, for whatever needs them again
    for group in asked:
        found = _not_asked(group, subject, facts) or _needed(group, subject, facts, obtained)
        if isinstance(found, list):
            for place, check in group.checks:
                said.take(place, check, [*check.function(*found)])
        elif isinstance(found, NotApplicable):
            said.beside.append((group.members, found.reason))
        else:
            for place, check in group.checks:
                said.take_unknown(place, check, found.reason)
    return said


def _not_asked(group: Group, subject: Subject, facts: DomainFacts) -> Missing | None:
    """Why there is nothing to judge, whatever was observed: it was not to be looked at, or nobody knows what is there."""
    for option in group.options:
        if option not in facts.asked:
            return NotApplicable(f"not tried: that needs --{option}")
    if not subject.unknown:
        return None
    return NotApplicable("no client service is promised here") if group.sought else Unknown(subject.unknown)


def _needed(group: Group, subject: Subject, facts: DomainFacts, obtained: dict[type, object]) -> list[object] | Missing:
    """The facts that the group needs; or what stands in the place of one that is missing."""
    for kind in group.needs:
        if kind not in obtained:
            obtained[kind] = _fact(kind, subject, facts)
    needed = [obtained[kind] for kind in group.needs]
    missing = [fact for fact in needed if isinstance(fact, Unknown | NotApplicable)]
    # What does not apply need not be known.
    return min(missing, key=lambda fact: not isinstance(fact, NotApplicable)) if missing else needed


def _fact(kind: type, subject: Subject, facts: DomainFacts) -> object:
    """The fact of that kind, or what stands in its place."""
    provider = PROVIDERS[subject.scope][kind]
    if subject.record is not None:
        return provider(subject.record, facts)
    if subject.endpoint is None:
        return provider(facts)
    fits: Callable[[Service], bool] | None = getattr(kind, "fits", None)
    if fits is not None and not fits(subject.endpoint.service):
        return NotApplicable("that is not what this port is for")
    session = facts.sessions.get(subject.endpoint)
    if subject.endpoint.sought and (session is None or session.silent):
        return NotApplicable("nothing that listens was met here, nor promised")
    if session is None:
        return Unknown("this endpoint was not contacted before the run ended")
    return provider(session, facts)
