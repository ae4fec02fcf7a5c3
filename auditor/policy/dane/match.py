"""How TLSA records fare against a chain (RFC 7671 §5, RFC 7672 §3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.model.certificate import Certificate, CertName
from auditor.model.dane import TlsaMatch, TlsaRecord
from auditor.policy.dane.certificates import MAX_CHAIN, association, signed_by, why_no_path
from auditor.policy.dane.record import MOST_RECORDS, read_record
from auditor.policy.identity import certificate_name

_DANE_TA = 2
_CERTIFICATE = 0  # the selector
_FULL, _SHA_256, _SHA_512 = range(3)  # matching types


@dataclass(frozen=True, slots=True)
class Presented:
    """What a server presented, when, and to whom: all that records are matched to."""

    chain: tuple[Certificate, ...]
    """The leaf first; one at least."""
    at: datetime
    names: tuple[str, ...]
    """Those of which the leaf must have one under usage 2: the TLSA base domain, the next hop (RFC 7672 §3.2.2)."""

    @property
    def ders(self) -> tuple[bytes, ...]:
        """The certificates in DER form."""
        return tuple(one.der for one in self.chain)


def outranked(record: TlsaRecord, records: Sequence[TlsaRecord]) -> bool:
    """Whether senders leave a SHA-256 record aside: for SHA-512 ones of its usage and selector (RFC 7671 §9)."""
    strong = (record.usage, record.selector, _SHA_512)
    others = ((one.usage, one.selector, one.matching) for one in records)
    return record.matching == _SHA_256 and strong in others


def match_all(records: Sequence[TlsaRecord], presented: Presented) -> tuple[TlsaMatch, ...]:
    """How each of these usable records fares, in their order.

    One that is outranked matches only where one that outranks it does.
    """
    matches = [_match(record, presented) for record in records]
    return tuple(
        replace(one, matches=False, depth=None, why_not="senders go by the SHA-512 record beside it, which differs")
        if one.matches and outranked(one.record, records) and not _backed(one.record, matches)
        else one
        for one in matches
    )


def accepts(texts: Sequence[str], chain: Sequence[Certificate], at: datetime, name: str) -> bool:
    """Whether a chain satisfies TLSA records in presentation format; true where none of them can be used.

    False where there are more than are looked at.
    """
    if len(texts) > MOST_RECORDS:
        return False
    usable = tuple(record for record in map(read_record, texts) if not record.fault)
    return not usable or any(one.matches for one in match_all(usable, Presented(tuple(chain), at, (name,))))


def selects(record: TlsaRecord, der: bytes) -> bool:
    """Whether the record holds what it selects of the certificate (RFC 6698 §2.1), be that valid or not."""
    return record.data == association(der, record.selector, record.matching)


def _backed(record: TlsaRecord, matches: Sequence[TlsaMatch]) -> bool:
    kind = (record.usage, record.selector)
    return any(
        one.matches and one.record.matching != _SHA_256 and (one.record.usage, one.record.selector) == kind
        for one in matches
    )


def _match(record: TlsaRecord, presented: Presented) -> TlsaMatch:
    return _match_authority(record, presented) if record.usage == _DANE_TA else _match_leaf(record, presented)


def _match_leaf(record: TlsaRecord, presented: Presented) -> TlsaMatch:
    """Usage 3: names, dates and issuers do not matter (RFC 7672 §3.1.1)."""
    if selects(record, presented.chain[0].der):
        return TlsaMatch(record=record, matches=True, depth=0)
    why_not = f"the server presents another {'certificate' if record.selector == _CERTIFICATE else 'key'}"
    return TlsaMatch(record=record, matches=False, why_not=why_not)


def _match_authority(record: TlsaRecord, presented: Presented) -> TlsaMatch:
    """Usage 2: a valid path to the authority, and a leaf with one of the names (RFC 7672 §3.1.2, §3.2.2)."""
    why_not = _no_anchor(record, presented)
    for depth, anchor in _anchors(record, presented.ders):
        why_not = why_no_path(presented.ders[:MAX_CHAIN], anchor, presented.at) or _no_name(presented)
        if not why_not:
            return TlsaMatch(record=record, matches=True, depth=depth)
    return TlsaMatch(record=record, matches=False, why_not=why_not)


def _anchors(record: TlsaRecord, ders: tuple[bytes, ...]) -> Iterator[tuple[int, bytes]]:
    """What a path may end at, with its depth: authorities that were sent, or else what the record itself holds in full.

    A bare key stands in no certificate: a path ends at one that it has signed (RFC 7671 §5.2.3).
    """
    sent = [(depth, der) for depth, der in enumerate(ders[:MAX_CHAIN]) if der != ders[0] and selects(record, der)]
    yield from sent
    if sent or record.matching != _FULL:
        return
    octets = bytes.fromhex(record.data)
    if record.selector != _CERTIFICATE:
        yield from ((ders.index(der) + 1, der) for der in signed_by(ders, octets))
    elif octets != ders[0]:
        yield len(ders), octets


def _no_anchor(record: TlsaRecord, presented: Presented) -> str:
    if selects(record, presented.chain[0].der):
        return "it is of the server's own certificate, where usage 2 wants an authority's"
    return "no such authority among the certificates that are sent"


def _no_name(presented: Presented) -> str:
    """What is wrong with the leaf's names; empty where one is a reference identifier."""
    found = {certificate_name(presented.chain[0], name) for name in presented.names}
    if CertName.MATCH in found:
        return ""
    wanted = " or ".join(dict.fromkeys(presented.names))
    return f"the certificate does not name {wanted} ({'cn-only' if CertName.CN_ONLY in found else 'mismatch'})"
