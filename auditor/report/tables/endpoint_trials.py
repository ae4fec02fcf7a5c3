"""``endpoints``: TLS in depth."""

from auditor.model.certificate import CertTrust
from auditor.model.session import Session
from auditor.model.tls_trial import VERSIONS, TlsOffer
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_cells import of_session, of_tls


def _versions(session: Session) -> Value:
    if session.tls is None or not session.tls_trials:
        return None
    accepted = {str(trial.offer) for trial in session.tls_trials if trial.accepted} | {session.tls.version}
    return [str(version) for version in VERSIONS if version in accepted]


def _suite(offer: TlsOffer) -> Column[EndpointRow]:
    def cell(session: Session) -> Value:
        trial = session.trial(offer)
        if trial is None or trial.accepted is None:
            return None
        return trial.cipher if trial.accepted else "none"

    name, meaning = _SUITES[offer]
    return Column(
        name=name, meaning=f"{meaning}; `none` if none; empty where not tried or seen", value=of_session(cell)
    )


_SUITES = {
    TlsOffer.STATIC: ("tls_static_suite", "Cipher suite that it chooses of those without forward secrecy"),
    TlsOffer.WEAK: ("tls_weak_suite", "Cipher suite that it chooses of those that are broken or protect nothing"),
}


def _dh_bits(session: Session) -> Value:
    trial = session.trial(TlsOffer.FINITE_FIELD)
    return None if trial is None else trial.dh_bits


def _cert_without_sni(session: Session) -> Value:
    trial = session.trial(TlsOffer.NO_NAME)
    return None if trial is None else trial.leaf or None


TRIALS: tuple[Column[EndpointRow], ...] = (
    Column(name="tls_group", meaning="Key exchange group agreed", value=of_tls(lambda tls: tls.group or None)),
    Column(
        name="cert_trust_strict",
        meaning="Verdict of the web's strict rules on the chain, beside OpenSSL's in `cert_trust`; empty if not tried",
        values=(str(CertTrust.TRUSTED), "refused"),
        value=of_tls(lambda tls: None if tls.webpki is None else "refused" if tls.webpki else str(CertTrust.TRUSTED)),
    ),
    Column(name="cert_strict_reason", meaning="Why those refuse it", value=of_tls(lambda tls: tls.webpki or None)),
    Column(
        name="tls_versions",
        meaning="Every version it accepts; empty where that was not tried (`--tls-versions`)",
        kind=Kind.LIST,
        value=of_session(_versions),
    ),
    _suite(TlsOffer.STATIC),
    _suite(TlsOffer.WEAK),
    Column(
        name="tls_dh_bits",
        meaning="Bits of the finite field of its Diffie-Hellman key exchange, where it accepts one",
        kind=Kind.INTEGER,
        value=of_session(_dh_bits),
    ),
    Column(
        name="cert_sha256_without_sni",
        meaning="SHA-256 of the certificate shown to a client that names no server",
        value=of_session(_cert_without_sni),
    ),
)
