"""Whether a certificate names a host, by the rules of RFC 9525."""

import pytest

from auditor.model.certificate import Certificate, CertName
from auditor.policy.identity import certificate_name, matches

TABLE = [
    # §6.3: the reference identifier is compared label by label, whatever the case
    ("mx.example.com", "mx.example.com", True),
    ("MX.Example.COM", "mx.example.com", True),
    ("mx.example.com", "MX.EXAMPLE.COM", True),
    ("mx.example.com", "example.com", False),
    ("example.com", "mx.example.com", False),
    ("mx1.example.com", "mx2.example.com", False),
    ("example.com", "notexample.com", False),
    ("", "mx.example.com", False),
    ("mx.example.com", "", False),
    ("", "", False),
    # a trailing dot is no label
    ("mx.example.com.", "mx.example.com", True),
    ("mx.example.com", "mx.example.com.", True),
    ("mx.example.com..", "mx.example.com", False),
    # a wildcard stands for the whole left-most label, and for exactly one
    ("*.example.com", "mx.example.com", True),
    ("*.EXAMPLE.com", "MX.example.COM", True),
    ("*.example.com.", "mx.example.com", True),
    ("*.example.com", "example.com", False),
    ("*.example.com", ".example.com", False),
    ("*.example.com", "a.mx.example.com", False),
    ("*.example.com", "mx.example.org", False),
    ("*.example.com", "*.example.com", True),
    ("*", "example", False),
    ("*", "*", False),
    ("*.", "example", False),
    ("*.com", "example.com", True),
    # and nowhere else: not within a label, not further right, not twice
    ("m*.example.com", "mx.example.com", False),
    ("*x.example.com", "mx.example.com", False),
    ("m*x.example.com", "max.example.com", False),
    ("mx.*.com", "mx.example.com", False),
    ("*.*.com", "mx.example.com", False),
    ("*.*.com", "mx.*.com", False),
    ("**.example.com", "mx.example.com", False),
    ("xn--*.example.com", "xn--mx.example.com", False),
    # §6.3: internationalised names as A-labels, which are ASCII
    ("xn--bcher-kva.example", "XN--BCHER-KVA.example", True),
    ("*.xn--bcher-kva.example", "mx.xn--bcher-kva.example", True),
    ("bücher.example", "xn--bcher-kva.example", False),
    ("bücher.example", "bücher.example", False),
    ("\u212a.example", "k.example", False),
    ("\uff4dx.example", "mx.example", False),
    # no name holds a NUL, a blank or a control character
    ("mx.example.com\0.evil.example", "mx.example.com", False),
    ("mx.example.com\0", "mx.example.com", False),
    ("mx.example.com\0", "mx.example.com\0", False),
    ("*.example.com", "m\0x.example.com", False),
    ("mx.example.com\n", "mx.example.com", False),
    ("mx.example.com ", "mx.example.com", False),
]


@pytest.mark.parametrize(("presented", "host", "expected"), TABLE)
def test_presented_names_compare_as_the_rfc_says(presented: str, host: str, expected: bool) -> None:
    assert matches(presented, host) is expected


def certificate(common_name: str = "", names: tuple[str, ...] = (), ip_addresses: tuple[str, ...] = ()) -> Certificate:
    return Certificate(sha256="0", der=b"", common_name=common_name, names=names, ip_addresses=ip_addresses)


HOST = "mx.example.com"


@pytest.mark.parametrize(
    ("shown", "host", "expected"),
    [
        (None, HOST, CertName.NOT_TESTED),
        (certificate(), HOST, CertName.MISMATCH),
        (certificate(names=("www.example.com", HOST)), HOST, CertName.MATCH),
        (certificate(names=("*.example.com",)), HOST, CertName.MATCH),
        (certificate(names=("www.example.com",)), HOST, CertName.MISMATCH),
        (certificate(common_name=HOST), HOST, CertName.CN_ONLY),
        (certificate(common_name="*.example.com"), HOST, CertName.CN_ONLY),
        (certificate(common_name="www.example.com"), HOST, CertName.MISMATCH),
        (certificate(common_name=HOST, names=("www.example.com",)), HOST, CertName.MISMATCH),
        (certificate(common_name=HOST, ip_addresses=("192.0.2.1",)), HOST, CertName.MISMATCH),
        (certificate(ip_addresses=("192.0.2.1",)), "192.0.2.1", CertName.MATCH),
        (certificate(ip_addresses=("192.0.2.2",)), "192.0.2.1", CertName.MISMATCH),
        (certificate(ip_addresses=("2001:db8::1",)), "2001:DB8:0::1", CertName.MATCH),
        (certificate(names=("192.0.2.1",)), "192.0.2.1", CertName.MISMATCH),
        (certificate(common_name="192.0.2.1"), "192.0.2.1", CertName.MISMATCH),
        (certificate(names=("*.0.2.1",)), "192.0.2.1", CertName.MISMATCH),
    ],
)
def test_only_alternative_names_count(shown: Certificate | None, host: str, expected: CertName) -> None:
    assert certificate_name(shown, host) is expected
