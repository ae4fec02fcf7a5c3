"""Working something out once, though many checks and columns ask for it while one domain is judged."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from auditor.model.facts import DomainFacts

Result = TypeVar("Result")


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
