"""What is fuzzed: one function of octets for each thing that reads what others wrote."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar
from zlib import crc32

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Target:
    """A parser with what must hold of it: ``check`` returns nothing, and raises where it does not hold."""

    name: str
    check: Callable[[bytes], None]
    tokens: tuple[bytes, ...] = ()
    """Words of its language, which no flipping of bits would find."""
    longest: int = 4096
    """Octets of an input."""
    share: float = 1.0
    """Of all executions, beside those of the others: cheap targets have more."""
    limit_ms: float = 100.0
    """Processor time that one input may cost."""
    corpus: str = ""
    """Whose kept inputs it has, where they are another's."""

    @property
    def kept(self) -> str:
        """The folder of its kept inputs."""
        return self.corpus or self.name


class Pieces:
    """An input taken apart from the front; what is not there is zero, or empty."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._octets)

    def octet(self) -> int:
        """The next octet as a number."""
        return int.from_bytes(self.take(1))

    def take(self, count: int) -> bytes:
        """So many octets, or all that are left."""
        taken = self._octets[self._at : self._at + count]
        self._at += count
        return taken

    def one_of(self, choices: Sequence[One]) -> One:
        """One of several, by the next octet."""
        return choices[self.octet() % len(choices)]

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._octets))

    def lines(self) -> list[str]:
        """All that is left as lines, one character for each octet, as TXT records are."""
        return self.rest().decode("latin-1").split("\n")


def cuts(octets: bytes) -> Iterable[list[bytes]]:
    """The octets whole, in single octets while they are few, and cut at random, the same each time."""
    yield [octets]
    random = Random(crc32(octets))  # noqa: S311 - nothing is kept secret
    if len(octets) <= 200:
        yield [octets[at : at + 1] for at in range(len(octets))]
    places = sorted(random.randrange(len(octets) + 1) for _ in range(random.randrange(1, 6)))
    yield [octets[begin:end] for begin, end in zip([0, *places], [*places, len(octets)], strict=True)]
