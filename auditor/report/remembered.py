"""What a run recorded, kept at hand once it was looked up."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class _NotThereError(Exception):
    """There is nothing of that key."""


def remembered(look_up: Callable[[Key], Value | None], at_most: int) -> Callable[[Key], Value | None]:
    """``look_up`` with the last ``at_most`` of what it found at hand; that something is not there may change."""

    @lru_cache(maxsize=at_most)
    def found(key: Key) -> Value:
        value = look_up(key)
        if value is None:
            raise _NotThereError  # the cache keeps no errors
        return value

    def recall(key: Key) -> Value | None:
        try:
            return found(key)
        except _NotThereError:
            return None

    return recall
