"""From one entry of a list to its targets, or to the reason why it has none."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from auditor.model.target import Reject, Target
from auditor.targets.direct import parse_entry
from auditor.targets.names import BadNameError
from auditor.targets.tidy import printable, without_comment


class Entry(NamedTuple):
    """The text of one line or cell that should name a target, and where it stood."""

    source: str
    line: int
    text: str
    extra: tuple[tuple[str, str], ...] = ()


def to_targets(
    entries: Iterable[Entry | Reject], shard: tuple[int, int] | None, *, large_ranges: bool = False
) -> Iterator[Target | Reject]:
    """Yield the targets of the entries that fall into the shard, and the rejects if it is the first.

    A reject has no key to deal it by; in the first part alone it is counted once
    when the parts of a list are merged.
    """
    for entry in entries:
        for item in (entry,) if isinstance(entry, Reject) else _expand(entry, large_ranges):
            if shard is None or _part(item, shard[1]) == shard[0]:
                yield item


def is_target(text: str) -> bool:
    """Tell whether a text names something that can be audited."""
    try:
        parse_entry(without_comment(text))
    except BadNameError:
        return False
    return True


def reject(source: str, line: int, text: str, reason: str) -> Reject:
    """Return a reject with its text cut to what a report can show."""
    return Reject(source=source, line=line, text=printable(text.strip(), 200), reason=printable(reason, 300))


def _expand(entry: Entry, large_ranges: bool) -> Iterator[Target | Reject]:
    text = without_comment(entry.text)
    try:
        named = parse_entry(text, large_ranges=large_ranges)
    except BadNameError as error:
        yield reject(entry.source, entry.line, entry.text, str(error))
        return
    shown = printable(text)
    for name in named:
        yield Target(
            domain=name.domain,
            domain_unicode=name.domain_unicode,
            input=shown,
            input_line=entry.line,
            source=entry.source,
            extra=entry.extra,
            direct=name.direct,
            port=name.port,
            sought=name.sought,
        )


def _part(item: Target | Reject, parts: int) -> int:
    """Return the part, from 1, that an item belongs to: the same on every machine and in every run."""
    if isinstance(item, Reject):
        return 1
    digest = hashlib.blake2b(item.key.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % parts + 1
