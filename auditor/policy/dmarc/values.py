"""What the values of single DMARC tags may be (RFC 9989 §4.7, §4.8; the retired ones by RFC 7489 §6.3, §6.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.dmarc import Disposition
from auditor.policy.report_uri import destination
from auditor.policy.words import shown

_SIZE = re.compile(r"![0-9]+[kmgt]?\Z", re.IGNORECASE)
_KEYWORD = re.compile(r"[a-z0-9-]*[a-z0-9]")
_POLICIES = {policy.value: policy for policy in Disposition}


@dataclass(frozen=True, slots=True)
class Uris:
    """A list of report URIs, read."""

    good: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def policy(value: str) -> Disposition | None:
    """The policy a value names, without regard to case, as ABNF has it; ``None`` when it names none."""
    return _POLICIES.get(value.lower())


def one_of(allowed: str, value: str | None) -> str | None:
    """The value in lower case, where it is one of these letters; ``None`` where it is another, or there is none."""
    lower = "" if value is None else value.lower()
    return lower if len(lower) == 1 and lower in allowed else None


def failure_options(value: str) -> tuple[str, ...] | None:
    """The options of fo, each at most once, as RFC 7489 §6.3 has the list; ``None`` when it is none."""
    options = tuple(option.strip(" \t") for option in value.lower().split(":"))
    good = set(options) <= set("01ds") and len(set(options)) == len(options)
    return options if good else None


def number(value: str, most: int) -> int | None:
    """A whole number up to ``most``; ``None`` for anything else."""
    plain = value.isascii() and value.isdigit() and len(value) <= len(str(most))
    return int(value) if plain and int(value) <= most else None


def has_known_format(value: str) -> bool:
    """Whether rf is a list of keywords with the one format that was ever registered among them."""
    formats = [keyword.strip(" \t") for keyword in value.lower().split(":")]
    return "afrf" in formats and all(_KEYWORD.fullmatch(keyword) for keyword in formats)


def report_uris(tag: str, tags: Mapping[str, str]) -> Uris:
    """The URIs of ``rua`` or ``ruf``, comma-separated, without the size limits of RFC 7489 §6.2."""
    if tag not in tags:
        return Uris()
    good: list[str] = []
    faults: list[str] = []
    notes: list[str] = []
    for part in tags[tag].split(","):
        written = part.strip(" \t")
        limit = _SIZE.search(written)
        uri = written[: limit.start()] if limit else written
        if not destination(uri):
            faults.append(f"{tag}: {shown(written)} is no mailto or https URI" if written else f"{tag}: an empty URI")
            continue
        good.append(uri)
        if limit:
            notes.append(f"{tag}: the size limit {shown(limit[0])} is obsolete (RFC 9989 §4.8)")
    return Uris(tuple(good), tuple(faults), tuple(notes))
