"""X.509 certificates as presented, and what the TLS library said of the chain."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CertTrust(StrEnum):
    """Verdict on the chain, apart from names."""

    TRUSTED = "trusted"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ISSUER = "unknown-issuer"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    INVALID = "invalid"
    NOT_TESTED = "not-tested"


class CertName(StrEnum):
    """Whether a certificate names the host (RFC 9525)."""

    MATCH = "match"
    MISMATCH = "mismatch"
    CN_ONLY = "cn-only"  # only the subject's common name would match; that does not count
    NOT_TESTED = "not-tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate's facts, kept once for each SHA-256 of its DER form."""

    sha256: str
    der: bytes
    subject: str = ""
    issuer: str = ""
    common_name: str = ""
    names: tuple[str, ...] = ()
    """SAN dNSNames, lower-case A-labels, in the certificate's order."""
    ip_addresses: tuple[str, ...] = ()
    """SAN iPAddress entries."""
    not_before: datetime | None = None
    not_after: datetime | None = None
    key_type: str = ""
    """``RSA``, ``EC``, ``Ed25519``, ``Ed448`` or ``DSA``."""
    key_bits: int | None = None
    curve: str = ""
    signature_algorithm: str = ""
    spki_sha256: str = ""
    serial: str = ""
    """Hexadecimal."""
    self_issued: bool = False
    """Subject and issuer are the same name."""
    malformed: str = ""
    """Why the DER could not be read, or not wholly; the other fields hold what could."""


@dataclass(frozen=True, slots=True)
class VerifyError:
    """One complaint of OpenSSL's verifier: its code, depth in the chain, and words."""

    code: int
    depth: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsHandshake:
    """A handshake that was completed, whatever the certificate is worth."""

    version: str
    """``TLSv1.3``, as OpenSSL names it."""
    cipher: str
    group: str = ""
    """Key-exchange group such as ``X25519``; empty when not known."""
    server_name: str = ""
    """The SNI that was sent; empty when none was."""
    chain: tuple[str, ...] = ()
    """SHA-256 of each certificate, in the order sent; the first is the leaf."""
    verify_errors: tuple[VerifyError, ...] = ()
    """Empty when OpenSSL found a path to a trust anchor and nothing wrong with it."""
    webpki: str | None = None
    """Why the strict rules of the web's authorities refuse the chain; empty if they do not, ``None`` if not tried."""

    @property
    def leaf(self) -> str:
        """SHA-256 of the server's own certificate; empty where none was shown."""
        return self.chain[0] if self.chain else ""
