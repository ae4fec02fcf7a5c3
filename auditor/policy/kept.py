"""Working something out once, though many checks and columns ask for it while one domain is judged."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from auditor.model.facts import DomainFacts

Result = TypeVar("Result")
Given = ParamSpec("Given")


def kept(function: Callable[[DomainFacts], Result]) -> Callable[[DomainFacts], Result]:
    """The same function of a domain's facts, which keeps the result for those it was asked of last.

    Facts are the same if they are one object: comparing all that is known of a domain costs more than most results.
    """
    latest: tuple[DomainFacts, Result] | None = None

    @wraps(function)
    def of(facts: DomainFacts) -> Result:
        nonlocal latest
        known = latest  # looked at once, whatever another thread asks meanwhile
        if known is None or known[0] is not facts:
            latest = known = facts, function(facts)
        return known[1]

    return of


def kept_if_small(*, most: int, octets: int) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """The same function of texts and octets, which keeps the results of the ``most`` calls asked for last.

    Those on more than so many octets are not kept: a server may send 100 KB of certificates, each another.
    """

    def made(function: Callable[Given, Result]) -> Callable[Given, Result]:
        remembered = lru_cache(maxsize=most)(function)

        @wraps(function)
        def of(*given: Given.args, **named: Given.kwargs) -> Result:
            small = sum(map(_octets, given)) <= octets
            result: Result = remembered(*given, **named) if small else function(*given, **named)  # type: ignore[arg-type]
            return result

        vars(of)["cache_clear"] = remembered.cache_clear  # as functools' own has it
        return of

    return made


def _octets(given: object) -> int:
    if isinstance(given, tuple):
        return sum(map(_octets, given))
    return len(given) if isinstance(given, bytes | str) else 0
