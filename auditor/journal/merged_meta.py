"""What is said of a run that is made out of others: where from, how it ended, and what the user should know."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from auditor.errors import UsageError
from auditor.journal.part import FINISHED, KILLED, Part
from auditor.journal.reader import MERGE_NOTE, MERGED_FROM, NOTES, VALIDATION
from auditor.model.dns import Validation

Origin = Mapping[str, Any]


def merged_meta(parts: Sequence[Part]) -> dict[str, Any]:
    """What the merged journal keeps beside its rows, by key.

    Raises:
        UsageError: a run, or a shard of a list, is there twice.
    """
    origins = [origin for part in parts for origin in part.origins()]
    _refuse_twice(origins)
    names = [part.name for part in parts]
    validation = trusted_by_all([(part.name, part.validation) for part in parts])
    ends = [part.finished_at for part in parts]
    return {
        **{key: _told(names, [part.meta(key) or "" for part in parts]) for key in NOTES},
        MERGE_NOTE: "; ".join(_notes(parts, origins)),
        MERGED_FROM: origins,
        "state": _state([part.state for part in parts]),
        "tool_version": _joined(str(part.meta("tool_version", "")) for part in parts),
        "resolver": list(dict.fromkeys(address for part in parts for address in part.meta("resolver", ()))),
        "vantage": _vantage([part.meta("vantage", {}) for part in parts]),
        VALIDATION: None if validation is None else asdict(validation),
        "finished_at": None if None in ends else max(end for end in ends if end is not None).isoformat(),
    }


def trusted_by_all(seen: Sequence[tuple[str, Validation | None]]) -> Validation | None:
    """Whether the AD bit counts in answers of several vantages, by name: only if it does in each.

    For an answer does not say whose it is to every check that reads it, and an AD bit that is missing because
    a resolver does not validate would read as a zone that is not signed.
    """
    known = [(name, one) for name, one in seen if one is not None]
    if not known:
        return None
    words = _told([name for name, _ in known], [one.words for _, one in known])
    return Validation(trusted=all(one.trusted for _, one in known), words=words)


def _refuse_twice(origins: Sequence[Origin]) -> None:
    for one, other in combinations(origins, 2):
        if one["started_at"] == other["started_at"]:
            raise UsageError(f"{one['name']} and {other['name']} are, or hold, the same run: begun {one['started_at']}")
        if one["shard"] and one["shard"] == other["shard"] and set(one["sources"]) & set(other["sources"]):
            raise UsageError(f"{one['name']} and {other['name']} are both shard {one['shard']} of the list")


def _state(states: Sequence[str]) -> str:
    """``finished`` if every run is; else how those ended that are not, if it is one way; ``interrupted`` if several."""
    others = {state for state in states if state != FINISHED}
    if len(others) > 1 or others == {KILLED}:
        return "interrupted"
    return others.pop() if others else FINISHED


def _notes(parts: Sequence[Part], origins: Sequence[Origin]) -> Iterator[str]:
    yield from _missing(origins)
    known = {part.name: part.validation for part in parts if part.validation is not None}
    doubted = [name for name, one in known.items() if not one.trusted]
    if doubted and len(doubted) < len(known):
        yield f"the resolver of {', '.join(doubted)} was not seen to validate, so DNSSEC is judged in none of the runs"
    anchors = dict.fromkeys(str(part.config.ca_file) for part in parts)
    if len(anchors) > 1:
        yield f"trust anchors were read from several files: {', '.join(anchors)}"


def _missing(origins: Sequence[Origin]) -> Iterator[str]:
    """Which shards of the list are not there; with the first, the lines that were not taken are missing too."""
    there: dict[int, set[int]] = defaultdict(set)
    for shard in filter(None, (origin["shard"] for origin in origins)):
        number, _, count = shard.partition("/")
        there[int(count)].add(int(number))
    for count, numbers in sorted(there.items()):
        missing = [f"{number}/{count}" for number in range(1, count + 1) if number not in numbers]
        if missing:
            yield f"not the whole list: shard {', '.join(missing[:10])}{' …' if missing[10:] else ''} is missing"


def _vantage(vantages: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Each thing that is said of a vantage, with what is said of it by each run, once."""
    what = dict.fromkeys(key for vantage in vantages for key in vantage)
    return {key: _joined(vantage.get(key, "") for vantage in vantages) for key in what}


def _joined(values: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(filter(None, values)))


def _told(names: Sequence[str], values: Sequence[str]) -> str:
    """What all runs say, or else what each says, under its name."""
    if len(set(values)) == 1:
        return values[0]
    return "; ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True) if value)
