"""What a case of a check is."""

from dataclasses import dataclass

from tests.checks.builders import Spoil


@dataclass(frozen=True)
class Case:
    """How a check is made to fail, with words of its evidence; and how it is made unknown."""

    check: str
    fail: Spoil
    says: str
    unknown: Spoil
