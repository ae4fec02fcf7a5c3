"""TLS: whether a server's certificate is valid: by whom, for whom, and when.

On port 25, a certificate that cannot be trusted still gives encryption to senders that do not
check it, which is nearly all (RFC 7435): such findings weigh little there, and much on the
ports where people log in (RFC 8314).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.checks.by_hand import DATES, SHAKE_HANDS
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Unpinned
from auditor.checks.tls import raised
from auditor.model.certificate import CertName, CertTrust
from auditor.model.finding import Severity
from auditor.policy.exchange import is_address
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust

UNREADABLE = "the certificate's dates cannot be read"
# Renewal is due at a third of the lifetime left; by a quarter it has failed.  A week is too
# late for a mistake, for certificates that live for a quarter of a year or longer.
SOON, SOON_SHARE = timedelta(days=30), 4
VERY_SOON, VERY_SOON_SHARE = timedelta(days=7), 12
_DATED = {CertTrust.EXPIRED, CertTrust.NOT_YET_VALID, CertTrust.TRUSTED}


def ends_soon(not_before: datetime, not_after: datetime, at: datetime) -> bool:
    """Whether a certificate that has not expired should have been renewed by now."""
    return not_after - at <= min(SOON, (not_after - not_before) / SOON_SHARE)


def dated(moment: datetime) -> dict[str, str]:
    """The moment as OpenSSL prints it, for the lines to type."""
    return {"date": f"{moment:%b} {moment.day:2} {moment:%H:%M:%S %Y GMT}"}


@check(
    id="TLS020",
    name="certificate-untrusted",
    severity=Severity.LOW,
    reference="RFC 5280 §6; RFC 7435 §3; RFC 8461 §4.2",
    remediation="Use a certificate of a public authority, and send its intermediate certificates along.",
    reproduce=SHAKE_HANDS + "\n# expect: Verify return code\n# expect no: Verify return code: 0 (ok)",
)
def certificate_untrusted(leaf: Unpinned) -> Iterator[Result]:
    """The certificate does not lead to a trusted authority.

    Senders that check, because of MTA-STS or their own settings, cannot deliver.
    """
    trust = certificate_trust(leaf.handshake)
    if trust not in _DATED:
        words = "; ".join(dict.fromkeys(error.text for error in leaf.handshake.verify_errors))
        yield Evidence(f"{trust}: {words}; issuer {leaf.certificate.issuer or 'not readable'}", raised(leaf.endpoint))


@check(
    id="TLS021",
    name="certificate-name-mismatch",
    severity=Severity.LOW,
    reference="RFC 9525 §6; RFC 8461 §4.2",
    remediation="Use a certificate that names the exchange as the MX record does.",
    reproduce=SHAKE_HANDS
    + " | openssl x509 -noout -ext subjectAltName -checkhost {exchange}\n# expect: does NOT match certificate",
)
def certificate_name_mismatch(leaf: Unpinned) -> Iterator[Result]:
    """The certificate does not name the exchange.

    Senders that check, because of MTA-STS or their own settings, cannot deliver.
    """
    if is_address(leaf.endpoint.exchange):
        yield NotApplicable("the target is an address, so there is no name to compare")
    elif leaf.certificate.malformed and not leaf.certificate.names:
        yield Unknown(f"the certificate's names cannot be read: {leaf.certificate.malformed}")
    elif certificate_name(leaf.certificate, leaf.endpoint.exchange) is CertName.MISMATCH:
        names = ", ".join(leaf.certificate.names[:10]) or "no name"
        yield Evidence(f"{leaf.endpoint.exchange} is not among: {names}", raised(leaf.endpoint))


@check(
    id="TLS022",
    name="certificate-cn-only",
    severity=Severity.LOW,
    reference="RFC 9525 §2, §6.3",
    remediation="Have the certificate issued with the exchange as a subject alternative name.",
    reproduce=SHAKE_HANDS
    + " | openssl x509 -noout -subject -ext subjectAltName\n# expect: {exchange}\n# expect no: DNS:",
)
def certificate_cn_only(leaf: Unpinned) -> Iterator[Result]:
    """The exchange is named in the certificate's common name only.

    That has not counted for years; only subject alternative names do.
    """
    if leaf.certificate.malformed and not leaf.certificate.names:
        # The alternative names may be what cannot be read; only the common name is known then.
        yield Unknown(f"the certificate's names cannot be read: {leaf.certificate.malformed}")
        return
    if certificate_name(leaf.certificate, leaf.endpoint.exchange) is CertName.CN_ONLY:
        yield Evidence(f"CN={leaf.certificate.common_name}, and no subject alternative name", raised(leaf.endpoint))


@check(
    id="TLS023",
    name="certificate-expired",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1.2.5",
    remediation="Renew the certificate, and automate the renewal.",
    reproduce=SHAKE_HANDS + DATES + "\n# expect: notAfter={date}",
)
def certificate_expired(leaf: Unpinned) -> Iterator[Result]:
    """The certificate has expired.

    Senders that check cannot deliver; and nobody seems to look after the server.
    """
    not_after = leaf.certificate.not_after
    if not_after is None:
        yield Unknown(UNREADABLE)
    elif not_after < leaf.at:
        yield Evidence(
            f"expired {not_after:%Y-%m-%d}, {(leaf.at - not_after).days} days ago",
            raised(leaf.endpoint),
            dated(not_after),
        )


@check(
    id="TLS024",
    name="certificate-not-yet-valid",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1.2.5",
    remediation="Install the certificate when it begins to be valid, and check the clock of the machine that issued it.",
    reproduce=SHAKE_HANDS + DATES + "\n# expect: notBefore={date}",
)
def certificate_not_yet_valid(leaf: Unpinned) -> Iterator[Result]:
    """The certificate is not valid yet.

    Senders that check cannot deliver until then.
    """
    not_before = leaf.certificate.not_before
    if not_before is None:
        yield Unknown(UNREADABLE)
    elif not_before > leaf.at:
        yield Evidence(f"valid from {not_before:%Y-%m-%d}", raised(leaf.endpoint), dated(not_before))


@check(
    id="TLS025",
    name="certificate-expires-soon",
    severity=Severity.MEDIUM,
    reference="RFC 5280 §4.1.2.5",
    remediation="Renew the certificate now, and find out why it was not renewed by itself.",
    reproduce=SHAKE_HANDS + DATES + "\n# expect: notAfter={date}",
)
def certificate_expires_soon(leaf: Unpinned) -> Iterator[Result]:
    """The certificate expires soon: within thirty days, or the last quarter of a shorter life.

    Automatic renewal would have taken place by now.
    """
    not_before, not_after = leaf.certificate.not_before, leaf.certificate.not_after
    if not_before is None or not_after is None:
        yield Unknown(UNREADABLE)
        return
    left, lifetime = not_after - leaf.at, not_after - not_before
    if left < timedelta():
        yield NotApplicable("the certificate has expired")
    elif ends_soon(not_before, not_after, leaf.at):
        at_once = left <= min(VERY_SOON, lifetime / VERY_SOON_SHARE)
        weight = raised(leaf.endpoint) if at_once else None
        yield Evidence(f"expires {not_after:%Y-%m-%d}, in {left.days} days", weight, dated(not_after))
