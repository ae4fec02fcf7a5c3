"""One DMARC record, read tag by tag (RFC 9989 §4.7, §4.8)."""

import re
from collections.abc import Iterator, Mapping

from auditor.model.dmarc import Disposition, DmarcRecord
from auditor.policy.dmarc.values import (
    Uris,
    failure_options,
    has_known_format,
    number,
    one_of,
    policy,
    report_uris,
)
from auditor.policy.tags import parse_tags
from auditor.policy.words import among, shown

# The name is case-insensitive, as literals of ABNF are, and the value is not; nothing may come before (§4.8).
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")
_MEANT = re.compile(r"\W*v\W*DMARC", re.IGNORECASE)
_POLICY_TAGS = ("p", "sp", "np")
_LETTERS = {"adkim": "rs", "aspf": "rs", "t": "yn", "psd": "ynu"}
_RETIRED = ("pct", "rf", "ri")
_KNOWN = {"v", *_POLICY_TAGS, *_LETTERS, "fo", "rua", "ruf", *_RETIRED}
_LONGEST_INTERVAL = 2**32 - 1  # ri was a 32-bit number (RFC 7489 §6.3)


def parse_record(location: str, text: str) -> DmarcRecord | None:
    """The record that a TXT text is; ``None`` when it does not begin as a DMARC record does.

    Args:
        location: the name at which it stands, such as ``_dmarc.example.com``.
        text: its strings joined with nothing between (§4.5).

    """
    if not _VERSION.match(text):
        return None
    listed = parse_tags(text, ignore_case=True)
    tags = dict(reversed(listed.pairs))  # the first of several is kept
    rua, ruf = report_uris("rua", tags), report_uris("ruf", tags)
    policies = {name: policy(tags[name]) for name in _POLICY_TAGS if name in tags}
    bad = tuple(name for name, value in policies.items() if value is None)
    return DmarcRecord(
        location=location,
        text=text,
        p=policies.get("p"),
        sp=policies.get("sp"),
        np=policies.get("np"),
        rua=rua.good,
        ruf=ruf.good,
        adkim=one_of(_LETTERS["adkim"], tags.get("adkim")) or "r",
        aspf=one_of(_LETTERS["aspf"], tags.get("aspf")) or "r",
        testing=one_of(_LETTERS["t"], tags.get("t")) == "y",
        psd=one_of(_LETTERS["psd"], tags.get("psd")) or "u",
        fo=failure_options(tags.get("fo", "0")) or ("0",),
        pct=number(tags.get("pct", ""), 100),
        faults=tuple(dict.fromkeys((*listed.faults, *_faults(tags), *rua.faults, *ruf.faults))),
        retired=tuple(name for name in _RETIRED if name in tags),
        unknown_tags=tuple(dict.fromkeys(name for name, _ in listed.pairs if name not in _KNOWN)),
        applies=not listed.repeated and (not bad or bool(rua.good)),
        bad_policies=bad,
        repeated=listed.repeated,
        notes=tuple(dict.fromkeys(_notes(tags, [name for name, _ in listed.pairs], rua, ruf))),
    )


def is_meant_as_record(text: str) -> bool:
    """Whether somebody wanted this to be a DMARC record, although receivers do not take it for one."""
    return not _VERSION.match(text) and bool(_MEANT.match(text))


def _faults(tags: Mapping[str, str]) -> Iterator[str]:
    """Values that the grammar of their tag does not have; they count as absent (§4.8)."""
    if "p" not in tags:
        yield "p is missing, and counts as none (RFC 9989 §4.7)"
    for name in _POLICY_TAGS:
        if name in tags and policy(tags[name]) is None:
            yield f"{name}: {shown(tags[name])} is not {among([choice.value for choice in Disposition])}"
    for name, letters in _LETTERS.items():
        if name in tags and one_of(letters, tags[name]) is None:
            yield f"{name}: {shown(tags[name])} is not {among(letters)}"
    if "fo" in tags and failure_options(tags["fo"]) is None:
        yield f"fo: {shown(tags['fo'])} is no list of 0, 1, d and s, each once"
    yield from _faults_of_retired(tags)


def _faults_of_retired(tags: Mapping[str, str]) -> Iterator[str]:
    if "pct" in tags and number(tags["pct"], 100) is None:
        yield f"pct: {shown(tags['pct'])} is no number from 0 to 100"
    if "ri" in tags and number(tags["ri"], _LONGEST_INTERVAL) is None:
        yield f"ri: {shown(tags['ri'])} is no number of seconds"
    if "rf" in tags and not has_known_format(tags["rf"]):
        yield f"rf: {shown(tags['rf'])} does not name the format afrf"


def _notes(tags: Mapping[str, str], names: list[str], rua: Uris, ruf: Uris) -> Iterator[str]:
    """What is allowed, but worth knowing."""
    yield from (*rua.notes, *ruf.notes)
    if "p" in tags and names[1] != "p":
        yield "p does not follow v, where receivers of RFC 7489 want it (§6.3 there)"
    if ruf.good and one_of(_LETTERS["psd"], tags.get("psd")) == "y":
        yield "nobody sends failure reports for a public suffix domain, psd=y (RFC 9991 §2)"
    if "fo" in tags and "ruf" not in tags:
        yield "fo has no effect without ruf (RFC 9989 §4.7)"
    if {"0", "1"} <= set(failure_options(tags.get("fo", "")) or ()):
        yield "fo names both 0 and 1, which RFC 7489 allowed and RFC 9989 §4.7 does not"
