"""TLS: the certificates that a server sends along with its own."""

from collections.abc import Iterator

from auditor.checks.by_hand import SHAKE_HANDS, SHOW_ALL, with_options
from auditor.checks.certificate import dated
from auditor.checks.certificate_shape import MIN_BITS, weakly_signed
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Chain, Leaf
from auditor.checks.tls import raised, strict
from auditor.model.certificate import Certificate, CertTrust
from auditor.model.finding import Severity
from auditor.policy.trust import certificate_trust


@check(
    id="TLS032",
    name="chain-misordered",
    severity=Severity.LOW,
    reference="RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    remediation="Put the certificates in order in the server's file: its own first, then each issuer.",
    reproduce=SHOW_ALL + "\n# expect: 1 s:\n# note: an i: line is not the s: line of the certificate after it",
)
def chain_misordered(chain: Chain) -> Iterator[Result]:
    """The certificates are sent in the wrong order.

    Up to TLS 1.2 each must be followed by its issuer; some clients stop at the first that is not.
    """
    if chain.path != chain.sent[: len(chain.path)]:
        yield Evidence(f"sent: {', then '.join(one.subject or '(empty subject)' for one in chain.sent)}")


@check(
    id="TLS033",
    name="chain-superfluous",
    severity=Severity.INFO,
    reference="RFC 8446 §4.4.2",
    remediation="Send the server's certificate and the intermediates; leave out the authority's own, and what is of others.",
    reproduce=SHOW_ALL + "\n# expect: s:…{sign}\n# note: its own i: is the same, or it issued none of the others",
)
def chain_superfluous(chain: Chain) -> Iterator[Result]:
    """Certificates are sent that help nobody.

    Clients have the authority's own certificate, or do not trust it; every handshake carries the rest for nothing.
    """
    others = [one for one in chain.sent if one not in chain.path]
    roots = [one for one in chain.path[1:] if one.self_issued]
    if others or roots:
        named = [one.subject or "(empty subject)" for one in (*roots, *others)]
        yield Evidence(", ".join(dict.fromkeys(named)), fill={"sign": (*roots, *others)[0].common_name})


@check(
    id="TLS034",
    name="intermediate-unsound",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §6.1; RFC 9325 §4.5; RFC 8446 §4.4.2.4",
    remediation="Replace the intermediate certificate by the one that the authority gives out today.",
    reproduce=with_options("-showcerts") + "\n# expect: 1 s:\n# expect: NotAfter: {date}\n# expect: sigalg: {sign}",
)
def intermediate_unsound(chain: Chain) -> Iterator[Result]:
    """An intermediate certificate has expired, or is weak.

    Clients that do not know a better one cannot trust the chain.
    """
    faults = [fault for one in chain.path[1:] if not one.self_issued for fault in _faults(one, chain)]
    if faults:
        yield Evidence("; ".join(faults), raised(chain.endpoint), _fill(chain))


@check(
    id="TLS035",
    name="webpki-refused",
    severity=Severity.INFO,
    reference="CA/Browser Forum Baseline Requirements §7.1; RFC 5280 §4.2",
    remediation="Have the certificate issued anew by an authority that follows the web's rules.",
    reproduce=SHAKE_HANDS
    + " | openssl x509 -noout -text\n# note: read it beside the Baseline Requirements of the CA/Browser Forum",
)
def webpki_refused(leaf: Leaf) -> Iterator[Result]:
    """OpenSSL trusts the chain, but the strict rules of the web's authorities do not.

    Mail servers take it today, for they use OpenSSL or the like; clients that follow the web's rules, as more and more do, refuse it.
    """
    if certificate_trust(leaf.handshake) is not CertTrust.TRUSTED:
        yield NotApplicable("OpenSSL does not trust it either")
    elif leaf.handshake.webpki is None:
        yield Unknown("the strict rules were not tried")
    elif leaf.handshake.webpki:
        yield Evidence(leaf.handshake.webpki, Severity.MEDIUM if strict(leaf.endpoint) else None)


def _fill(chain: Chain) -> dict[str, str]:
    """The first date that has passed."""
    ends = (one.not_after for one in chain.path[1:] if not one.self_issued)
    return next((dated(end) for end in ends if end is not None and end < chain.at), {})


def _faults(one: Certificate, chain: Chain) -> Iterator[str]:
    name = one.subject or "(empty subject)"
    if one.not_after is not None and one.not_after < chain.at:
        yield f"{name} expired {one.not_after:%Y-%m-%d}"
    if weakly_signed(one):
        yield f"{name} is signed with {one.signature_algorithm}"
    if one.key_bits is not None and one.key_bits < MIN_BITS.get(one.key_type, 0):
        yield f"{name} has a key of {one.key_type} {one.key_bits} bits"
