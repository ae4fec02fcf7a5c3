"""Certificates that no authority would issue, and chains that no server should send."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from auditor.lab.certificates import KINDS, Authority, Issuer, Kind

_ODD = {name: Kind() for name in ("negative-serial", "chain-of-150", "chain-of-400")}


@dataclass(slots=True)
class OddAuthority(Authority):
    """The lab's authority, which also issues what is odd."""

    kinds: Mapping[str, Kind] = field(default_factory=lambda: {**KINDS, **_ODD})

    def issue(self, kind_name: str, names: tuple[str, ...]) -> tuple[Issuer, tuple[Issuer, ...]]:
        """A leaf of that kind, and the chain a server sends, the leaf first."""
        leaf, chain = Authority.issue(self, kind_name, names)
        if kind_name == "negative-serial":
            leaf = _with_negative_serial(leaf)
            return leaf, (leaf, *chain[1:])
        if kind_name.startswith("chain-of-"):
            length = int(kind_name.removeprefix("chain-of-"))
            return leaf, (leaf, *[self.intermediate] * (length - 1))
        return leaf, chain


def _with_negative_serial(leaf: Issuer) -> Issuer:
    """The same with the first bit of its serial number set, which no signature covers (RFC 5280 §4.1.2.2)."""
    der = bytearray(leaf.certificate.public_bytes(Encoding.DER))
    number = leaf.certificate.serial_number.to_bytes(20, "big").lstrip(b"\0")
    der[der.index(number)] |= 0x80
    return Issuer(x509.load_der_x509_certificate(bytes(der)), leaf.key)
