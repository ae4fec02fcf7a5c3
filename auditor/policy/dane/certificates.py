"""What OpenSSL makes of certificates for DANE, as it does for the mail servers that apply it; DER in, words out."""

import hashlib
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from OpenSSL import crypto

from auditor.policy.kept import kept_if_small

MAX_CHAIN = 20
"""Certificates of a chain that are looked at; Postfix, for one, follows nine."""
_KEPT = 1024
_SMALL = 16_384  # octets of what is worked with: the chains of nearly all servers
# What the library raises for a certificate that OpenSSL reads and it does not, and for a signature that is not good.
_NOT_SIGNED = (InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion, ValueError, TypeError)

_MATCHING: dict[int, Callable[[bytes], bytes]] = {
    0: lambda octets: octets,
    1: lambda octets: hashlib.sha256(octets).digest(),
    2: lambda octets: hashlib.sha512(octets).digest(),
}


def is_certificate(der: bytes) -> bool:
    """Whether these octets can be read as an X.509 certificate."""
    return _loaded(der) is not None


def is_public_key(der: bytes) -> bool:
    """Whether these octets can be read as a SubjectPublicKeyInfo."""
    return _loaded_key(der) is not None


@kept_if_small(most=_KEPT, octets=_SMALL)
def association(der: bytes, selector: int, matching: int) -> str:
    """What a record of this selector and matching type must hold to match the certificate (RFC 6698 §2.1).

    Lower-case hexadecimal; empty when the certificate cannot be read.
    """
    octets = der if selector == 0 else _public_key(der)
    return _MATCHING[matching](octets).hex() if octets else ""


@kept_if_small(most=_KEPT, octets=_SMALL)
def signed_by(ders: tuple[bytes, ...], key_der: bytes) -> tuple[bytes, ...]:
    """Those of the certificates that a bare public key has signed (RFC 7671 §5.2.3)."""
    if (key := _loaded_key(key_der)) is None:
        return ()
    loaded = {der: _loaded(der) for der in ders[:MAX_CHAIN]}
    return tuple(der for der, one in loaded.items() if one is not None and _is_signed(one, key))


@kept_if_small(most=_KEPT, octets=_SMALL)
def why_no_path(chain: tuple[bytes, ...], anchor: bytes, at: datetime) -> str:
    """Why no valid path leads from the leaf, the first of ``chain``, to ``anchor``; empty where one does.

    Signatures, dates, basic constraints, key usages and name constraints are
    looked at (RFC 5280 §6), those of the anchor too.
    """
    leaf, trusted = _loaded(chain[0]), _loaded(anchor)
    if leaf is None or trusted is None:
        return "a certificate that cannot be read"
    others = [loaded for der in chain[1:MAX_CHAIN] if (loaded := _loaded(der)) is not None]
    store = crypto.X509Store()
    store.set_time(at)
    store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)  # the anchor need not be a root
    store.add_cert(trusted)
    try:
        crypto.X509StoreContext(store, leaf, others).verify_certificate()
    except crypto.X509StoreContextError as error:
        _, depth, words = error.errors
        return f"{words} (depth {depth})"
    return ""


@kept_if_small(most=_KEPT, octets=_SMALL)
def _loaded(der: bytes) -> crypto.X509 | None:
    with suppress(crypto.Error):
        return crypto.load_certificate(crypto.FILETYPE_ASN1, der)
    return None


@kept_if_small(most=_KEPT, octets=_SMALL)
def _loaded_key(der: bytes) -> crypto.PKey | None:
    with suppress(crypto.Error):
        return crypto.load_publickey(crypto.FILETYPE_ASN1, der)
    return None


def _public_key(der: bytes) -> bytes:
    """The SubjectPublicKeyInfo; OpenSSL writes it as it stands in the certificate, compressed points among them."""
    loaded = _loaded(der)
    with suppress(crypto.Error):
        return b"" if loaded is None else crypto.dump_publickey(crypto.FILETYPE_ASN1, loaded.get_pubkey())
    return b""


def _is_signed(loaded: crypto.X509, by: crypto.PKey) -> bool:
    with suppress(*_NOT_SIGNED), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd encodings; what they are worth is the verifier's to say
        return _verify(loaded.to_cryptography(), by)
    return False


def _verify(certificate: x509.Certificate, by: crypto.PKey) -> bool:
    """True for a good signature; other ones raise, and so do keys of a kind that cannot have made it."""
    key, parameters = by.to_cryptography_key(), certificate.signature_algorithm_parameters
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    digest = certificate.signature_hash_algorithm
    match key, parameters:
        case rsa.RSAPublicKey(), padding.PKCS1v15() | padding.PSS() if digest is not None:
            key.verify(signature, signed, parameters, digest)
        case ec.EllipticCurvePublicKey(), ec.ECDSA():
            key.verify(signature, signed, parameters)
        case ((ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey()), None):
            key.verify(signature, signed)
        case _:
            return False
    return True
