"""TLS: the certificates that servers show.

On port 25, a certificate that cannot be trusted still gives encryption to senders that do not
check it, which is nearly all (RFC 7435): such findings weigh little there, and much on the
ports where people log in (RFC 8314).
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Leaf
from auditor.checks.tls import OPENSSL, strict
from auditor.model.certificate import CertName, CertTrust
from auditor.model.finding import Severity
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust

SHOW = OPENSSL + " | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
SOON = timedelta(days=30)
VERY_SOON = timedelta(days=7)
# The CA/Browser Forum's bound for public certificates issued before March 2026.
LONGEST_PUBLIC = timedelta(days=398)
_NO_LOCAL_ISSUER = {20, 21}  # OpenSSL: the issuer is neither sent nor known
_DATED = {CertTrust.EXPIRED, CertTrust.NOT_YET_VALID, CertTrust.TRUSTED}
MIN_BITS = {"RSA": 2048, "DSA": 2048, "EC": 224}


@check(
    id="TLS020",
    name="certificate-untrusted",
    severity=Severity.LOW,
    reference="RFC 5280 §6; RFC 7435 §3; RFC 8461 §4.2",
    remediation="Use a certificate of a public authority, and send its intermediate certificates along.",
    reproduce=OPENSSL + " | grep -i verif",
)
def certificate_untrusted(leaf: Leaf) -> Iterator[Result]:
    """The certificate does not lead to a trusted authority.

    Senders that check, because of MTA-STS or their own settings, cannot deliver.
    """
    trust = certificate_trust(leaf.handshake)
    if trust not in _DATED:
        words = "; ".join(dict.fromkeys(error.text for error in leaf.handshake.verify_errors))
        yield Evidence(f"{trust}: {words}; issuer {leaf.certificate.issuer or 'not readable'}", _raised(leaf))


@check(
    id="TLS021",
    name="certificate-name-mismatch",
    severity=Severity.LOW,
    reference="RFC 9525 §6; RFC 8461 §4.2",
    remediation="Use a certificate that names the exchange as the MX record does.",
    reproduce=SHOW,
)
def certificate_name_mismatch(leaf: Leaf) -> Iterator[Result]:
    """The certificate does not name the exchange.

    Senders that check, because of MTA-STS or their own settings, cannot deliver.
    """
    if certificate_name(leaf.certificate, leaf.endpoint.exchange) is CertName.MISMATCH:
        names = ", ".join(leaf.certificate.names[:10]) or "no name"
        yield Evidence(f"{leaf.endpoint.exchange} is not among: {names}", _raised(leaf))


@check(
    id="TLS022",
    name="certificate-cn-only",
    severity=Severity.LOW,
    reference="RFC 9525 §2, §6.3",
    remediation="Have the certificate issued with the exchange as a subject alternative name.",
    reproduce=SHOW,
)
def certificate_cn_only(leaf: Leaf) -> Iterator[Result]:
    """The exchange is named in the certificate's common name only.

    That has not counted for years; only subject alternative names do.
    """
    if leaf.certificate.malformed and not leaf.certificate.names:
        # The alternative names may be what cannot be read; only the common name is known then.
        yield Unknown(f"the certificate's names cannot be read: {leaf.certificate.malformed}")
        return
    if certificate_name(leaf.certificate, leaf.endpoint.exchange) is CertName.CN_ONLY:
        yield Evidence(f"CN={leaf.certificate.common_name}, and no subject alternative name", _raised(leaf))


@check(
    id="TLS023",
    name="certificate-expired",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1.2.5",
    remediation="Renew the certificate, and automate the renewal.",
    reproduce=SHOW,
)
def certificate_expired(leaf: Leaf) -> Iterator[Result]:
    """The certificate has expired.

    Senders that check cannot deliver; and nobody seems to look after the server.
    """
    not_after = leaf.certificate.not_after
    if not_after is None:
        yield NotApplicable("the certificate's dates cannot be read")
    elif not_after < leaf.at:
        yield Evidence(f"expired {not_after:%Y-%m-%d}, {(leaf.at - not_after).days} days ago", _raised(leaf))


@check(
    id="TLS024",
    name="certificate-not-yet-valid",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1.2.5",
    remediation="Install the certificate when it begins to be valid, and check the clock of the machine that issued it.",
    reproduce=SHOW,
)
def certificate_not_yet_valid(leaf: Leaf) -> Iterator[Result]:
    """The certificate is not valid yet.

    Senders that check cannot deliver until then.
    """
    not_before = leaf.certificate.not_before
    if not_before is None:
        yield NotApplicable("the certificate's dates cannot be read")
    elif not_before > leaf.at:
        yield Evidence(f"valid from {not_before:%Y-%m-%d}", _raised(leaf))


@check(
    id="TLS025",
    name="certificate-expires-soon",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1.2.5",
    remediation="Renew the certificate now, and find out why it was not renewed by itself.",
    reproduce=SHOW,
)
def certificate_expires_soon(leaf: Leaf) -> Iterator[Result]:
    """The certificate expires within thirty days.

    Automatic renewal would have taken place by now.
    """
    not_after = leaf.certificate.not_after
    if not_after is None or not_after < leaf.at:
        yield NotApplicable("the certificate has expired, or its dates cannot be read")
    elif not_after - leaf.at <= SOON:
        severity = Severity.HIGH if not_after - leaf.at <= VERY_SOON else None
        yield Evidence(f"expires {not_after:%Y-%m-%d}, in {(not_after - leaf.at).days} days", severity)


@check(
    id="TLS026",
    name="certificate-key-weak",
    severity=Severity.MEDIUM,
    reference="RFC 9325 §4.2.1, §4.5",
    remediation="Use an RSA key of 2048 bits or more, or an elliptic-curve key (P-256).",
    reproduce=OPENSSL + " | openssl x509 -noout -text | grep -A1 'Public Key Algorithm'",
)
def certificate_key_weak(leaf: Leaf) -> Iterator[Result]:
    """The certificate's key is too short.

    It can be broken with means that exist.
    """
    bits = leaf.certificate.key_bits
    if leaf.certificate.key_type not in MIN_BITS or bits is None:
        yield NotApplicable(f"keys of type {leaf.certificate.key_type or 'unknown'} have one size")
    elif bits < MIN_BITS[leaf.certificate.key_type]:
        yield Evidence(f"{leaf.certificate.key_type} {bits} bits", _raised(leaf))


@check(
    id="TLS027",
    name="certificate-signature-weak",
    severity=Severity.MEDIUM,
    reference="RFC 9155 §1; RFC 9325 §4.2.1",
    remediation="Have the certificate issued anew with a SHA-256 signature.",
    reproduce=OPENSSL + " | openssl x509 -noout -text | grep 'Signature Algorithm'",
)
def certificate_signature_weak(leaf: Leaf) -> Iterator[Result]:
    """The certificate is signed with a broken hash.

    MD5 and SHA-1 signatures can be forged, and many clients refuse them.
    """
    algorithm = leaf.certificate.signature_algorithm
    if any(word in algorithm.lower() for word in ("md5", "sha1", "md2")):
        yield Evidence(algorithm, _raised(leaf))


@check(
    id="TLS028",
    name="chain-incomplete",
    severity=Severity.LOW,
    reference="RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    remediation="Configure the server with the full chain: its certificate first, then every intermediate.",
    reproduce=OPENSSL + " -showcerts",
)
def chain_incomplete(leaf: Leaf) -> Iterator[Result]:
    """The server sends its certificate without the issuer's.

    Clients that do not know the intermediate by chance cannot find the way to the authority.
    """
    codes = {error.code for error in leaf.handshake.verify_errors}
    if codes & _NO_LOCAL_ISSUER and len(leaf.handshake.chain) == 1 and not leaf.certificate.self_issued:
        yield Evidence(f"one certificate is sent; its issuer is {leaf.certificate.issuer}", _raised(leaf))


@check(
    id="TLS029",
    name="certificate-long-lived",
    severity=Severity.INFO,
    reference="CA/Browser Forum Baseline Requirements §6.3.2",
    remediation="Use certificates that live a year or less, renewed by themselves.",
    reproduce=SHOW,
)
def certificate_long_lived(leaf: Leaf) -> Iterator[Result]:
    """The certificate lives longer than public ones may.

    A key that was lost stays dangerous for as long; and nobody practises the renewal.
    """
    if leaf.certificate.not_before is None or leaf.certificate.not_after is None:
        yield NotApplicable("the certificate's dates cannot be read")
        return
    lifetime = leaf.certificate.not_after - leaf.certificate.not_before
    if lifetime > LONGEST_PUBLIC + timedelta(days=1):
        yield Evidence(f"{lifetime.days} days")


@check(
    id="TLS030",
    name="certificate-wildcard",
    severity=Severity.INFO,
    reference="RFC 9525 §7.1",
    remediation="Prefer a certificate that names the exchange itself.",
    reproduce=SHOW,
)
def certificate_wildcard(leaf: Leaf) -> Iterator[Result]:
    """The certificate is for every name of a domain.

    Who obtains its key from one machine can stand in for all of them.
    """
    wildcards = [name for name in leaf.certificate.names if name.startswith("*.")]
    if wildcards:
        yield Evidence(", ".join(wildcards))


@check(
    id="TLS031",
    name="certificate-malformed",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1",
    remediation="Have the certificate issued anew by software that follows the standard.",
    reproduce=OPENSSL + " | openssl x509 -noout -text",
)
def certificate_malformed(leaf: Leaf) -> Iterator[Result]:
    """The certificate cannot be read in whole.

    Strict clients refuse it.
    """
    if leaf.certificate.malformed:
        yield Evidence(leaf.certificate.malformed, _raised(leaf))


def _raised(leaf: Leaf) -> Severity | None:
    """High on the ports where clients must check; elsewhere what the check says."""
    return Severity.HIGH if strict(leaf.endpoint) else None
