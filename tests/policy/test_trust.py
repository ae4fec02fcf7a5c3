"""One word for a chain."""

import pytest

from auditor.model.certificate import CertTrust, TlsHandshake, VerifyError
from auditor.policy.trust import certificate_trust


@pytest.mark.parametrize(
    ("codes", "trust"),
    [
        ([], CertTrust.TRUSTED),
        ([18], CertTrust.SELF_SIGNED),
        ([19], CertTrust.UNKNOWN_ISSUER),
        ([2], CertTrust.UNKNOWN_ISSUER),
        ([20, 21], CertTrust.UNKNOWN_ISSUER),
        ([20, 27, 21], CertTrust.UNKNOWN_ISSUER),
        ([10], CertTrust.EXPIRED),
        ([9], CertTrust.NOT_YET_VALID),
        ([7], CertTrust.INVALID),
        ([26], CertTrust.INVALID),
        ([99_999], CertTrust.INVALID),
        ([10, 18], CertTrust.SELF_SIGNED),
        ([10, 20], CertTrust.UNKNOWN_ISSUER),
        ([9, 10], CertTrust.EXPIRED),
        ([7, 9], CertTrust.NOT_YET_VALID),
        ([20, 18], CertTrust.SELF_SIGNED),
    ],
)
def test_the_weightiest_complaint_stands_for_all(codes: list[int], trust: CertTrust) -> None:
    errors = tuple(VerifyError(code, depth, "") for depth, code in enumerate(codes))
    assert certificate_trust(TlsHandshake(version="TLSv1.3", cipher="", chain=("0",), verify_errors=errors)) is trust


@pytest.mark.parametrize("tls", [None, TlsHandshake(version="TLSv1.3", cipher="")])
def test_without_a_chain_there_is_no_verdict(tls: TlsHandshake | None) -> None:
    assert certificate_trust(tls) is CertTrust.NOT_TESTED
