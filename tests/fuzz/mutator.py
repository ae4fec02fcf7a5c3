"""Inputs made of others, the same for the same seed: for where atheris is not, and for the ordinary tests."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from tests.fuzz.target import Target

_Change = Callable[[Random, bytearray, bytes], None]
_TELLING = (0, 1, 9, 10, 13, 32, 34, 46, 59, 61, 63, 64, 127, 128, 192, 254, 255)


def inputs(target: Target, kept: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Altered inputs without end; where nothing is kept, they are altered from nothing."""
    random = Random(seed)  # noqa: S311 - nothing is kept secret
    pool = list(kept) or [b""]
    while True:
        yield mutated(random, random.choice(pool), random.choice(pool), target)


def mutated(random: Random, octets: bytes, other: bytes, target: Target) -> bytes:
    """An input with one to six changes, for which another gives material."""
    altered = bytearray(octets)
    for _ in range(random.randrange(1, 7)):
        material = random.choice(target.tokens) if target.tokens and random.random() < 0.5 else other
        random.choice(_CHANGES)(random, altered, material)
    return bytes(altered[: target.longest])


def _flip(random: Random, altered: bytearray, _: bytes) -> None:
    if altered:
        altered[random.randrange(len(altered))] ^= 1 << random.randrange(8)


def _put(random: Random, altered: bytearray, _: bytes) -> None:
    if altered:
        altered[random.randrange(len(altered))] = random.choice(_TELLING)


def _count(random: Random, altered: bytearray, _: bytes) -> None:
    if altered:
        at = random.randrange(len(altered))
        altered[at] = (altered[at] + random.choice((-1, 1))) % 256


def _cut(random: Random, altered: bytearray, _: bytes) -> None:
    begin, end = _range(random, altered)
    del altered[begin:end]


def _insert(random: Random, altered: bytearray, material: bytes) -> None:
    at = random.randrange(len(altered) + 1)
    altered[at:at] = material


def _insert_part(random: Random, altered: bytearray, material: bytes) -> None:
    begin, end = _range(random, material)
    _insert(random, altered, material[begin:end])


def _overwrite(random: Random, altered: bytearray, material: bytes) -> None:
    at = random.randrange(len(altered) + 1)
    altered[at : at + len(material)] = material


def _repeat(random: Random, altered: bytearray, material: bytes) -> None:
    """What takes time in the square of its length shows itself when something stands there often."""
    begin, end = _range(random, material)
    _insert(random, altered, material[begin:end][:64] * random.choice((2, 3, 16, 256)))


def _range(random: Random, octets: bytes | bytearray) -> tuple[int, int]:
    begin = random.randrange(len(octets) + 1)
    return begin, min(len(octets), begin + random.choice((1, 2, 4, 16, 64)))


_CHANGES: tuple[_Change, ...] = (_flip, _put, _count, _cut, _insert, _insert_part, _overwrite, _repeat)
