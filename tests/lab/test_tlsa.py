"""TLSA records that the lab makes of what its servers present."""

import hashlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.errors import UsageError
from auditor.lab.certificates import Authority
from auditor.lab.tlsa import with_tlsa

HOST = "mx.dane.example"


@pytest.fixture(scope="module")
def authority() -> Authority:
    one = Authority()
    one.server_context("good", (HOST,), ("1.2", "1.3"))
    one.server_context("self-signed", ("own.dane.example",), ("1.2", "1.3"))
    return one


@pytest.mark.parametrize(("usage", "depth"), [("1", 0), ("3", 0), ("0", 1), ("2", 1)])
@pytest.mark.parametrize("selector", ["0", "1"])
@pytest.mark.parametrize("matching", ["0", "1", "2"])
def test_a_place_is_filled_with_what_the_server_presents(
    authority: Authority, usage: str, depth: int, selector: str, matching: str
) -> None:
    certificate = authority.shown[HOST][depth].certificate
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    octets = certificate.public_bytes(Encoding.DER) if selector == "0" else key
    data = {"0": octets.hex(), "1": hashlib.sha256(octets).hexdigest(), "2": hashlib.sha512(octets).hexdigest()}
    zone = with_tlsa(f"_25._tcp.mx TLSA {{tlsa {usage} {selector} {matching} {HOST}}}\nmx A 192.0.2.1", authority)
    assert zone == f"_25._tcp.mx TLSA {usage} {selector} {matching} {data[matching]}\nmx A 192.0.2.1"


@pytest.mark.parametrize("place", ["{tlsa 3 1 1 mx.nobody.example}", "{tlsa 2 1 1 own.dane.example}"])
def test_a_place_for_what_nobody_presents_is_an_error_of_use(authority: Authority, place: str) -> None:
    with pytest.raises(UsageError, match="the lab has no certificate for"):
        with_tlsa(place, authority)


def test_what_is_no_place_stays(authority: Authority) -> None:
    text = "_25._tcp.mx TLSA 3 1 1 00 ; {tlsa 4 1 1 mx.dane.example}"
    assert with_tlsa(text, authority) == text
