"""The policy file of MTA-STS (RFC 8461 §3.2)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from auditor.model.mta_sts import StsMode, StsPolicy
from auditor.policy.exchange import is_address
from auditor.policy.names import LONGEST_NAME
from auditor.policy.words import bounded

MAX_AGE_SECONDS = 31_557_600  # a year

_WHITESPACE = " \t"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f]")
_DIGITS = re.compile(r"[0-9]{1,10}")
# Domain of RFC 5321 §4.1.2: internationalised names stand as A-labels.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_BYTE_ORDER_MARK = "\xef\xbb\xbf"
_BARE_CR = re.compile(r"\r(?!\n)")
_SHOWN = 40  # characters of a text that is complained of


@dataclass(frozen=True, slots=True)
class _Line:
    """One line, split; the key is empty where there is none."""

    number: int
    key: str
    value: str
    fault: str = ""


def parse_policy(body: str) -> StsPolicy:
    """A policy file, one character for each octet; never raises.

    Keys may stand in any order; of one that is repeated, and is not ``mx``, the first counts.
    """
    if _BARE_CR.search(body):
        return StsPolicy(faults=("a CR without LF, which ends no line",))
    lines = [_split(number, text) for number, text in _numbered(body)]
    first = {line.key: line.value for line in reversed(lines) if not line.fault}
    mode, max_age = first.get("mode", ""), first.get("max_age", "")
    patterns = tuple(dict.fromkeys(line.value for line in lines if line.key == "mx" and not line.fault))
    return StsPolicy(
        mode=StsMode(mode) if mode in set(StsMode) else None,
        max_age_seconds=int(max_age) if _DIGITS.fullmatch(max_age) else None,
        mx=patterns,
        faults=bounded([line.fault for line in lines if line.fault] + list(_faults(first, patterns))),
        notes=bounded(_notes(body, lines)),
    )


def _numbered(body: str) -> Iterator[tuple[int, str]]:
    """Each line that holds something, with its number from 1 on."""
    for number, text in enumerate(body.split("\n"), start=1):
        line = text.removesuffix("\r")
        if line.strip(_WHITESPACE):
            yield number, line


def _split(number: int, text: str) -> _Line:
    key, colon, rest = text.partition(":")
    value = rest.strip(_WHITESPACE)
    fault = ""
    if text.startswith(_BYTE_ORDER_MARK):
        fault = "begins with a byte order mark, which is no part of a key"
    elif not colon or not _KEY.fullmatch(key):
        fault = f"line {number}: no key and colon: {text[:_SHOWN]!r}"
    elif not value:
        fault = f"line {number}: {key} without a value"
    elif not _is_text(value):
        fault = f"line {number}: {key} holds what is not text: {value[:_SHOWN]!r}"
    return _Line(number, key, value, fault)


def _is_text(value: str) -> bool:
    """Whether these octets are UTF-8 without control characters."""
    try:
        value.encode("latin-1").decode()
    except UnicodeError:
        return False
    return not _NOT_TEXT.search(value)


def _faults(first: dict[str, str], patterns: Sequence[str]) -> Iterator[str]:
    """What is wrong with the file as a whole, and with the values of the keys that count."""
    for key, why_wrong in _REQUIRED.items():
        if key not in first:
            yield f"no {key}"
        elif why := why_wrong(first[key]):
            yield f"{key}: {why}: {first[key][:_SHOWN]!r}"
    if not patterns and first.get("mode") in {StsMode.ENFORCE, StsMode.TESTING}:
        yield "no mx"
    for pattern in patterns:
        if why := _why_no_pattern(pattern):
            yield f"mx: {why}: {pattern[:_SHOWN]!r}"


def _why_no_version(value: str) -> str:
    return "" if value == "STSv1" else "not STSv1"


def _why_no_mode(value: str) -> str:
    return "" if value in set(StsMode) else f"none of {', '.join(StsMode)}"


def _why_no_age(value: str) -> str:
    if not _DIGITS.fullmatch(value):
        return "not a number of at most ten digits"
    return f"over {MAX_AGE_SECONDS} seconds" if int(value) > MAX_AGE_SECONDS else ""


def _why_no_pattern(pattern: str) -> str:
    name = pattern.removeprefix("*.")
    if "*" in name:
        return "a wildcard is the whole first label, and nowhere else"
    if not name.isascii():
        return "a name that is not ASCII, and must be written as A-labels"
    if not _DOMAIN.fullmatch(name) or len(name) > LONGEST_NAME:
        return "not a host name"
    return ""


_REQUIRED: dict[str, Callable[[str], str]] = {
    "version": _why_no_version,
    "mode": _why_no_mode,
    "max_age": _why_no_age,
}


def _notes(body: str, lines: Sequence[_Line]) -> Iterator[str]:
    counts = Counter(line.key for line in lines if not line.fault)
    for key, count in counts.items():
        if key not in {*_REQUIRED, "mx"}:
            yield f"an unknown key: {key}"
        elif key != "mx" and count > 1:
            yield f"{key} more than once, of which the first counts"
    for line in lines:
        # As a name of digits it is good grammar (RFC 5321 §4.1.2), and spoils nothing but itself.
        if line.key == "mx" and _DOMAIN.fullmatch(line.value) and is_address(line.value):
            yield f"mx: an address, which names no exchange: {line.value!r}"
    if any(not text.strip(_WHITESPACE) for text in body.replace("\r\n", "\n").removesuffix("\n").split("\n")):
        # The grammar knows no empty line; nearly all senders pass it over, but not all.
        yield "an empty line, which strict senders do not take"
