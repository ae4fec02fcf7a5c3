"""What a server makes of a client that offers little: one extra handshake for each thing that is tried."""

from dataclasses import dataclass
from enum import StrEnum


class TlsOffer(StrEnum):
    """What the client offers, and nothing else."""

    SSL_3 = "SSLv3"
    TLS_1_0 = "TLSv1"
    TLS_1_1 = "TLSv1.1"
    TLS_1_2 = "TLSv1.2"
    TLS_1_3 = "TLSv1.3"
    STATIC = "no-forward-secrecy"
    """Cipher suites whose keys the server's own key gives away later."""
    WEAK = "weak-suites"
    """Cipher suites that are broken, or without encryption or authentication."""
    FINITE_FIELD = "finite-field"
    """Key exchange in a finite field (DHE), whose size is then seen."""
    NO_NAME = "no-sni"
    """Everything, but without the server's name."""


VERSIONS = (TlsOffer.SSL_3, TlsOffer.TLS_1_0, TlsOffer.TLS_1_1, TlsOffer.TLS_1_2, TlsOffer.TLS_1_3)

MOST_TLS_TRIALS = len(TlsOffer) - 1
"""At most: one version is known from the conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTrial:
    """One offer, and what came of it."""

    offer: TlsOffer
    accepted: bool | None
    """``None`` where that was not seen: the conversation did not get as far, or nothing was answered."""
    version: str = ""
    cipher: str = ""
    """By its name in the IANA registry."""
    dh_bits: int | None = None
    """Size of the finite field's prime, where that was asked for."""
    leaf: str = ""
    """SHA-256 of the certificate shown, where that was asked for."""
    words: str = ""
    """Why it was not accepted, or is not known."""
