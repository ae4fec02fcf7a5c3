"""One DKIM key record, read tag by tag (RFC 6376 §3.6.1, RFC 8463 §4)."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from auditor.model.dkim import DkimKey
from auditor.policy.tags import TagList, parse_tags
from auditor.policy.words import shown

_WHITESPACE = " \t\r\n"  # what folding white space is made of
_FOLDING = re.compile(f"[{_WHITESPACE}]+")
_HASHES = ("sha1", "sha256")
_FOR_MAIL = {"*", "email"}
_ED25519_OCTETS = 32
_SEQUENCE = 0x30


def parse_key(selector: str, name: str, text: str) -> DkimKey | None:
    """The key that a TXT text holds; ``None`` when it is no key record, not even a bad one.

    Words are read without regard to case, as the ABNF has them, and unknown ones are ignored.

    Args:
        selector: at which it stands.
        name: that of the selector in full.
        text: its strings joined with nothing between (§3.6.2.2).

    """
    listed = parse_tags(text)
    if not _is_meant_as_key(listed):
        return None
    tags = dict(reversed(listed.pairs))  # the first of several is kept
    key_type = tags.get("k", "rsa").lower()
    public = _FOLDING.sub("", tags.get("p", ""))
    bits, fault = _measure(key_type, public) if public else (None, "")
    faults = (*listed.faults, *_faults(listed, tags), fault)
    return DkimKey(
        selector=selector,
        name=name,
        record=text,
        key_type=key_type,
        key_bits=bits,
        revoked="p" in tags and not public,
        testing="y" in _words(tags.get("t", "")),
        hashes=tuple(one for one in _words(tags.get("h", "")) if one in _HASHES),
        faults=tuple(dict.fromkeys(filter(None, faults))),
    )


def _is_meant_as_key(listed: TagList) -> bool:
    """Whether somebody wanted this to be a key; records of SPF or DMARC come to a selector by a wildcard."""
    version = listed.get("v")
    return listed.get("p") is not None if version is None else version.upper().startswith("DKIM")


def _faults(listed: TagList, tags: Mapping[str, str]) -> Iterator[str]:
    """What makes verifiers discard the record, apart from the key itself."""
    if "v" in tags and tags["v"] != "DKIM1":
        yield f"v: {shown(tags['v'])} is not DKIM1, so that the record is discarded"
    elif "v" in tags and listed.pairs[0][0] != "v":
        yield "v is not the first tag"
    if "p" not in tags:
        yield "p is missing"
    if "h" in tags and not set(_HASHES) & set(_words(tags["h"])):
        yield f"h: {shown(tags['h'])} names no hash that is known"
    if "s" in tags and not _FOR_MAIL & set(_words(tags["s"])):
        yield f"s: {shown(tags['s'])} is not for mail"


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip(_WHITESPACE).lower() for word in value.split(":"))


def _measure(key_type: str, public: str) -> tuple[int | None, str]:
    """The bits of a key in base64, and what is wrong with it, in words."""
    measure = _KEY_TYPES.get(key_type)
    if measure is None:
        return None, f"k: {shown(key_type)} is no type of key that is known"
    try:
        # The base64string of RFC 6376 §2.10 may leave its padding out.
        return measure(b64decode(public + "=" * (-len(public) % 4), validate=True))
    except ValueError:
        return None, "p is no base64"


def _measure_rsa(octets: bytes) -> tuple[int | None, str]:
    """Of a SubjectPublicKeyInfo, or of the bare RSAPublicKey that RFC 6376 asks for by mistake (erratum 3017)."""
    try:
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        whole = _announced_octets(octets)
        return None, f"p is cut off: {len(octets)} of {whole} octets" if whole > len(octets) else "p is no RSA key"
    return (key.key_size, "") if isinstance(key, RSAPublicKey) else (None, "p is no RSA key")


def _announced_octets(der: bytes) -> int:
    """How long a DER sequence says it is, with its header (X.690 §8.1.3); 0 for anything else or longer than a TXT."""
    if len(der) < 4 or der[0] != _SEQUENCE:
        return 0
    headers = {0x81: 3, 0x82: 4}
    header = headers.get(der[1], 0)
    return header + int.from_bytes(der[2:header]) if header else 0


def _measure_ed25519(octets: bytes) -> tuple[int | None, str]:
    """Of the bare 32 octets (RFC 8463 §4.2); wrapped like an RSA key, no verifier takes it."""
    if len(octets) != _ED25519_OCTETS:
        return None, f"p is no Ed25519 key: {len(octets)} octets, not {_ED25519_OCTETS}"
    return 8 * _ED25519_OCTETS, ""


_KEY_TYPES: Mapping[str, Callable[[bytes], tuple[int | None, str]]] = {
    "rsa": _measure_rsa,
    "ed25519": _measure_ed25519,
}
