"""The language in which the lab's mail servers are described; see docs/lab.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address

from auditor.errors import UsageError
from auditor.lab.mailbox import QUIRKS

CONNECTS = ("accept", "refuse", "blackhole", "unreachable")
_STEP = re.compile(
    r"(S|C|RAW|FLOOD|WAIT(?=:\s?[0-9]+(?:\.[0-9]+)?$)|DRIP(?=:\s?[0-9]+(?:\.[0-9]+)? )):\s?(.*)"
    r"|(STARTTLS|SERVE|HANG|EOF|CUT|RESET|AGAIN)"
)
_HEADER = re.compile(r"([a-z][a-z-]*):\s*(.*)")
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|([rnt\\]))")
_NAMED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}
_KEYWORDS = ("PIPELINING", "SIZE 52428800", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8", "CHUNKING")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a script: what to do, and with what."""

    verb: str
    text: str = ""

    @property
    def octets(self) -> bytes:
        r"""The text as octets, with ``\r``, ``\n``, ``\t``, ``\\`` and ``\xNN`` as they mean in C."""
        return _ESCAPE.sub(_unescaped, self.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerScript:
    """One mail server: where it lives, what it shows, and what it says."""

    name: str
    addresses: tuple[str, ...]
    """Addresses in the lab's zone; what listens there is on loopback."""
    port: int = 25
    connect: str = "accept"
    certificate: str = ""
    """Kind of certificate; empty: the server has no TLS."""
    names: tuple[str, ...] = ()
    """Names in the certificate, the server's own if none are given."""
    sni: tuple[tuple[str, str], ...] = ()
    """(name asked for, kind of the certificate shown for it)."""
    tls: tuple[str, str] = ("1.2", "1.3")
    """Oldest and newest version of TLS."""
    ciphers: str = ""
    """OpenSSL's list of cipher suites up to TLS 1.2; empty for a decent one."""
    keywords: tuple[str, ...] = _KEYWORDS
    quirks: frozenset[str] = frozenset()
    """What it does when it is asked for more; see ``mailbox``."""
    first: tuple[Step, ...] = ()
    """What the first connections get, where ``AGAIN`` divides the script."""
    steps: tuple[Step, ...] = ()


@dataclass(slots=True)
class _Section:
    name: str
    line: int
    header: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def parse_scripts(text: str, source: str) -> tuple[ServerScript, ...]:
    """The servers that a file of scripts describes, in its order.

    Raises:
        UsageError: a line is not understood; the message names file and line.
    """
    return tuple(_server(section, source) for section in _sections(text, source))


def _sections(text: str, source: str) -> Iterator[_Section]:
    section: _Section | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("=== "):
            if section is not None:
                yield section
            section = _Section(stripped[4:].strip(), number)
        elif section is None or not _take(section, stripped):
            raise UsageError(f"{source}, line {number}: not understood: {stripped}")
    if section is not None:
        yield section


def _take(section: _Section, line: str) -> bool:
    if step := _STEP.fullmatch(line):
        section.steps.append(Step(step[1] or step[3], step[2] or ""))
    elif (header := _HEADER.fullmatch(line)) and not section.steps:
        section.header[header[1]] = header[2]
    else:
        return False
    return True


def _server(section: _Section, source: str) -> ServerScript:
    try:
        return _from_header(section)
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{source}, line {section.line}: {section.name}: {error}") from None


def _from_header(section: _Section) -> ServerScript:
    header = dict(section.header)
    first, steps = _divided(section.steps)
    oldest, newest = (header.pop("tls", "1.2 1.3").split() * 2)[:2]
    connect = header.pop("connect", CONNECTS[0])
    if connect not in CONNECTS:
        raise ValueError(f"connect is one of {', '.join(CONNECTS)}")
    server = ServerScript(
        name=section.name,
        addresses=tuple(str(ip_address(text)) for text in header.pop("addresses").split()),
        port=int(header.pop("port", "25")),
        connect=connect,
        certificate=header.pop("certificate", ""),
        names=tuple(header.pop("names", section.name).split()),
        sni=tuple(_pair(text) for text in header.pop("sni", "").split()),
        tls=(oldest, newest),
        ciphers=header.pop("ciphers", ""),
        keywords=_keywords(header.pop("keywords", None), header.pop("add", "")),
        quirks=_quirks(header.pop("quirks", "")),
        first=first,
        steps=steps,
    )
    if header:
        raise ValueError(f"no such heading: {', '.join(header)}")
    return server


def _keywords(instead: str | None, add: str) -> tuple[str, ...]:
    """The keywords of the header's list, or the usual ones; and what is added."""
    base = _KEYWORDS if instead is None else _split(instead)
    return (*base, *_split(add))


def _quirks(text: str) -> frozenset[str]:
    quirks = frozenset(text.split())
    if not quirks <= set(QUIRKS):
        raise ValueError(f"quirks are {', '.join(QUIRKS)}")
    return quirks


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _pair(text: str) -> tuple[str, str]:
    name, _, kind = text.partition("=")
    return name, kind


def _divided(steps: list[Step]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What the first connection gets, and what all (further) ones get."""
    serve = (Step("SERVE"),)
    for number, step in enumerate(steps):
        if step.verb == "AGAIN":
            return tuple(steps[:number]), tuple(steps[number + 1 :]) or serve
    return (), tuple(steps) or serve


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode()) if match[1] else _NAMED[match[2]]
