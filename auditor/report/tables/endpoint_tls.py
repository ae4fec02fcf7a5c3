"""``endpoints``: TLS and certificates."""

from auditor.model.certificate import CertName, CertTrust
from auditor.model.dane import DaneStatus
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_cells import of_session, of_tls
from auditor.report.tables.ptr import PTR


def _cert_name(row: EndpointRow) -> Value:
    return None if row.session is None else certificate_name(row.certificate, row.endpoint.exchange)


def _cert_not_after(row: EndpointRow) -> Value:
    return None if row.certificate is None else row.certificate.not_after


def _cert_days_left(row: EndpointRow) -> Value:
    if row.certificate is None or row.certificate.not_after is None:
        return None
    return (row.certificate.not_after - row.judged_at).days


TLS: tuple[Column[EndpointRow], ...] = (
    Column(name="tls_version", meaning="TLS version agreed", value=of_tls(lambda tls: tls.version or None)),
    Column(name="tls_cipher", meaning="Cipher suite agreed", value=of_tls(lambda tls: tls.cipher or None)),
    Column(
        name="cert_sha256",
        meaning="SHA-256 of the leaf certificate, see `certificates`",
        value=of_tls(lambda tls: tls.leaf or None),
    ),
    Column(
        name="cert_trust",
        meaning="Verdict on the chain, names apart",
        values=tuple(CertTrust),
        value=of_session(lambda session: certificate_trust(session.tls)),
    ),
    Column(
        name="cert_name",
        meaning="Whether the certificate names this endpoint's own exchange (RFC 9525)",
        values=tuple(CertName),
        value=_cert_name,
    ),
    Column(name="cert_not_after", meaning="The certificate is valid until", kind=Kind.TIME, value=_cert_not_after),
    Column(
        name="cert_days_left",
        meaning="Whole days from the start of the run until then; negative once expired",
        kind=Kind.INTEGER,
        value=_cert_days_left,
    ),
    Column(
        name="dane",
        meaning="DANE of the exchange at this address (RFC 7672): what it presents against its TLSA records; `absent` "
        "also where they are not signed. That the MX records are signed too is the domain's matter",
        values=tuple(one for one in DaneStatus if one not in {DaneStatus.PARTIAL, DaneStatus.NOT_APPLICABLE}),
        value=lambda row: row.dane,
    ),
    *PTR,
)
