"""What OpenSSL's verifier means by its codes (x509_vfy.h, X509_V_ERR_*)."""

_WORDS = {
    2: "unable to get issuer certificate",
    3: "unable to get certificate revocation list",
    7: "certificate signature failure",
    9: "certificate is not yet valid",
    10: "certificate has expired",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    21: "unable to verify the first certificate",
    22: "certificate chain too long",
    23: "certificate revoked",
    24: "invalid certificate authority",
    25: "path length constraint exceeded",
    26: "unsuitable certificate purpose",
    27: "certificate not trusted",
    28: "certificate rejected",
    47: "permitted subtree violation",
    48: "excluded subtree violation",
    66: "end-entity key too weak",
    67: "certificate authority key too weak",
    68: "certificate authority digest too weak",
}


def verify_words(code: int) -> str:
    """The complaint in words; a code never heard of keeps its number."""
    return _WORDS.get(code, f"verification error {code}")
