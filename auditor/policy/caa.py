"""CAA records: found, and read (RFC 8659; RFC 8657 and RFC 9495 beside it)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.model.dns import Answer, Question
from auditor.model.published import CaaSet
from auditor.policy.answers import complaint
from auditor.policy.drive import Evaluation
from auditor.policy.names import upwards
from auditor.policy.words import shown

NOBODY = ";"
_RECORD = re.compile(r'(?P<flags>\d{1,3})\s+(?P<tag>[A-Za-z0-9]+)\s+"?(?P<value>(?:[^"\\]|\\\d{3}|\\\D)*)"?')
_ESCAPE = re.compile(r"\\(\d{3}|\D)")
_CRITICAL = 128
_ISSUERS = ("issue", "issuewild", "issuemail", "issuevmc")
_KNOWN = {*_ISSUERS, "iodef", "contactemail", "contactphone"}  # those of mark certificates and of CA/B Forum too
# The issue-value of §4.2, from which the parameters are taken off first.
_ISSUER = re.compile(r"[a-z0-9](?:-*[a-z0-9])*(?:\.[a-z0-9](?:-*[a-z0-9])*)*", re.IGNORECASE)
_PARAMETER = re.compile(r"[a-z0-9](?:-*[a-z0-9])*[ \t]*=[ \t]*[\x21-\x3a\x3c-\x7e]*", re.IGNORECASE)
_ACCOUNT = re.compile(r"accounturi[ \t]*=", re.IGNORECASE)
_IODEF = re.compile(r"mailto:[^@\s]+@[^@\s]+|https?://[^\s/]+\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Property:
    """One record."""

    flags: int
    tag: str
    value: str


def look_up_caa(domain: str) -> Evaluation[CaaSet]:
    """The records that apply to a domain: its own, or those of the closest parent that has some (§3).

    All parents but the root are asked at once.
    """
    names = upwards(domain)
    for name, answer in zip(names, (yield tuple(Question(name, "CAA") for name in names)), strict=True):
        if not answer.status.known:
            return CaaSet(name=domain, unknown=f"{name} {complaint(answer)}")
        if answer.records:
            return _read(domain, name, answer)
    return CaaSet(name=domain)


def _read(domain: str, found_at: str, answer: Answer) -> CaaSet:
    read = {text: _parse(text) for text in answer.records}
    properties = [one for one in read.values() if one is not None]
    unreadable = [f"{shown(text)} is no CAA record" for text, one in read.items() if one is None]
    return CaaSet(
        name=domain,
        found_at=found_at,
        issue=_issuers(properties, "issue"),
        issue_wild=_issuers(properties, "issuewild"),
        faults=(*unreadable, *(fault for one in properties for fault in _faults(one))),
    )


def _parse(text: str) -> _Property | None:
    """A record in presentation format (§4.1.1): flags, tag, and value, whose escapes are resolved."""
    found = _RECORD.fullmatch(text)
    if found is None:
        return None
    value = _ESCAPE.sub(lambda one: chr(int(one[1])) if len(one[1]) == 3 else one[1], found["value"])
    return _Property(int(found["flags"]), found["tag"].lower(), value)


def _issuers(properties: Sequence[_Property], tag: str) -> tuple[str, ...]:
    """Who may issue; nobody, if that is all that is said."""
    named = [_issuer(one.value)[0] for one in properties if one.tag == tag]
    return tuple(dict.fromkeys(filter(None, named))) or ((NOBODY,) if named else ())


def _issuer(value: str) -> tuple[str, str]:
    """The issuer's domain name in lower case, empty for nobody; and why it is nobody where somebody was meant."""
    name, *parameters = [part.strip(" \t") for part in value.split(";")]
    if parameters and not parameters[-1]:
        parameters.pop()
    if (name and not _ISSUER.fullmatch(name)) or not all(map(_PARAMETER.fullmatch, parameters)):
        return "", "names no issuer, and counts as nobody (RFC 8659 §4.2)"
    if sum(bool(_ACCOUNT.match(parameter)) for parameter in parameters) > 1:
        return "", "names several accounts, and counts as nobody (RFC 8657 §3)"
    return name.lower(), ""


def _faults(one: _Property) -> Iterator[str]:
    if one.tag in _ISSUERS and (fault := _issuer(one.value)[1]):
        yield f"{one.tag}: {shown(one.value)} {fault}"
    if one.tag == "iodef" and not _IODEF.fullmatch(one.value):
        yield f"iodef: {shown(one.value)} is no mailto, http or https URL (RFC 8659 §4.4)"
    if one.tag not in _KNOWN and one.flags & _CRITICAL:
        yield f"{one.tag}: unknown and marked critical, so that no authority issues anything (RFC 8659 §4.5)"
