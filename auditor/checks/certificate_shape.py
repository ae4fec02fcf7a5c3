"""TLS: how a server's certificate is made: key, signature, chain, lifetime."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from auditor.checks.by_hand import DATES, SHAKE_HANDS, SHOW_ALL
from auditor.checks.certificate import UNREADABLE, dated
from auditor.checks.core import Evidence, Result, Unknown, check
from auditor.checks.facts import Leaf, Unpinned
from auditor.checks.tls import raised
from auditor.model.certificate import Certificate
from auditor.model.finding import Severity

_NO_LOCAL_ISSUER = {20, 21}  # OpenSSL: the issuer is neither sent nor known
_STRONG_KEYS = {"Ed25519", "Ed448"}  # of one size each
MIN_BITS = {"RSA": 2048, "DSA": 2048, "EC": 256}
# Days that public certificates may live, by the day from which they are issued
# (CA/Browser Forum Baseline Requirements §6.3.2).
LONGEST_PUBLIC = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime.min.replace(tzinfo=UTC), 398),
)


def weakly_signed(certificate: Certificate) -> bool:
    """Whether the signature rests on a hash that is broken."""
    return any(word in certificate.signature_algorithm.lower() for word in ("md5", "sha1", "md2"))


@check(
    id="TLS026",
    name="certificate-key-weak",
    severity=Severity.MEDIUM,
    reference="RFC 9325 §4.5; CA/Browser Forum Baseline Requirements §6.1.5",
    remediation="Use an RSA key of 2048 bits or more, or an elliptic-curve key (P-256).",
    reproduce=SHAKE_HANDS + " | openssl x509 -noout -text\n# expect: Public-Key: ({sign} bit)",
)
def certificate_key_weak(leaf: Leaf) -> Iterator[Result]:
    """The certificate's key is too short.

    It can be broken with means that exist.
    """
    kind, bits = leaf.certificate.key_type, leaf.certificate.key_bits
    if kind in _STRONG_KEYS:
        return
    if kind not in MIN_BITS or bits is None:
        yield Unknown(f"the key cannot be read: {kind or leaf.certificate.malformed or 'no reason given'}")
    elif bits < MIN_BITS[kind]:
        yield Evidence(f"{kind} {bits} bits", raised(leaf.endpoint), {"sign": str(bits)})


@check(
    id="TLS027",
    name="certificate-signature-weak",
    severity=Severity.MEDIUM,
    reference="RFC 8446 §4.4.2.4; RFC 6151 §2; RFC 6194 §3",
    remediation="Have the certificate issued anew with a SHA-256 signature.",
    reproduce=SHAKE_HANDS + " | openssl x509 -noout -text\n# expect: Signature Algorithm: {sign}",
)
def certificate_signature_weak(leaf: Leaf) -> Iterator[Result]:
    """The certificate is signed with a broken hash.

    MD5 and SHA-1 signatures can be forged, and many clients refuse them.
    """
    algorithm = leaf.certificate.signature_algorithm
    if not algorithm:
        yield Unknown(f"the signature cannot be read: {leaf.certificate.malformed or 'no reason given'}")
    elif weakly_signed(leaf.certificate):
        yield Evidence(algorithm, raised(leaf.endpoint), {"sign": algorithm})


@check(
    id="TLS028",
    name="chain-incomplete",
    severity=Severity.LOW,
    reference="RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    remediation="Configure the server with the full chain: its certificate first, then every intermediate.",
    reproduce=SHOW_ALL + "\n# expect: 0 s:\n# expect no: 1 s:",
)
def chain_incomplete(leaf: Unpinned) -> Iterator[Result]:
    """The server sends its certificate without the issuer's.

    Clients that do not know the intermediate by chance cannot find the way to the authority.
    """
    codes = {error.code for error in leaf.handshake.verify_errors}
    if codes & _NO_LOCAL_ISSUER and len(leaf.handshake.chain) == 1 and not leaf.certificate.self_issued:
        yield Evidence(f"one certificate is sent; its issuer is {leaf.certificate.issuer}", raised(leaf.endpoint))


@check(
    id="TLS029",
    name="certificate-long-lived",
    severity=Severity.INFO,
    reference="CA/Browser Forum Baseline Requirements §6.3.2",
    remediation="Use certificates that live for 90 days or less, renewed by themselves.",
    reproduce=SHAKE_HANDS + DATES + "\n# expect: notAfter={date}",
)
def certificate_long_lived(leaf: Leaf) -> Iterator[Result]:
    """The certificate lives longer than public ones may.

    A key that was lost stays dangerous for as long; and nobody practises the renewal.
    """
    not_before, not_after = leaf.certificate.not_before, leaf.certificate.not_after
    if not_before is None or not_after is None:
        yield Unknown(UNREADABLE)
        return
    bound = next(days for since, days in LONGEST_PUBLIC if not_before >= since)
    if not_after - not_before > timedelta(days=bound + 1):
        told = f"{(not_after - not_before).days} days; {bound} are the bound of its day of issue"
        yield Evidence(told, fill=dated(not_after))


@check(
    id="TLS030",
    name="certificate-wildcard",
    severity=Severity.INFO,
    reference="RFC 9525 §7.1",
    remediation="Prefer a certificate that names the exchange itself.",
    reproduce=SHAKE_HANDS + " | openssl x509 -noout -ext subjectAltName\n# expect: DNS:{sign}",
)
def certificate_wildcard(leaf: Leaf) -> Iterator[Result]:
    """The certificate is for every name of a domain.

    Who obtains its key from one machine can stand in for all of them.
    """
    if leaf.certificate.malformed and not leaf.certificate.names:
        yield Unknown(f"the certificate's names cannot be read: {leaf.certificate.malformed}")
    wildcards = [name for name in leaf.certificate.names if name.startswith("*.")]
    if wildcards:
        yield Evidence(", ".join(wildcards), fill={"sign": wildcards[0]})


@check(
    id="TLS031",
    name="certificate-malformed",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1",
    remediation="Have the certificate issued anew by software that follows the standard.",
    reproduce=SHAKE_HANDS + " | openssl x509 -noout -text\n# note: read it beside RFC 5280",
)
def certificate_malformed(leaf: Leaf) -> Iterator[Result]:
    """The certificate cannot be read in whole.

    Strict clients refuse it.
    """
    if leaf.certificate.malformed:
        yield Evidence(leaf.certificate.malformed, raised(leaf.endpoint))
