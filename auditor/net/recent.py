"""What was used last, and no more of it than fits: memory that does not grow with the list."""

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """A bounded number of values by key; those go first that were not asked for longest."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._values: dict[Key, Value] = {}
        self.has_forgotten = False
        """Whether any value had to go."""

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """The value, which is now the one used last; ``None`` if it is not here."""
        value = self._values.pop(key, None)
        if value is not None:
            self._values[key] = value
        return value

    def keep(self, key: Key, value: Value) -> None:
        """Take a value in, and let the oldest go if there are too many."""
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._at_most:
            del self._values[next(iter(self._values))]
            self.has_forgotten = True
