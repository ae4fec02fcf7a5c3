"""Queries in octets, built by hand: dnspython's messages are for what is unusual."""

import re
import struct
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rdatatype

from auditor.model.dns import Question

EDNS_PAYLOAD = 1232
"""Octets that pass over any IPv6 path without fragments (DNS flag day 2020)."""
_PLAIN_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_COUNTS = struct.Struct("!5H")
_ENDING = struct.Struct("!2H")
_OPT = struct.pack("!BHHIH", 0, dns.rdatatype.OPT, EDNS_PAYLOAD, 0, 0)  # RFC 6891 §6.1.2
_IN = 1
_OF_RESOLVERS = int(dns.flags.RD | dns.flags.AD)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is put, without its id, which is another each time."""

    question: Question
    flags: int
    edns: bool
    rdtype: dns.rdatatype.RdataType
    asked: bytes
    """The question section; empty for a name whose text is not its labels."""
    octets: bytes
    """The whole message but for the id."""

    def message(self, number: int) -> dns.message.Message:
        """The same as dnspython has it, with that id."""
        message = _message(self.question, self.flags, edns=self.edns)
        message.id = number
        return message


def make_query(question: Question, flags: int = 0, *, edns: bool = True) -> Query:
    """A query that asks resolvers for recursion, and by AD for the validation's outcome (RFC 6840 §5.7).

    Raises:
        dns.exception.DNSException, ValueError: no query can carry that name, or there is no such type.
    """
    flags |= 0 if question.server else _OF_RESOLVERS
    rdtype = dns.rdatatype.from_text(question.type)
    if _PLAIN_NAME.fullmatch(question.name) is None:
        octets = _message(question, flags, edns=edns).to_wire()[2:]
        return Query(question, flags, edns, rdtype, b"", octets)
    labels = "".join([f"{chr(len(label))}{label}" for label in question.name.split(".")])
    asked = labels.encode("ascii") + b"\0" + _ENDING.pack(rdtype, _IN)
    octets = _COUNTS.pack(flags, 1, 0, 0, int(edns)) + asked + (_OPT if edns else b"")
    return Query(question, flags, edns, rdtype, asked, octets)


def _message(question: Question, flags: int, *, edns: bool) -> dns.message.Message:
    use_edns = 0 if edns else False
    return dns.message.make_query(question.name, question.type, use_edns=use_edns, payload=EDNS_PAYLOAD, flags=flags)
