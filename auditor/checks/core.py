"""What a check is: a small pure function, and everything the catalogue says of it."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from auditor.model.finding import Severity

# Raised with every change that can change a verdict, a severity or a score: year, month, count within it.
RULES_VERSION = "2026.11.8"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that a check found wrong, in words that a provider can be shown."""

    text: str
    severity: Severity | None = None
    """Where it matters more, or less, than the check in general."""
    fill: Mapping[str, str] = field(default_factory=dict)
    """Words of its own for the lines to type, by the names they have there, such as ``selector``."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The check cannot be judged, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The check makes no sense here, and why."""

    reason: str


Result = Evidence | Unknown | NotApplicable
CheckFunction = Callable[..., Iterator[Result]]


class Scope(StrEnum):
    """What a check is about."""

    DOMAIN = "domain"
    EXCHANGE = "exchange"
    ENDPOINT = "endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the catalogue."""

    id: str
    name: str
    title: str
    why: str
    severity: Severity
    reference: str
    remediation: str
    reproduce: str
    """Shell lines with names to be filled in: ``{domain}``; of an exchange also ``{exchange}`` and ``{port}``; of an
    endpoint also ``{address}``, and that with the port as ``{socket}``; and those that the evidence fills in."""
    scope: Scope
    needs: tuple[type, ...]
    """The kinds of facts the function takes, in order."""
    function: CheckFunction

    @property
    def family(self) -> str:
        """The letters of the id, such as ``MX``."""
        return self.id.rstrip("0123456789")


CATALOGUE: list[Check] = []
"""Every check, in the order of definition; filled by :func:`check` when the families are imported."""

Function = TypeVar("Function", bound=CheckFunction)


def check(
    *,
    id: str,  # noqa: A002 - what the catalogue calls it
    name: str,
    severity: Severity,
    reference: str,
    remediation: str,
    reproduce: str,
) -> Callable[[Function], Function]:
    """A decorator that enters a function into the catalogue.

    Its parameters' annotations say which facts it needs, and so its scope; the first line of
    its docstring is the title in every report, the rest says why it matters.
    """

    def enter(function: Function) -> Function:
        hints = get_type_hints(function)
        needs = tuple(kind for parameter, kind in hints.items() if parameter != "return")
        title, _, why = (inspect.getdoc(function) or "").partition("\n")
        CATALOGUE.append(
            Check(
                id=id,
                name=name,
                title=title.rstrip("."),
                why=" ".join(why.split()),
                severity=severity,
                reference=reference,
                remediation=remediation,
                reproduce=reproduce,
                scope=_scope(needs),
                needs=needs,
                function=function,
            )
        )
        return function

    return enter


def _scope(needs: tuple[type, ...]) -> Scope:
    """The one scope of all the facts: a fact type says its own, and one that does not is the domain's.

    What is said of an endpoint may not depend on the domain, for it is said once for all that share it.
    """
    scopes: set[Any] = {getattr(kind, "scope", Scope.DOMAIN) for kind in needs}
    if len(scopes) != 1:
        raise TypeError(f"facts of one scope are needed, not of {len(scopes)}: {needs}")
    scope: Scope = scopes.pop()
    return scope
