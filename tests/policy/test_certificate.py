"""Certificates of every kind, the broken ones too, as facts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.lab.certificates import KINDS, Authority
from auditor.model.certificate import Certificate
from auditor.policy.certificate import read_certificate

NOW = datetime(2030, 1, 1, tzinfo=UTC)
NAME = x509.Name(
    [
        x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Bücher, Inc."),
        x509.NameAttribute(x509.NameOID.COMMON_NAME, "old.example"),
        x509.NameAttribute(x509.NameOID.COMMON_NAME, "MX.example"),
    ]
)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(NOW)


def der_of(authority: Authority, kind: str) -> bytes:
    leaf, _ = authority.issue(kind, ("MX.example", "mx2.example"))
    return leaf.certificate.public_bytes(Encoding.DER)


def builder(key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(0xABCDEF)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )


def signed(*extensions: x509.ExtensionType, public: object = None) -> bytes:
    key = ec.generate_private_key(ec.SECP384R1())
    one = builder(key)
    if public is not None:
        one._public_key = public  # type: ignore[assignment]
    for extension in extensions:
        one = one.add_extension(extension, critical=False)
    return one.sign(key, hashes.SHA384()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read(authority: Authority, kind: str) -> None:
    der, how = der_of(authority, kind), KINDS[kind]
    facts = read_certificate(der)
    assert (facts.sha256, facts.der, facts.malformed) == (sha256(der).hexdigest(), der, "")
    name = how.other_name or "MX.example"
    assert (facts.subject, facts.common_name) == (f"CN={name}", name)
    assert facts.not_before == NOW + timedelta(days=how.from_days)
    assert facts.not_after == NOW + timedelta(days=how.until_days)
    if not how.names:
        assert facts.names == ()
    else:
        assert facts.names == ((how.other_name,) if how.other_name else ("mx.example", "mx2.example"))
    assert facts.self_issued is how.self_signed
    key = ("RSA", how.rsa_bits, "") if how.rsa_bits else ("EC", 256, "secp256r1")
    assert (facts.key_type, facts.key_bits, facts.curve) == key
    assert facts.signature_algorithm == "ecdsa-with-SHA256" or how.self_signed
    assert len(facts.spki_sha256) == 64


def test_names_and_addresses_stand_in_their_order() -> None:
    general: list[x509.GeneralName] = [
        x509.DNSName("MX.example"),
        x509.IPAddress(ip_address("192.0.2.1")),
        x509.DNSName("*.example"),
        x509.RFC822Name("post@example"),
        x509.IPAddress(ip_address("2001:db8::1")),
    ]
    facts = read_certificate(signed(x509.SubjectAlternativeName(general)))
    assert facts.names == ("mx.example", "*.example")
    assert facts.ip_addresses == ("192.0.2.1", "2001:db8::1")
    assert facts.common_name == "MX.example", "the last one counts"
    assert facts.serial == "abcdef"
    assert facts.self_issued
    assert "Bücher\\, Inc." in facts.subject
    assert facts.signature_algorithm == "ecdsa-with-SHA384"


@pytest.mark.parametrize(
    ("make", "kind", "bits", "curve"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "RSA", 1024, ""),  # noqa: S505 - it secures nothing
        (lambda: ec.generate_private_key(ec.SECP521R1()), "EC", 521, "secp521r1"),
        (ed25519.Ed25519PrivateKey.generate, "Ed25519", None, ""),
        (ed448.Ed448PrivateKey.generate, "Ed448", None, ""),
        pytest.param(lambda: dsa.generate_private_key(2048), "DSA", 2048, "", marks=pytest.mark.slow),
    ],
    ids=["rsa", "ec", "ed25519", "ed448", "dsa"],
)
def test_every_kind_of_key_is_named(make: Callable[[], Any], kind: str, bits: int | None, curve: str) -> None:
    facts = read_certificate(signed(public=make().public_key()))
    assert (facts.key_type, facts.key_bits, facts.curve, facts.malformed) == (kind, bits, curve, "")


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x03\x02\x01\x00", b"not DER", b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_no_certificate_is_malformed(der: bytes) -> None:
    facts = read_certificate(der)
    assert facts == Certificate(sha256=sha256(der).hexdigest(), der=der, malformed=facts.malformed)
    assert facts.malformed.startswith("ValueError: ")


def damaged(der: bytes, old: bytes, new: bytes) -> bytes:
    assert der.count(old) == 1
    assert len(old) == len(new)
    return der.replace(old, new)


def test_alternative_names_that_cannot_be_read_leave_the_rest(authority: Authority) -> None:
    der = damaged(der_of(authority, "good"), b"\x82\x0bmx2.example", b"\x82\x0bmx\xff.example")
    facts = read_certificate(der)
    assert (facts.names, facts.common_name, facts.key_type) == ((), "MX.example", "EC")
    assert facts.malformed


def test_a_key_that_cannot_be_read_leaves_the_rest(authority: Authority) -> None:
    good = der_of(authority, "good")
    facts = read_certificate(damaged(good, b"\x03\x42\x00\x04", b"\x03\x42\x00\x09"))
    assert (facts.key_type, facts.key_bits, facts.spki_sha256) == ("", None, "")
    assert facts.names == ("mx.example", "mx2.example")
    assert facts.malformed


def test_a_subject_that_is_no_text_leaves_the_rest(authority: Authority) -> None:
    der = damaged(der_of(authority, "good"), b"\x0c\x0aMX.example", b"\x0c\x0aMX.\xff\xfeample")
    facts = read_certificate(der)
    assert (facts.subject, facts.common_name, facts.key_type) == ("", "", "EC")
    assert facts.names == ("mx.example", "mx2.example")
    assert "subject" in facts.malformed


def test_a_negative_serial_number_is_taken_as_it_is() -> None:
    facts = read_certificate(damaged(signed(), b"\x02\x04\x00\xab\xcd\xef", b"\x02\x04\x80\xab\xcd\xef"))
    assert (facts.serial, facts.key_type, facts.malformed) == ("-7f543211", "EC", "")


DER = signed(x509.SubjectAlternativeName([x509.DNSName("mx.example")]))


@pytest.mark.slow
@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_no_octet_changed_makes_it_raise(at: int, octet: int) -> None:
    der = DER[:at] + bytes((octet,)) + DER[at + 1 :]
    assert read_certificate(der).sha256 == sha256(der).hexdigest()


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_no_octets_make_it_raise(octets: bytes) -> None:
    assert read_certificate(octets).der == octets


def test_a_certificate_is_kept_that_many_servers_may_share_and_none_that_was_made_large() -> None:
    assert read_certificate(DER) is read_certificate(DER)
    assert read_certificate(DER + bytes(10_000)) is not read_certificate(DER + bytes(10_000))
