"""One word for what OpenSSL's verifier said of a chain."""

from auditor.model.certificate import CertTrust, TlsHandshake

# X509_V_ERR_* of OpenSSL's x509_vfy.h, in the order in which they decide: who issued it
# comes before when it is valid, for a date means nothing under an unknown issuer.
_BY_CODE: tuple[tuple[CertTrust, frozenset[int]], ...] = (
    (CertTrust.SELF_SIGNED, frozenset({18})),
    (CertTrust.UNKNOWN_ISSUER, frozenset({2, 19, 20, 21, 27})),
    (CertTrust.EXPIRED, frozenset({10})),
    (CertTrust.NOT_YET_VALID, frozenset({9})),
)


def certificate_trust(tls: TlsHandshake | None) -> CertTrust:
    """The verdict on the chain by itself: neither names nor what a policy asks for enter into it.

    Where several complaints were made, the first of self-signed, unknown issuer,
    expired, not yet valid, and anything else (``invalid``) stands for them.
    """
    if tls is None or not tls.chain:
        return CertTrust.NOT_TESTED
    codes = {error.code for error in tls.verify_errors}
    if not codes:
        return CertTrust.TRUSTED
    return next((trust for trust, known in _BY_CODE if codes & known), CertTrust.INVALID)
