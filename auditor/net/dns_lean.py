"""Replies as almost all of them are, read without dnspython's messages: a tenth of the time.

Whatever is unusual in any octet is left to the plain way (``dns_wire.read_message`` and
``dns_answer.read_reply``), which is also what the tests hold this to.
"""

import struct
from collections.abc import Callable

import dns.exception
import dns.ipv4
import dns.ipv6
import dns.rdata
import dns.rdataclass

from auditor.model.dns import Answer, DnsStatus
from auditor.net.dns_answer import Reading, present
from auditor.net.dns_query import Query

_HEADER = struct.Struct("!6H")
_FIXED = struct.Struct("!HHIH")  # type, class, TTL, length of data (RFC 1035 §4.1.3)
_SOA_NUMBERS = 20  # octets, the last four of which are the TTL of negative answers (RFC 2308 §4)
_AT_QUESTION = b"\xc0\x0c"  # a pointer to the name asked for (RFC 1035 §4.1.4)
_IN = 1
_QR, _AA, _TC, _AD, _OPCODE, _RCODE = 0x8000, 0x0400, 0x0200, 0x0020, 0x7800, 0x000F
_NOERROR, _NXDOMAIN = 0, 3
_LONGEST_TTL = 0x7FFF_FFFF  # RFC 2181 §8
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_A, _NS, _CNAME, _SOA, _PTR, _MX, _TXT, _AAAA, _SRV, _OPT, _TLSA, _CAA = 1, 2, 5, 6, 12, 15, 16, 28, 33, 41, 52, 257
_SETS = {_A, _NS, _PTR, _MX, _TXT, _AAAA, _SRV, _TLSA, _CAA}  # types of which there may be several records
_ADDRESS_OCTETS = {_A: 4, _AAAA: 16}


class _UnusualError(Exception):
    """Something that is left to the plain way."""


def read_lean(query: Query, octets: bytes, resolver: str = "") -> Reading | None:
    """What a reply to ``query`` says, given by ``resolver``; ``None`` for one that is not a plain one."""
    if not query.asked or not octets.startswith(query.asked, _HEADER.size):
        return None
    _, flags, questions, answers, authority, additional = _HEADER.unpack_from(octets)
    rcode = flags & _RCODE
    expected = flags & (_QR | _OPCODE | _TC) == _QR and questions == 1
    if not expected or rcode not in (_NOERROR, _NXDOMAIN) or (rcode == _NXDOMAIN and answers):
        return None
    try:
        reader = _Reader(query, octets)
        records, ttl = reader.answers(answers)
        negative_ttl = reader.authority(authority, positive=bool(answers))
        reader.additional(additional)
        reader.end()
    except (_UnusualError, IndexError, KeyError, struct.error, dns.exception.DNSException, ValueError):
        return None
    status = DnsStatus.ANSWERED if answers else DnsStatus.NXDOMAIN if rcode else DnsStatus.NODATA
    return Reading(
        Answer(
            question=query.question,
            status=status,
            records=records,
            canonical_name=query.question.name,
            ttl_seconds=ttl if answers else negative_ttl,
            authenticated=bool(flags & _AD),
            authoritative=bool(flags & _AA),
            resolver=resolver,
        )
    )


