"""One TLSA record in presentation format, and whether mail clients may use it (RFC 6698 §2, RFC 7672 §3.1)."""

import re

from auditor.model.dane import TlsaRecord
from auditor.policy.dane.certificates import is_certificate, is_public_key

_FIELDS = re.compile(r"(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+([0-9A-Fa-f\s]*))?", re.ASCII)
_PKIX = {0: "PKIX-TA", 1: "PKIX-EE"}
_DANE = {2, 3}
MOST_RECORDS = 50
"""At one name: even one for each key of an authority that has many are fewer, and each is held against every chain."""
_DIGESTS = {1: ("SHA-256", 32), 2: ("SHA-512", 64)}


def read_record(text: str) -> TlsaRecord:
    """The record that the text presents (RFC 6698 §2.2), white space anywhere in its data; never raises."""
    found = _FIELDS.fullmatch(text.strip())
    if found is None or max(map(int, found.groups()[:3])) > 255:
        return TlsaRecord(usage=-1, selector=-1, matching=-1, data="", fault=f"no TLSA record: {text[:40]!r}")
    usage, selector, matching = map(int, found.groups()[:3])
    data = "".join((found[4] or "").split()).lower()
    fault = _fault_of_numbers(usage, selector, matching) or _fault_of_data(selector, matching, data)
    return TlsaRecord(usage=usage, selector=selector, matching=matching, data=data, fault=fault)


def _fault_of_numbers(usage: int, selector: int, matching: int) -> str:
    if usage in _PKIX:
        # There is no list of authorities that all mail servers share (RFC 7672 §3.1.3).
        return f"usage {usage} ({_PKIX[usage]}) is not used between mail servers"
    if usage not in _DANE:
        return f"usage {usage} is not defined"
    if selector > 1:
        return f"selector {selector} is not defined"
    return f"matching type {matching} is not defined" if matching > 2 else ""


def _fault_of_data(selector: int, matching: int, data: str) -> str:
    if len(data) % 2:
        return "an odd number of hexadecimal digits"
    octets = bytes.fromhex(data)
    if matching in _DIGESTS:
        digest, length = _DIGESTS[matching]
        return "" if len(octets) == length else f"{len(octets)} octets of data, where {digest} has {length}"
    if selector == 0:
        return "" if is_certificate(octets) else "the data is no certificate"
    return "" if is_public_key(octets) else "the data is no public key"
