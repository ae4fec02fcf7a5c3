"""TLSA records for certificates that are made only when the lab opens."""

import hashlib
import re

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from auditor.errors import UsageError
from auditor.lab.certificates import Authority

_PLACE = re.compile(r"\{tlsa ([0-3]) ([01]) ([0-2]) ([a-z0-9.-]+)\}")


def with_tlsa(zone: str, authority: Authority) -> str:
    """The zone with each ``{tlsa USAGE SELECTOR MATCHING SERVER}`` as the record data of what that server presents.

    Usages 0 and 2 are of the certificate that issued the server's own, 1 and 3 of that itself (RFC 6698 §2.1.1).

    Raises:
        UsageError: there is no such server, or it presents no certificate of an issuer.
    """

    def filled(place: re.Match[str]) -> str:
        usage, selector, matching, server = place.groups()
        chain = authority.shown.get(server, ())
        depth = 1 if usage in "02" else 0
        if depth >= len(chain):
            raise UsageError(f"the lab has no certificate for {place[0]}")
        return f"{usage} {selector} {matching} {_data(chain[depth].certificate, selector, matching)}"

    return _PLACE.sub(filled, zone)


def _data(certificate: x509.Certificate, selector: str, matching: str) -> str:
    """The certificate association data in hexadecimal (RFC 6698 §2.1.4)."""
    if selector == "0":
        octets = certificate.public_bytes(serialization.Encoding.DER)
    else:
        octets = certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    digests = {"0": lambda: octets, "1": lambda: hashlib.sha256(octets).digest()}
    return digests.get(matching, lambda: hashlib.sha512(octets).digest())().hex()
