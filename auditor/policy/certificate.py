"""Reading a certificate, however odd, into the facts an audit needs."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.model.certificate import Certificate

_LONGEST_KEPT = 8192  # octets
_NAMED_KEYS: tuple[tuple[type, str], ...] = (
    (rsa.RSAPublicKey, "RSA"),
    (ec.EllipticCurvePublicKey, "EC"),
    (ed25519.Ed25519PublicKey, "Ed25519"),
    (ed448.Ed448PublicKey, "Ed448"),
    (dsa.DSAPublicKey, "DSA"),
)


def read_certificate(der: bytes) -> Certificate:
    """The facts of a certificate in DER form; never raises.

    What cannot be read is left empty and named in ``malformed``, the rest is kept.
    """
    # Servers may send 100 KB each; those that many share are small.
    return _read(der) if len(der) <= _LONGEST_KEPT else _read.__wrapped__(der)


@lru_cache(maxsize=4096)
def _read(der: bytes) -> Certificate:
    digest = sha256(der).hexdigest()
    with warnings.catch_warnings():
        # Odd encodings are what we are here to see, not to be warned of.
        warnings.simplefilter("ignore")
        try:
            parsed = x509.load_der_x509_certificate(der)
        except Exception as error:  # noqa: BLE001 - the library's errors for hostile input are not enumerable
            return Certificate(sha256=digest, der=der, malformed=_words(error))
        return _facts(parsed, der, digest)


def _facts(parsed: x509.Certificate, der: bytes, digest: str) -> Certificate:
    problems: list[str] = []
    facts: dict[str, Any] = {}
    for read in _READERS:
        try:
            facts |= read(parsed)
        except Exception as error:  # noqa: BLE001 - as above
            problems.append(_words(error))
    return Certificate(sha256=digest, der=der, malformed="; ".join(dict.fromkeys(problems)), **facts)


def _subject(parsed: x509.Certificate) -> dict[str, Any]:
    common_names = parsed.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return {
        "subject": parsed.subject.rfc4514_string(),
        "common_name": str(common_names[-1].value) if common_names else "",
    }


def _issuer(parsed: x509.Certificate) -> dict[str, Any]:
    return {"issuer": parsed.issuer.rfc4514_string(), "self_issued": parsed.issuer == parsed.subject}


def _validity(parsed: x509.Certificate) -> dict[str, Any]:
    return {"not_before": parsed.not_valid_before_utc, "not_after": parsed.not_valid_after_utc}


def _serial(parsed: x509.Certificate) -> dict[str, Any]:
    return {"serial": f"{parsed.serial_number:x}"}


def _signature(parsed: x509.Certificate) -> dict[str, Any]:
    name = parsed.signature_algorithm_oid._name  # noqa: SLF001 - the only name the library has for it
    return {"signature_algorithm": name or parsed.signature_algorithm_oid.dotted_string}


def _names(parsed: x509.Certificate) -> dict[str, Any]:
    with suppress(x509.ExtensionNotFound):
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return {
            "names": tuple(name.lower() for name in names.get_values_for_type(x509.DNSName)),
            "ip_addresses": tuple(str(address) for address in names.get_values_for_type(x509.IPAddress)),
        }
    return {}


def _spki(parsed: x509.Certificate) -> dict[str, Any]:
    key = parsed.public_key()
    octets = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    kind = next((name for known, name in _NAMED_KEYS if isinstance(key, known)), type(key).__name__)
    return {
        "spki_sha256": sha256(octets).hexdigest(),
        "key_type": kind,
        "key_bits": getattr(key, "key_size", None),
        "curve": key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else "",
    }


_READERS: tuple[Callable[[x509.Certificate], dict[str, Any]], ...] = (
    _subject,
    _issuer,
    _validity,
    _serial,
    _signature,
    _names,
    _spki,
)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
