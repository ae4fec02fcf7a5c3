"""Certificates rewritten part by part, as no library would write them, and signed all the same (RFC 5280 §4.1)."""

from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

Parts = list[bytes]
Change = Callable[[Parts], Parts]
SEQUENCE, INTEGER, BITS, OCTETS, TIME, EXTENSIONS = 0x30, 0x02, 0x03, 0x04, 0x17, 0xA3
SERIAL, VALIDITY = 1, 4  # places in a TBSCertificate that begins with its version
_SAN = b"\x06\x03\x55\x1d\x11"
_UNHEARD_OF = b"\x06\x05\x2a\x03\x04\x05\x06"


def element(tag: int, *contents: bytes) -> bytes:
    """One element in DER."""
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def parts_of(der: bytes) -> Parts:
    """The elements within one."""
    _, start, end = _bounds(der, 0)
    parts, at = [], start
    while at < end:
        _, _, until = _bounds(der, at)
        parts.append(der[at:until])
        at = until
    return parts


def _bounds(der: bytes, at: int) -> tuple[int, int, int]:
    """Tag, and where the content begins and ends."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[at + 2 : start], "big")
    return der[at], start, start + length


def rewritten(certificate: x509.Certificate, by: ec.EllipticCurvePrivateKey | None, change: Change) -> bytes:
    """The certificate changed, and signed anew; by nobody, it keeps a signature that does not cover the change."""
    tbs, algorithm, signature = parts_of(certificate.public_bytes(Encoding.DER))
    changed = element(SEQUENCE, *change(parts_of(tbs)))
    if by is not None:
        signature = element(BITS, b"\0", by.sign(changed, ec.ECDSA(hashes.SHA256())))
    return element(SEQUENCE, changed, algorithm, signature)


def with_part(place: int, part: bytes) -> Change:
    """Another element in the place of one."""
    return lambda parts: [*parts[:place], part, *parts[place + 1 :]]


def with_extension(name: bytes, value: bytes, *, critical: bool = False) -> Change:
    """One extension more, whatever its value."""
    extension = element(SEQUENCE, name, b"\x01\x01\xff" if critical else b"", element(OCTETS, value))

    def change(parts: Parts) -> Parts:
        (extensions,) = parts_of(parts[-1])
        return [*parts[:-1], element(EXTENSIONS, element(SEQUENCE, *parts_of(extensions), extension))]

    return change


def _named(*names: bytes) -> bytes:
    return element(SEQUENCE, *(element(0x82, name) for name in names))


CHANGES: dict[str, Change] = {
    "serial-zero": with_part(SERIAL, element(INTEGER, b"\0")),
    "serial-negative": with_part(SERIAL, element(INTEGER, b"\x80\x01")),
    "serial-of-40-octets": with_part(SERIAL, element(INTEGER, b"\x7f" * 40)),
    "month-13": with_part(
        VALIDITY, element(SEQUENCE, element(TIME, b"251301000000Z"), element(TIME, b"491231000000Z"))
    ),
    "times-of-letters": with_part(VALIDITY, element(SEQUENCE, element(TIME, b"whenever"), element(TIME, b"forever"))),
    "ends-before-it-begins": with_part(
        VALIDITY, element(SEQUENCE, element(TIME, b"491231000000Z"), element(TIME, b"200101000000Z"))
    ),
    "no-names-in-the-extension": with_extension(_SAN, _named()),
    "name-of-octets": with_extension(_SAN, _named(b"\xff\xfe\x1b[2J")),
    "name-in-utf8": with_extension(_SAN, _named("mx.mäil.example".encode())),
    "name-of-an-address": with_extension(_SAN, element(SEQUENCE, element(0x87, bytes((203, 0, 113, 1))))),
    "address-of-three-octets": with_extension(_SAN, element(SEQUENCE, element(0x87, b"\1\2\3"))),
    "name-of-a-mailbox": with_extension(_SAN, element(SEQUENCE, element(0x81, b"postmaster@example"))),
    "critical-and-unheard-of": with_extension(_UNHEARD_OF, b"\5\0", critical=True),
    "extension-of-30-kb": with_extension(_UNHEARD_OF, element(OCTETS, bytes(30_000))),
    "version-1": lambda parts: parts[1:7],
}
"""By kind, what is odd, so far as OpenSSL serves it; those about names are made of certificates that have none."""
