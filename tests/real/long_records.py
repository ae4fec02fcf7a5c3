"""Records that are too long for one character-string, or for a datagram."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ADDRESSES = tuple(f"198.51.100.{number}" for number in range(0, 256, 2))
"""None of them adjoins another, so that they stay as many."""
SPF = " ".join(("v=spf1", *(f"ip4:{address}" for address in ADDRESSES), "-all"))
TOKENS = tuple(f"verification-{number}={'0123456789abcdef' * 4}" for number in range(30))
"""What providers have their customers publish beside the SPF record."""


@cache
def dkim_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=4096).public_key()
    octets = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={b64encode(octets).decode('ascii')}"


def long_records() -> Iterator[str]:
    """Lines of the zone."""
    yield f"@ 300 TXT {_strings(SPF)}"
    yield f"default._domainkey 300 TXT {_strings(dkim_key())}"
    yield "crowded 300 MX 10 mx-none.secure.test."
    yield 'crowded 300 TXT "v=spf1 mx -all"'
    yield from (f'crowded 300 TXT "{token}"' for token in TOKENS)


def _strings(text: str) -> str:
    """Character-strings of at most 255 octets each (RFC 1035 §3.3.14), cut wherever they end."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
