"""Which addresses a record lets pass, and which of its networks add nothing (RFC 7208 §4.6.2)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import chain, islice

from auditor.model.spf import SpfResult
from auditor.policy.spf.record import LONGEST_KEPT
from auditor.policy.spf.terms import COSTS_LOOKUP, Network
from auditor.policy.spf.tree import Branch, Step, named

MOST_NETWORKS = 5000
"""Of one family; a few thousand exceptions to a large network leave a million small ones."""

_EVERYBODY: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

_Range = tuple[int, int, int]
"""Version of IP, first and last address."""


_LOOKED_UP = COSTS_LOOKUP - {"include", "redirect"}
"""Terms whose networks are not in the text."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A tree whose networks all stand in its records: those of one provider, in most cases."""

    records: tuple[tuple[str, str], ...]
    """Texts, with the domains of all but the first."""
    tree: Branch = field(compare=False)


def listed(tree: Branch) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What :func:`passing` and :func:`overlaps` return; kept for the many domains that have the same records."""
    records = [("", "" if tree.record is None else tree.record.text)]
    for _, step in tree.all_steps():
        if step.term.name in _LOOKED_UP:
            return passing(tree), overlaps(tree)
        if step.branch is not None:
            text = "" if step.branch.record is None else step.branch.record.text
            records.append((step.branch.domain, text))
    written = _Written(tuple(records), tree)
    few = sum(len(text) for _, text in records) <= LONGEST_KEPT
    return _listed(written) if few else _listed.__wrapped__(written)


@lru_cache(maxsize=250)  # with their trees, which take fifty times as much as the texts
def _listed(of: _Written) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return passing(of.tree), overlaps(of.tree)


def passing(branch: Branch) -> tuple[str, ...]:
    """Every network that passes, as CIDR; collapsed, IPv4 first, the first :data:`MOST_NETWORKS` of either family.

    An address that an earlier term decides otherwise is not among them; senders that a term may match by
    their names or other things are not, either.
    """
    ranges = _joined(_passing(branch))
    four = chain.from_iterable(summed_up(one) for one in ranges if one[0] == 4)
    six = chain.from_iterable(summed_up(one) for one in ranges if one[0] == 6)
    return (*islice(four, MOST_NETWORKS), *islice(six, MOST_NETWORKS))


def summed_up(addresses: _Range) -> Iterator[str]:
    """The fewest networks that hold just these addresses, in order, as CIDR."""
    version, first, last = addresses
    kind, width = (IPv4Address, 32) if version == 4 else (IPv6Address, 128)
    while first <= last:
        # As many bits as the first address has zeros at its end, and no more than are left.
        bits = min((first & -first).bit_length() - 1 if first else width, (last - first + 1).bit_length() - 1)
        yield f"{kind(first)}/{width - bits}"
        first += 1 << bits


def is_cut(networks: Sequence[str]) -> bool:
    """Whether there may be more networks of a family than these that :func:`passing` returned."""
    of_six = sum(":" in network for network in networks)
    return MOST_NETWORKS in {of_six, len(networks) - of_six}


def _joined(ranges: Iterable[_Range]) -> list[_Range]:
    """The same addresses in order, by as few ranges as will do."""
    joined: list[_Range] = []
    for version, first, last in sorted(ranges):
        before = joined[-1] if joined else (0, 0, 0)
        if version == before[0] and first <= before[2] + 1:
            joined[-1] = version, before[1], max(before[2], last)
        else:
            joined.append((version, first, last))
    return joined


def _passing(branch: Branch) -> Iterator[_Range]:
    """What the record lets pass; a sender that an include does not let pass goes on to the next term (§5.2)."""
    decided = {4: _Decided(), 6: _Decided()}
    for step in branch.steps:
        for version, first, last in _matched(step):
            fresh = decided[version].add(first, last)
            if step.term.result is SpfResult.PASS:
                yield from ((version, one, other) for one, other in fresh)


def _matched(step: Step) -> Iterable[_Range]:
    if step.branch is not None:
        return _passing(step.branch)
    return map(_bounds, _EVERYBODY if step.everybody else step.networks)


class _Decided:
    """Addresses of one family on which a term has decided: ranges in order that do not touch one another's."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> list[tuple[int, int]]:
        """Those parts of the range that are new, which they are no more."""
        begin, end = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        if begin == end:  # as mostly: nothing of it was decided
            self._firsts.insert(begin, first)
            self._lasts.insert(begin, last)
            return [(first, last)]
        gaps_from = [first, *(one + 1 for one in self._lasts[begin:end])]
        gaps_to = [*(one - 1 for one in self._firsts[begin:end]), last]
        fresh = [(one, other) for one, other in zip(gaps_from, gaps_to, strict=True) if one <= other]
        first, last = min(first, self._firsts[begin]), max(last, self._lasts[end - 1])
        self._firsts[begin:end], self._lasts[begin:end] = [first], [last]
        return fresh


@dataclass(frozen=True, slots=True)
class _Listed:
    """A network that a term lists, and that passes."""

    order: int
    network: Network
    words: str
    exceptions: int
    """How many terms before it decide otherwise than to pass."""

    def makes_needless(self, narrower: "_Listed") -> bool:
        """Whether the narrower one adds nothing: it comes later, or no term between the two decides otherwise."""
        return self.order < narrower.order or self.exceptions == narrower.exceptions


def overlaps(root: Branch) -> tuple[str, ...]:
    """Records that are included again, and terms ``ip4`` and ``ip6`` that are within others."""
    listing = _Listing(root)
    return (*listing.again, *_nested(listing.found))


class _Listing:
    """The networks that the terms of a tree list, in the order of evaluation."""

    def __init__(self, root: Branch) -> None:
        self.found: list[_Listed] = []
        self.again: list[str] = []
        self._root = root
        self._included: dict[str, str] = {}
        self._exceptions = 0
        self._walk(root)

    def _walk(self, branch: Branch) -> None:
        for step in branch.steps:
            words = named(step.term, branch, self._root)
            if step.term.result is not SpfResult.PASS:
                self._exceptions += 1
            elif step.branch is not None:
                self._refer(step.branch, words)
            elif step.term.network is not None:
                self.found.append(_Listed(len(self.found), step.term.network, words, self._exceptions))

    def _refer(self, branch: Branch, words: str) -> None:
        if (before := self._included.setdefault(branch.domain, words)) is not words:
            self.again.append(f"{words} repeats {before}")
        else:
            self._walk(branch)


def _nested(found: Iterable[_Listed]) -> Iterator[str]:
    """Of two networks, one holds the other, or they have nothing in common; so the open ones make a stack."""
    needless: list[tuple[int, str]] = []
    holding: list[_Listed] = []
    for one in sorted(found, key=lambda one: (*_bounds(one.network)[:2], one.network.prefixlen, one.order)):
        while holding and not _holds(holding[-1].network, one.network):
            holding.pop()
        wider = next((other for other in reversed(holding) if other.makes_needless(one)), None)
        if wider is not None:
            how = "repeats" if wider.network == one.network else "is within"
            needless.append((one.order, f"{one.words} {how} {wider.words}"))
        holding.append(one)
    yield from (words for _, words in sorted(needless))


def _bounds(network: Network) -> _Range:
    return network.version, int(network.network_address), int(network.broadcast_address)


def _holds(wider: Network, narrower: Network) -> bool:
    (version, _, last), (other, _, end) = _bounds(wider), _bounds(narrower)
    return version == other and end <= last  # in the order of their first addresses
