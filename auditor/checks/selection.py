"""Choosing checks by id, name or prefix."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from auditor.checks.core import Check
from auditor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Selection:
    """Which checks are wanted: those included (all, if none are named) less those excluded."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def of(self, catalogue: Sequence[Check]) -> tuple[Check, ...]:
        """The checks of the catalogue that are wanted, in its order.

        Raises:
            UsageError: a word names no check; the message suggests one that does.
        """
        for word in (*self.include, *self.exclude):
            if not any(_names(word, check) for check in catalogue):
                raise UsageError(_no_such_check(word, catalogue))
        return tuple(
            check
            for check in catalogue
            if (not self.include or any(_names(word, check) for word in self.include))
            and not any(_names(word, check) for word in self.exclude)
        )


def _names(word: str, check: Check) -> bool:
    return bool(word) and (check.id.startswith(word.upper()) or check.name == word.lower())


def _no_such_check(word: str, catalogue: Sequence[Check]) -> str:
    known = [name for check in catalogue for name in (check.id, check.name)]
    near = [match for one in (word, word.upper(), word.lower()) for match in get_close_matches(one, known, n=1)]
    hint = f"did you mean {near[0]}?" if near else "auditor explain lists them"
    return f"{word or 'an empty word'}: no such check; {hint}"
