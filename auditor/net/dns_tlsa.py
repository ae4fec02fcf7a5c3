"""TLSA records as they were sent, those too whose data are of the wrong length.

dnspython refuses such a record, and the rest of the message seems malformed for
it; but what a zone publishes, and no client can use, is what an audit is to show.
"""

from collections.abc import Iterator
from contextlib import suppress
from struct import Struct

import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire

_IN, _TLSA = dns.rdataclass.IN, dns.rdatatype.TLSA
_COUNTS = Struct("!4H")  # of the header: questions, answers, authority, additional (RFC 1035 §4.1.1)


def restore_tlsa(message: dns.message.Message, octets: bytes) -> bool:
    """Put back the TLSA answers that dnspython left out; false where there was more than those to complain of."""
    if not message.errors:
        return True
    with suppress(dns.exception.DNSException):
        refused = [(name, ttl, data) for name, ttl, data in _tlsa_answers(octets) if not _is_accepted(data)]
        for name, ttl, data in refused:
            rrset = message.find_rrset(message.answer, name, _IN, _TLSA, create=True)
            rrset.add(dns.rdata.GenericRdata(_IN, _TLSA, data), ttl)
        return len(refused) == len(message.errors)
    return False


def present_tlsa(record: dns.rdata.Rdata) -> str:
    """Presentation format (RFC 6698 §2.2), whatever the data; that of RFC 3597 for less than the three numbers."""
    octets = record.to_wire() or b""
    if len(octets) < 3:
        return str(record).strip()
    usage, selector, matching = octets[:3]
    return f"{usage} {selector} {matching} {octets[3:].hex()}"


def _tlsa_answers(octets: bytes) -> Iterator[tuple[dns.name.Name, int, bytes]]:
    """The owner, TTL and data of each TLSA record in the answer section."""
    parser = dns.wire.Parser(octets, 4)
    questions, answers, _, _ = _COUNTS.unpack(parser.get_bytes(_COUNTS.size))
    for _ in range(questions):
        dns.name.from_wire_parser(parser)
        parser.get_struct("!HH")
    for _ in range(answers):
        name = dns.name.from_wire_parser(parser)
        rdtype, rdclass, ttl, length = parser.get_struct("!HHIH")
        data = parser.get_bytes(length)
        if (rdtype, rdclass) == (_TLSA, _IN):
            yield name, ttl, data


def _is_accepted(data: bytes) -> bool:
    with suppress(dns.exception.DNSException):
        dns.rdata.from_wire(_IN, _TLSA, data, 0, len(data))
        return True
    return False
