"""A nameserver on trio, UDP and TCP, for one zone and the faults it is told to have.

Asked for recursion it answers as a resolver that knows the whole zone; asked without, as
the zone's own nameserver, which refers to others where the zone delegates.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone
import trio

from auditor.errors import UsageError
from auditor.lab.dns_faults import BROKEN, refuses_edns, truncated

MAX_UDP_OCTETS = 1232  # the size the DNS flag day of 2020 settled on
MAX_TCP_OCTETS = 65_535
RECEIVE_BUFFER_OCTETS = 4_194_304  # a burst of queries overruns the usual 200 KiB
MAX_ALIASES = 10
FAULTS = (
    *("servfail", "refused", "timeout", "bogus", "first-lost", "first-servfail", "secure", *BROKEN),
    *("truncate", "truncate-all", "tcp-dead", "no-edns"),
)
_CUT_OFF = ("truncate", "truncate-all", "tcp-dead")

Asked = tuple[dns.name.Name, str]


def parse_faults(text: str, source: str) -> dict[Asked, str]:
    """What goes wrong with which question: a line ``name type fault`` each, ``#`` comments.

    The type ``*`` is every type, and a name that begins with ``*.`` is every name below.

    Raises:
        UsageError: a line is not understood.
    """
    faults: dict[Asked, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 3 or words[2] not in FAULTS:
            raise UsageError(f"{source}, line {number}: not understood: {line}")
        faults[dns.name.from_text(words[0]), words[1].upper()] = words[2]
    return faults


@dataclass(slots=True)
class Nameserver:
    """Answers for a zone, and for those served beside it; refuses all else; counts what it was asked."""

    zone: dns.zone.Zone
    faults: Mapping[Asked, str] = field(default_factory=dict)
    beside: "Nameserver | None" = None
    """Another zone that is served at the same place."""
    questions: Counter[tuple[str, str]] = field(default_factory=Counter)
    _names: frozenset[str] = field(init=False)
    """All that exist: those with records, and those above them (RFC 8020).  Texts, for names take long to compare."""
    _faults: dict[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        owners = [_text(owner) for owner in self.zone]
        self._names = frozenset(one for owner in owners for one in (owner, *_above(owner)))
        self._faults = {(_text(name), kind): fault for (name, kind), fault in self.faults.items()}

    async def serve_udp(self, socket: trio.socket.SocketType) -> None:
        """Answer datagrams until cancelled."""
        while True:
            octets, address = await socket.recvfrom(65_535)
            for reply in self._replies(octets, over_tcp=False):
                await socket.sendto(reply, address)

    async def serve_tcp(self, stream: trio.SocketStream) -> None:
        """Answer one connection's questions (RFC 1035 §4.2.2); a client that is gone ends it at worst."""
        async with stream:
            with suppress(trio.BrokenResourceError):
                await self._converse(stream)

    async def _converse(self, stream: trio.SocketStream) -> None:
        while octets := await _exactly(stream, 2):
            query = await _exactly(stream, int.from_bytes(octets, "big"))
            for reply in self._replies(query, over_tcp=True):
                await stream.send_all(len(reply).to_bytes(2, "big") + reply)

    def _replies(self, octets: bytes, *, over_tcp: bool) -> Iterator[bytes]:
        """The reply; none where it is lost, or where the query cannot be read."""
        try:
            query = dns.message.from_wire(octets)
            (question,) = query.question
        except (dns.exception.DNSException, ValueError):
            return
        kind = dns.rdatatype.to_text(question.rdtype)
        name = _text(question.name)
        self.questions[name, kind] += 1
        fault = self._fault(name, kind)
        first = self.questions[name, kind] == 1
        if fault == "timeout" or (fault == "first-lost" and first) or (fault == "tcp-dead" and over_tcp):
            return
        if fault in BROKEN:
            yield BROKEN[fault](query, octets)
            return
        if fault == "no-edns" and query.edns >= 0:
            yield refuses_edns(query)
            return
        if fault == "truncate-all" or (fault in _CUT_OFF and not over_tcp):
            yield truncated(query)
            return
        reply = self._answer(query, question, fault, first=first)
        wire = reply.to_wire(max_size=MAX_TCP_OCTETS)  # it would raise at the query's own limit
        if not over_tcp and len(wire) > _room(query):
            yield truncated(query)
        else:
            yield wire

    def _fault(self, name: str, kind: str) -> str:
        """The fault of the closest line: of the name itself, else of those above it."""
        names = (name, *(f"*.{one}" for one in _above(name)))
        found = (self._faults.get((one, of_kind)) for one in names for of_kind in (kind, "*"))
        return next((fault for fault in found if fault), "")

    def _answer(
        self, query: dns.message.Message, question: dns.rrset.RRset, fault: str, *, first: bool
    ) -> dns.message.Message:
        reply = dns.message.make_response(query, recursion_available=True)
        serving = self.serving(question.name)
        if fault == "bogus" and not query.flags & dns.flags.CD:
            reply.set_rcode(dns.rcode.SERVFAIL)
            reply.use_edns(options=[dns.edns.EDEOption(dns.edns.EDECode.DNSSEC_BOGUS, "lab")])
        elif fault == "servfail" or (fault == "first-servfail" and first):
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif fault == "refused" or serving is None:
            reply.set_rcode(dns.rcode.REFUSED)
        else:
            serving.fill(reply, question.name, question.rdtype)
            if fault == "secure":
                reply.flags |= dns.flags.AD
        return reply

    def serving(self, name: dns.name.Name) -> "Nameserver | None":
        """Whose zone the name is in."""
        if name.is_subdomain(self.zone.origin or dns.name.root):
            return self
        return None if self.beside is None else self.beside.serving(name)

    def _delegation(self, name: dns.name.Name) -> dns.rrset.RRset | None:
        """The NS records that lead out of the zone: of the name or of one above it, below the apex (RFC 1034 §4.2)."""
        origin = self.zone.origin or dns.name.root
        above = (name.split(depth)[1] for depth in range(len(origin) + 1, len(name) + 1))
        cuts = (self.zone.get_rrset(one, dns.rdatatype.NS) for one in above)
        return next((cut for cut in cuts if cut is not None), None)

    def fill(self, reply: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        """The records, with the aliases that lead to them; or SOA and what is missing (RFC 2308); or a referral."""
        if not reply.flags & dns.flags.RD:
            delegation = self._delegation(name)
            if delegation is not None:
                reply.authority.append(delegation)
                return
            reply.flags |= dns.flags.AA
        for _ in range(MAX_ALIASES):
            found = self._rrset(name, kind)
            if found is not None:
                reply.answer.append(found)
                return
            alias = self._rrset(name, dns.rdatatype.CNAME)
            if alias is None:
                break
            reply.answer.append(alias)
            name = alias[0].target
        else:
            return  # the rest of so long a chain is left to whoever asks
        soa = self._rrset(self.zone.origin or dns.name.root, dns.rdatatype.SOA)
        if soa is not None:
            reply.authority.append(soa)
        if not self._exists(name):
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _rrset(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
        if not name.is_subdomain(self.zone.origin or dns.name.root):
            return None
        found = self.zone.get_rrset(self._owner(name), kind)
        if found is None or found.name == name:
            return found
        return dns.rrset.from_rdata_list(name, found.ttl, list(found))

    def _owner(self, name: dns.name.Name) -> dns.name.Name:
        """Where the records of a name stand: at itself, or at a wildcard below what is closest to it (RFC 4592)."""
        text = _text(name)
        if text in self._names:
            return name
        return dns.name.from_text(f"*.{next(one for one in _above(text) if one in self._names)}")

    def _exists(self, name: dns.name.Name) -> bool:
        """Whether the name has records, by a wildcard too, or names below it that have."""
        return _text(self._owner(name)) in self._names


def _text(name: dns.name.Name) -> str:
    """A name in lower case without the last dot; empty for the root."""
    return "" if name == dns.name.root else name.to_text(omit_final_dot=True).lower()


def _above(name: str) -> Iterator[str]:
    """The names above this one, the closest first, the root last."""
    while name:
        name = name.partition(".")[2]
        yield name


def load_zone(text: str, origin: str) -> dns.zone.Zone:
    """The zone in a text in master-file form.

    Raises:
        UsageError: the text is none.
    """
    try:
        return dns.zone.from_text(text, origin=origin, relativize=False)
    except dns.exception.DNSException as error:
        raise UsageError(f"zone {origin}: {error}") from None


def _room(query: dns.message.Message) -> int:
    return max(512, min(query.payload, MAX_UDP_OCTETS)) if query.edns >= 0 else 512


async def _exactly(stream: trio.SocketStream, count: int) -> bytes:
    """So many octets; none when the stream ends before."""
    octets = bytearray()
    while len(octets) < count:
        some = await stream.receive_some(count - len(octets))
        if not some:
            return b""
        octets += some
    return bytes(octets)
