"""The lines of a list that was scanned in parts, in the order in which they stood in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from ipaddress import ip_address
from pathlib import PurePath

from auditor.journal.part import Part
from auditor.model.target import Reject, Target

Entry = Target | Reject
Place = tuple[int, int, int]
"""Of an entry: its list's rank, its line, and which of the addresses of a range it is."""


def in_list_order(parts: Sequence[Part]) -> Iterator[Entry]:
    """Every target and reject of the runs, by list and line, as one run of the whole would have had them.

    Lists come in the order in which the runs have them; for runs of different lists, in that of ``parts``.
    """
    place = _placing([names for part in parts for names in part.sources])
    streams: list[Iterator[Entry]] = []
    for part in parts:
        streams += [part.targets(), part.rejects()]
    return merge(*streams, key=place)


def _placing(sequences: Sequence[Sequence[str]]) -> Callable[[Entry], Place]:
    shortened = _shortened(sequences)
    order = combined([shortened[name] for name in names] for names in sequences)
    rank = {name: order.index(short) for name, short in shortened.items()}
    return lambda entry: (rank[entry.source], *_within(entry))


def _within(entry: Entry) -> tuple[int, int]:
    if isinstance(entry, Reject):
        return entry.line, 0
    return entry.input_line, _number(entry.domain) if entry.direct else 0


def _number(host: str) -> int:
    try:
        return int(ip_address(host))
    except ValueError:
        return 0


def _shortened(sequences: Sequence[Sequence[str]]) -> dict[str, str]:
    """Each list's name without its folder, which may be another on each machine; whole if that would not tell."""
    short = {name: PurePath(name).name for names in sequences for name in names}
    within = (Counter(short[name] for name in names) for names in sequences)
    ambiguous = {name for counted in within for name, count in counted.items() if count > 1}
    return {name: name if last in ambiguous else last for name, last in short.items()}


def combined(sequences: Iterable[Sequence[str]]) -> list[str]:
    """One order out of several that leave out different names: what is new stands before the next that is known."""
    order: list[str] = []
    for names in sequences:
        for number, name in enumerate(names):
            if name not in order:
                places = (order.index(later) for later in names[number:] if later in order)
                order.insert(next(places, len(order)), name)
    return order
