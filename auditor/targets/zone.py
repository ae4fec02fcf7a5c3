"""DNS zone files (RFC 1035 §5) as lists: the zone itself, and every owner name with an MX record.

These are the names that take mail by the zone's own word.  A host that takes mail
by its address alone (RFC 5321 §5.1) is not told from any other host, so it is left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

import dns.exception
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.ttl

from auditor.errors import UsageError
from auditor.model.target import Reject
from auditor.targets.entries import Entry, reject
from auditor.targets.names import plain_name
from auditor.targets.octets import Line

_CLASSES = {"IN", "CH", "HS", "CS"}
_NOT_FOLLOWED = {
    "$INCLUDE": "$INCLUDE is not followed; name that file as a source of its own",
    "$GENERATE": "$GENERATE is not expanded; its names are not read",
}


class _GrammarError(Exception):
    """What is wrong with a record or directive."""


def zone_entries(lines: Iterable[Line], source: str) -> Iterator[Entry | Reject]:
    """Yield the zone's apex and each owner of MX records, in the file's order; the same name may come again.

    Raises:
        UsageError: the file breaks the grammar; the message names the line.
    """
    reader = _Reader(dns.tokenizer.Tokenizer(_Characters(lines), source), source, origin=_origin_of(source))
    try:
        yield from reader.entries()
    except (_GrammarError, dns.exception.DNSException) as error:
        reason = str(error) or "syntax error"
        raise UsageError(f"{source}, line {reader.line}: not a zone file: {reason}") from None


def _origin_of(source: str) -> str:
    """Return the origin that a file's name gives, as in ``example.com.zone`` or ``db.example.com``."""
    name = re.sub(r"^db\.|\.(?:zone|db)$", "", PurePath(source).name, flags=re.IGNORECASE)
    return plain_name(name)


class _Characters:
    """Lines as the file object that the tokenizer reads, a character at a time."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._characters = (character for line in lines for character in _whole(line))

    def read(self, _size: int) -> str:
        return next(self._characters, "")


def _whole(line: Line) -> str:
    if line.too_long:
        raise _GrammarError(f"line {line.number} is over 64 KiB")
    return line.text + "\n"


@dataclass(slots=True)
class _Reader:
    """Follows the origin and the last owner through a zone file's records."""

    tokens: dns.tokenizer.Tokenizer
    source: str
    origin: str
    origin_known: bool = False
    """The origin was stated by $ORIGIN or an SOA record, not guessed from the file's name."""
    line: int = 1
    """Where the present record or directive begins."""
    owner: str = ""
    last: str = ""

    def entries(self) -> Iterator[Entry | Reject]:
        while True:
            self.line = self.tokens.where()[1]
            token = self.tokens.get(want_leading=True)
            if token.is_whitespace() and self._at_end():
                continue
            if token.is_eof():
                return
            if token.is_eol():
                continue
            if token.is_identifier() and token.value.startswith("$"):
                yield from self._directive(token.value.upper())
                continue
            if not token.is_whitespace():
                self.owner = token.value
            yield from self._record()

    def _at_end(self) -> bool:
        token = self.tokens.get()
        self.tokens.unget(token)
        return token.is_eol_or_eof()

    def _directive(self, name: str) -> Iterator[Reject]:
        rest = [token.value for token in self._rest()]
        if name == "$ORIGIN":
            if not rest:
                raise _GrammarError("$ORIGIN without a name")
            self.origin = self._absolute(rest[0])
            self.origin_known = True
        elif name in _NOT_FOLLOWED:
            yield reject(self.source, self.line, " ".join((name, *rest)), _NOT_FOLLOWED[name])
        elif name != "$TTL":
            raise _GrammarError(f"unknown directive {name}")

    def _record(self) -> Iterator[Entry]:
        type_ = self._type()
        self._rest()
        if type_ == dns.rdatatype.SOA and not self.origin_known and self.owner.endswith("."):
            self.origin = self.owner.rstrip(".")
            self.origin_known = True
        if type_ not in {dns.rdatatype.SOA, dns.rdatatype.MX}:
            return
        name = self._absolute(self.owner)
        if name != self.last:
            self.last = name
            yield Entry(self.source, self.line, name)

    def _type(self) -> dns.rdatatype.RdataType:
        """Return the record's type, past its TTL and class, which come in either order (RFC 1035 §5.1)."""
        for _ in range(3):
            token = self.tokens.get()
            if token.is_eol_or_eof():
                break
            if token.value.upper() not in _CLASSES and not _is_ttl(token.value):
                return _type_of(token.value)
        raise _GrammarError("no record type")

    def _rest(self) -> list[dns.tokenizer.Token]:
        rest = self.tokens.get_remaining()
        self.tokens.get_eol()
        return rest

    def _absolute(self, name: str) -> str:
        """Return the name with the origin it is relative to, without trailing dot."""
        if name.endswith(".") and name != ".":
            return name.rstrip(".")
        if not self.origin:
            raise _GrammarError(f"{name!r} is relative, and no $ORIGIN says to what")
        return self.origin if name == "@" else f"{name}.{self.origin}"


def _is_ttl(text: str) -> bool:
    try:
        dns.ttl.from_text(text)
    except dns.ttl.BadTTL:
        return False
    return True


def _type_of(text: str) -> dns.rdatatype.RdataType:
    try:
        return dns.rdatatype.from_text(text)
    except (dns.rdatatype.UnknownRdatatype, ValueError):
        raise _GrammarError(f"unknown record type {text[:40]!r}") from None
