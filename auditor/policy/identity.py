"""Whether a certificate names a host (RFC 9525)."""

from contextlib import suppress

from auditor.model.certificate import Certificate, CertName
from auditor.policy.addresses import address_of
from auditor.policy.exchange import is_address


def matches(presented: str, host: str) -> bool:
    """Whether a presented DNS name is the host's: equal, or a wildcard for its whole left-most label.

    A wildcard stands for exactly one label and is nothing but ``*`` (RFC 9525 §6.3);
    names compare case-insensitively, as A-labels, a trailing dot left aside.
    """
    if not all(name.isascii() and name.isprintable() for name in (presented, host)):
        return False
    presented, host = (name.lower().removesuffix(".") for name in (presented, host))
    if not host:
        return False
    if not presented.startswith("*."):
        return presented == host and "*" not in presented
    label, _, parent = host.partition(".")
    return bool(label) and bool(parent) and parent == presented[2:] and "*" not in parent


def certificate_name(certificate: Certificate | None, host: str) -> CertName:
    """Whether the certificate names ``host``, a DNS name or an address.

    Only subject alternative names count; a common name that would have matched is
    reported as such, for it explains what the owner took for granted (RFC 9525 §6.3).
    """
    if certificate is None:
        return CertName.NOT_TESTED
    if is_address(host):
        with suppress(ValueError):  # what is presented as an address may be a whole network
            address = address_of(host)
            found = any(address_of(presented) == address for presented in certificate.ip_addresses)
            return CertName.MATCH if found else CertName.MISMATCH
    if any(matches(presented, host) for presented in certificate.names):
        return CertName.MATCH
    unnamed = not certificate.names and not certificate.ip_addresses
    if unnamed and matches(certificate.common_name, host):
        return CertName.CN_ONLY
    return CertName.MISMATCH
