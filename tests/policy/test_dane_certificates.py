"""What OpenSSL makes of certificates and bare keys for DANE."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.dane.certificates import association, is_certificate, is_public_key, signed_by, why_no_path
from tests.policy.dane_world import DAY, INTERMEDIATE, NOW, ROOT, STRANGER, issued, leaf

LEAF, ISSUER = leaf().public_bytes(Encoding.DER), INTERMEDIATE.public_bytes(Encoding.DER)


def test_a_public_key_counts_as_it_stands_in_the_certificate() -> None:
    """One with a compressed point has another digest than the same key written out."""
    key = leaf().public_key()
    full = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    short = b"\x30" + bytes([21 + 2 + 1 + len(point)]) + full[2:23] + b"\x03" + bytes([len(point) + 1, 0]) + point
    tbs = leaf().tbs_certificate_bytes
    altered = _sequence(_inside(tbs).replace(full, short))
    der = _sequence(altered + _inside(leaf().public_bytes(Encoding.DER))[len(tbs) :])
    assert association(der, 1, 0) == short.hex()
    assert association(leaf().public_bytes(Encoding.DER), 1, 0) == full.hex()


def _sequence(content: bytes) -> bytes:
    return b"\x30\x82" + len(content).to_bytes(2) + content


def _inside(der: bytes) -> bytes:
    """The content of a sequence whose length takes two octets."""
    assert der[:2] == b"\x30\x82"
    return der[4:]


KEYS = [
    (ec.generate_private_key(ec.SECP384R1()), hashes.SHA384(), None),
    (rsa.generate_private_key(65537, 2048), hashes.SHA256(), None),
    (rsa.generate_private_key(65537, 2048), hashes.SHA256(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
    (ed25519.Ed25519PrivateKey.generate(), None, None),
    (ed448.Ed448PrivateKey.generate(), None, None),
]


@pytest.mark.parametrize(("key", "digest", "rsa_padding"), KEYS)
def test_a_signature_by_a_bare_key_is_found_whatever_its_kind(
    key: rsa.RSAPrivateKey, digest: hashes.SHA256, rsa_padding: padding.PSS | None
) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder(name, name, leaf().public_key(), 1, NOW - DAY, NOW + DAY)
    signed = builder.sign(key, digest, rsa_padding=rsa_padding).public_bytes(Encoding.DER)
    public_key = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert signed_by((LEAF, signed), public_key) == (signed,)
    assert signed_by((ISSUER,), public_key) == ()


def test_an_odd_certificate_is_looked_at_without_a_warning() -> None:
    """A serial number below zero, say, of which the library warns; it goes to the terminal otherwise."""
    negative = LEAF.replace(_serial(LEAF), b"\x85" + _serial(LEAF)[1:], 1)
    assert negative != LEAF
    key = INTERMEDIATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert signed_by((LEAF, negative), key) == (LEAF,)


def test_a_certificate_of_a_version_that_is_none_is_signed_by_nobody() -> None:
    """OpenSSL reads it, and the library that tries signatures raises an exception of its own kind."""
    of_no_version = LEAF.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x22", 1)
    assert is_certificate(of_no_version)
    key = INTERMEDIATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert signed_by((of_no_version, LEAF), key) == (LEAF,)


def _serial(der: bytes) -> bytes:
    number = x509.load_der_x509_certificate(der).serial_number
    return number.to_bytes(number.bit_length() // 8 + 1)


def test_a_path_needs_a_signature_and_authorities_that_may_sign() -> None:
    leaf_of_leaf = x509.CertificateBuilder(
        leaf().subject, x509.Name([]), STRANGER.public_key(), 1, NOW - DAY, NOW + DAY
    ).sign(issued()[0].key, hashes.SHA256())
    der = leaf_of_leaf.public_bytes(Encoding.DER)
    root = ROOT.public_bytes(Encoding.DER)
    assert why_no_path((LEAF, ISSUER), root, NOW) == ""
    assert why_no_path((LEAF,), root, NOW) == "unable to get local issuer certificate (depth 0)"
    assert "invalid CA certificate" in why_no_path((der, LEAF, ISSUER), root, NOW)
    assert why_no_path((LEAF, b"no certificate", ISSUER), root, NOW) == ""


@pytest.mark.parametrize(("chain", "anchor"), [((b"x", ISSUER), ISSUER), ((LEAF, ISSUER), b"x")])
def test_a_path_from_or_to_what_cannot_be_read_is_none(chain: tuple[bytes, ...], anchor: bytes) -> None:
    assert why_no_path(chain, anchor, NOW) == "a certificate that cannot be read"


@given(st.binary(max_size=200), st.sampled_from([0, 1]), st.sampled_from([0, 1, 2]))
def test_no_octets_raise(octets: bytes, selector: int, matching: int) -> None:
    assert not is_certificate(octets)
    assert not is_public_key(octets)
    assert bool(association(octets, selector, matching)) == (selector == 0 and bool(octets))
    assert signed_by((LEAF, octets), octets) == ()