class _Reader:
    """Reads one message from front to back."""

    def __init__(self, query: Query, octets: bytes) -> None:
        self._query = query
        self._octets = octets
        self._at = _HEADER.size + len(query.asked)
        self._names: dict[int, str] = {}
        """What stands where a label begins, up to the name's end: to this, pointers may lead."""
        name, at = query.question.name, _HEADER.size
        while name:
            self._names[at] = name
            label, _, name = name.partition(".")
            at += len(label) + 1

    def answers(self, count: int) -> tuple[tuple[str, ...], int | None]:
        """The records, presented and sorted, and their TTL; all of the name and type that were asked for."""
        query, octets = self._query, self._octets
        rdtype, ttls, records = query.rdtype, [], set()
        if count > 1 and rdtype not in _SETS:
            raise _UnusualError
        for _ in range(count):
            if not octets.startswith(_AT_QUESTION, self._at):
                raise _UnusualError
            self._at += 2
            found, ttl, length = self._fixed()
            if found != rdtype:
                raise _UnusualError
            ttls.append(ttl)
            records.add(_PRESENTED.get(rdtype, _Reader.generic)(self, length))
            self._at += length
        return tuple(sorted(records)), min(ttls, default=None)

    def authority(self, count: int, *, positive: bool) -> int | None:
        """The TTL of a negative answer, by the SOA of a zone that the name is in; nothing without one."""
        ttl: int | None = None
        for _ in range(count):
            covers = self._is_above(self._at)
            _, self._at = self._name(self._at)
            rdtype, own_ttl, length = self._fixed()
            if rdtype == _SOA and ttl is None and covers:
                ttl = min(own_ttl, self._minimum(length))
            elif rdtype == _NS and positive:
                self.host(length)
            else:
                raise _UnusualError
            self._at += length
        return ttl

    def additional(self, count: int) -> None:
        """Passes over addresses, and an EDNS record that says nothing."""
        with_edns = False
        for _ in range(count):
            if self._octets[self._at] == 0 and not with_edns:
                rdtype, _, ttl, length = _FIXED.unpack_from(self._octets, self._at + 1)
                if rdtype != _OPT or ttl >> 16 or length:  # the TTL is the rest of the rcode, version and flags
                    raise _UnusualError
                with_edns = True
                self._at += 1 + _FIXED.size
                continue
            _, self._at = self._name(self._at)
            rdtype, _, length = self._fixed()
            if _ADDRESS_OCTETS.get(rdtype) != length:
                raise _UnusualError
            self._at += length

    def end(self) -> None:
        """That nothing is left, and nothing is missing."""
        if self._at != len(self._octets):
            raise _UnusualError

    def _fixed(self) -> tuple[int, int, int]:
        """Type, TTL and length of the record's data, at which this stands then."""
        rdtype, rdclass, ttl, length = _FIXED.unpack_from(self._octets, self._at)
        self._at += _FIXED.size
        if rdclass != _IN or ttl > _LONGEST_TTL or self._at + length > len(self._octets):
            raise _UnusualError
        return rdtype, ttl, length

    def _is_above(self, at: int) -> bool:
        """Whether an owner is the name that was asked for or one above it: the root, or a pointer into it."""
        first = self._octets[at]
        return not first or (first >= 0xC0 and self._pointer(at) < _HEADER.size + len(self._query.asked))

    def _pointer(self, at: int) -> int:
        return (self._octets[at] & 0x3F) << 8 | self._octets[at + 1]

    def _name(self, at: int) -> tuple[str, int]:
        """The name there in lower case, empty for the root, and where it ends."""
        octets, begun, rest = self._octets, [], ""
        while length := octets[at]:
            if length >= 0xC0:
                rest, at = self._names[self._pointer(at)], at + 1
                break
            label = octets[at + 1 : at + 1 + length]
            if length > 63 or len(label) < length or label.translate(None, _IN_NAMES):
                raise _UnusualError
            begun.append((at, label.decode("ascii").lower()))
            at += length + 1
        for start, text in reversed(begun):
            rest = f"{text}.{rest}" if rest else text
            self._names[start] = rest
        if len(rest) > 253:
            raise _UnusualError
        return rest, at + 1

    def _minimum(self, length: int) -> int:
        _, at = self._name(self._at)
        _, at = self._name(at)
        if at + _SOA_NUMBERS != self._at + length:
            raise _UnusualError
        return int.from_bytes(self._octets[at + 16 : at + 20])

    # The data of a record, presented

    def host(self, length: int) -> str:
        """A record that is one name."""
        return self._last_name(self._at, self._at + length)

    def mx(self, length: int) -> str:
        """Preference and exchange (RFC 1035 §3.3.9)."""
        preference = int.from_bytes(self._octets[self._at : self._at + 2])
        return f"{preference} {self._last_name(self._at + 2, self._at + length)}"

    def txt(self, length: int) -> str:
        """The strings, joined with nothing between."""
        at, end, strings = self._at, self._at + length, []
        while at < end:
            begin = at + 1
            at = begin + self._octets[at]
            strings.append(self._octets[begin:at])
        if at != end or not strings:
            raise _UnusualError
        return b"".join(strings).decode("latin-1")

    def ipv4(self, length: int) -> str:
        """An address of four octets."""
        return dns.ipv4.inet_ntoa(self._data(length))

    def ipv6(self, length: int) -> str:
        """An address of sixteen octets."""
        return dns.ipv6.inet_ntoa(self._data(length))

    def tlsa(self, length: int) -> str:
        """Presentation format (RFC 6698 §2.2), whatever the data."""
        data = self._data(length)
        return f"{data[0]} {data[1]} {data[2]} {data[3:].hex()}"

    def generic(self, length: int) -> str:
        """A record of another type, by dnspython's own parser."""
        return present(dns.rdata.from_wire(dns.rdataclass.IN, self._query.rdtype, self._octets, self._at, length))

    def _last_name(self, at: int, end: int) -> str:
        """The name there, which ends the record."""
        name, after = self._name(at)
        if after != end:
            raise _UnusualError
        return name or "."

    def _data(self, length: int) -> bytes:
        return self._octets[self._at : self._at + length]


_PRESENTED: dict[int, Callable[[_Reader, int], str]] = {
    _A: _Reader.ipv4,
    _AAAA: _Reader.ipv6,
    _MX: _Reader.mx,
    _NS: _Reader.host,
    _CNAME: _Reader.host,
    _PTR: _Reader.host,
    _TXT: _Reader.txt,
    _TLSA: _Reader.tlsa,
}
