"""``certificates``: a row per leaf certificate."""

from collections.abc import Callable

from auditor.model.certificate import Certificate, CertTrust
from auditor.report.columns import Column, Kind, Table, Value
from auditor.report.rows import CertificateRow


def _of_certificate(value: Callable[[Certificate], Value]) -> Callable[[CertificateRow], Value]:
    return lambda row: None if row.certificate is None else value(row.certificate)


CERTIFICATES: Table[CertificateRow] = Table(
    name="certificates",
    meaning="A row per leaf certificate that was presented, by its SHA-256.",
    order=("sha256",),
    columns=(
        Column(name="sha256", meaning="SHA-256 of the DER form, in hexadecimal", value=lambda row: row.sha256),
        Column(name="subject", meaning="The subject's name", value=_of_certificate(lambda one: one.subject)),
        Column(name="issuer", meaning="The issuer's name", value=_of_certificate(lambda one: one.issuer)),
        Column(
            name="names",
            meaning="DNS names and addresses in the subjectAltName extension, in its order",
            kind=Kind.LIST,
            value=_of_certificate(lambda one: (*one.names, *one.ip_addresses)),
        ),
        Column(
            name="not_before",
            meaning="Valid from",
            kind=Kind.TIME,
            value=_of_certificate(lambda one: one.not_before),
        ),
        Column(
            name="not_after",
            meaning="Valid until",
            kind=Kind.TIME,
            value=_of_certificate(lambda one: one.not_after),
        ),
        Column(
            name="key_type",
            meaning="`RSA`, `EC`, `Ed25519`, `Ed448` or `DSA`",
            value=_of_certificate(lambda one: one.key_type or None),
        ),
        Column(
            name="key_bits",
            meaning="Size of the key in bits",
            kind=Kind.INTEGER,
            value=_of_certificate(lambda one: one.key_bits),
        ),
        Column(
            name="signature_algorithm",
            meaning="Algorithm of the issuer's signature",
            value=_of_certificate(lambda one: one.signature_algorithm or None),
        ),
        Column(
            name="trust",
            meaning="Verdict on its chain, names apart; the worst, where endpoints sent it with different chains",
            values=tuple(CertTrust),
            value=lambda row: row.trust,
        ),
        Column(
            name="endpoints",
            meaning="Endpoints that presented it",
            kind=Kind.INTEGER,
            value=lambda row: row.endpoints,
        ),
        Column(
            name="domains",
            meaning="Domains whose mail may go to one of those",
            kind=Kind.INTEGER,
            value=lambda row: row.domains,
        ),
        Column(
            name="spki_sha256",
            meaning="SHA-256 of its public key, as TLSA records of selector 1 have it",
            value=_of_certificate(lambda one: one.spki_sha256 or None),
        ),
        Column(
            name="same_key",
            meaning="SHA-256 of the run's other certificates for the same key",
            kind=Kind.LIST,
            value=lambda row: row.same_key or None,
        ),
    ),
)
