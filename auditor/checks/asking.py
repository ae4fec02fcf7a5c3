"""Asking the checks of a scope about one subject: those that need the same facts together."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.checks.core import Check, NotApplicable, Scope, Unknown
from auditor.checks.providers import PROVIDERS
from auditor.checks.routing import Missing
from auditor.checks.said import Said
from auditor.checks.subjects import Subject
from auditor.model.endpoint import Endpoint, Service
from auditor.model.facts import DomainFacts
from auditor.model.session import Session


@dataclass(frozen=True, slots=True)
class Need:
    """A kind of facts, and where it comes from."""

    kind: type
    provide: Callable[..., object]
    """As in :data:`PROVIDERS`."""
    fits: Callable[[Service], bool] | None
    """Whether a port is for that at all; nothing where any is."""


@dataclass(frozen=True, slots=True)
class Group:
    """The checks that need the same facts: where one of these is missing, none of them has anything to judge."""

    needs: tuple[Need, ...]
    checks: tuple[tuple[int, int, Check], ...]
    """Each with its place among those chosen, before that as a set of itself; see ``said``."""
    members: int
    """All of them as a set."""
    options: tuple[str, ...]
    """What the user must have asked for, in order."""
    sought: bool
    """Whether it is about what nobody promised."""


def groups(checks: Sequence[Check], scope: Scope) -> tuple[Group, ...]:
    """Those of the chosen checks that are of a scope, by what they need."""
    by_needs: dict[tuple[type, ...], list[tuple[int, int, Check]]] = defaultdict(list)
    for place, check in enumerate(checks):
        if check.scope is scope:
            by_needs[check.needs].append((1 << place, place, check))
    return tuple(
        Group(
            needs=tuple(Need(kind, PROVIDERS[scope][kind], getattr(kind, "fits", None)) for kind in kinds),
            checks=tuple(placed),
            members=sum(alone for alone, *_ in placed),
            options=tuple(sorted({str(getattr(kind, "asked_by", "")) for kind in kinds} - {""})),
            sought=any(getattr(kind, "sought", False) for kind in kinds),
        )
        for kinds, placed in by_needs.items()
    )


def ask(asked: Sequence[Group], subject: Subject, facts: DomainFacts) -> Said:
    """What the checks of these groups, which are of the subject's scope, say of it."""
    session = None if subject.endpoint is None else facts.sessions.get(subject.endpoint)
    said = Said(subject, inside=session is not None and session.tls is not None)
    about = _about(subject, session, facts)
    obtained: dict[type, object] = {}  # the subject's facts, for whatever needs them again
    for group in asked:
        out_of_reach = _out_of_reach(group, subject, facts) if group.options or subject.unknown else None
        found = out_of_reach or _needed(group, subject, about, obtained)
        if isinstance(found, list):
            for alone, place, check in group.checks:
                if results := [*check.function(*found)]:
                    said.take(place, check, results)
                else:
                    said.passed |= alone
        elif isinstance(found, NotApplicable):
            said.beside.append((group.members, found.reason))
        else:
            for _, place, check in group.checks:
                said.take_unknown(place, check, found.reason)
    return said


def _about(subject: Subject, session: Session | None, facts: DomainFacts) -> tuple[object, ...] | Missing:
    """What a provider of the subject's scope is given; or what stands in the place of all facts."""
    endpoint = subject.endpoint
    if endpoint is None:
        return (facts,) if subject.record is None else (subject.record, facts)
    if endpoint.sought and (session is None or session.silent):
        return NotApplicable("nothing that listens was met here, nor promised")
    if session is None:
        return Unknown("this endpoint was not contacted before the run ended")
    return session, facts


def _out_of_reach(group: Group, subject: Subject, facts: DomainFacts) -> Missing | None:
    """Why nothing can be judged whatever was seen: it was not to be looked at, or nobody knows what is there."""
    for option in group.options:
        if option not in facts.asked:
            return NotApplicable(f"not tried: that needs --{option}")
    if not subject.unknown:
        return None
    return NotApplicable("no client service is promised here") if group.sought else Unknown(subject.unknown)


def _needed(
    group: Group, subject: Subject, about: tuple[object, ...] | Missing, obtained: dict[type, object]
) -> list[object] | Missing:
    """The facts that the group needs; or what stands in the place of one that is missing."""
    needed: list[object] = []
    unknown: Unknown | None = None
    for need in group.needs:
        if need.kind not in obtained:
            obtained[need.kind] = _fact(need, subject.endpoint, about)
        fact = obtained[need.kind]
        if isinstance(fact, NotApplicable):
            return fact  # what does not apply need not be known
        if isinstance(fact, Unknown):
            unknown = unknown or fact
        needed.append(fact)
    return unknown or needed


def _fact(need: Need, endpoint: Endpoint | None, about: tuple[object, ...] | Missing) -> object:
    """The fact of that kind, or what stands in its place."""
    if need.fits is not None and endpoint is not None and not need.fits(endpoint.service):
        return NotApplicable("that is not what this port is for")
    return need.provide(*about) if isinstance(about, tuple) else about
