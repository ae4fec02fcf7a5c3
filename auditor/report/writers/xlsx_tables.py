"""Which columns the workbook's sheets show of the run itself, and in which words."""

from auditor.report.columns import Kind
from auditor.report.staging import order_terms
from auditor.report.tables import FINDINGS
from auditor.report.tables.staged import READING_ORDER
from auditor.report.writers.palette import BAD, BLUE, GOOD, GREY, RED
from auditor.report.writers.xlsx_columns import column_of, linked
from auditor.report.writers.xlsx_sheet import Sheet, SheetColumn
from auditor.report.writers.xlsx_style import LARGE_NUMBER, NUMBER, PERCENT, TEXT, WORD, WRAPPED


def mx_sheet() -> Sheet:
    """A row per domain, MX host, address and port."""
    return Sheet(
        title="MX hosts",
        tab=BLUE,
        printed=22,
        origin="FROM mx LEFT JOIN links ON links.target_ = mx.target_ AND links.exchange = mx.exchange"
        " LEFT JOIN endpoints ON endpoints.exchange = links.exchange AND endpoints.address = links.address"
        " AND endpoints.port = links.port ORDER BY mx.rowid, links.rowid",
        columns=(
            linked("mx.domain", "Domain", 24, "Domains", "mx.target_"),
            column_of("mx.preference", "Pref.", 9),
            column_of("mx.exchange", "MX host", 28),
            column_of("mx.status", "Host", 12),
            column_of("mx.dnssec", "DNSSEC", 13),
            column_of("mx.mta_sts", "Under MTA-STS", 12),
            column_of("mx.dane", "DANE", 11),
            column_of("endpoints.address", "Address", 17),
            column_of("endpoints.port", "Port", 9),
            column_of("endpoints.domains", "Domains sharing", 10),
            column_of("endpoints.outcome", "Outcome", 16),
            column_of("endpoints.stage", "Stage reached", 11),
            column_of("endpoints.greeting_code", "Code", 9),
            column_of("endpoints.greeting", "Greeting", 36, WRAPPED),
            column_of("endpoints.hello", "Hello", 9),
            column_of("endpoints.size_limit_octets", "Size limit (octets)", 13, LARGE_NUMBER),
            column_of("endpoints.starttls", "STARTTLS", 13),
            column_of("endpoints.tls_version", "TLS version", 10, WORD),
            column_of("endpoints.tls_cipher", "Cipher suite", 28),
            column_of("endpoints.cert_trust", "Certificate", 15),
            column_of("endpoints.cert_name", "Name", 11),
            column_of("endpoints.cert_days_left", "Days left", 9),
            column_of("endpoints.connect_ms", "Connect ms", 10),
            column_of("endpoints.tls_ms", "TLS ms", 9),
            column_of("endpoints.attempts", "Attempts", 10),
            column_of("mx.tlsa", "TLSA records", 40, TEXT),
            column_of("mx.tlsa_dnssec", "TLSA DNSSEC", 13),
            column_of("endpoints.dane", "DANE at this address", 12),
            column_of("endpoints.shared_from", "Conversation of", 30),
            column_of("endpoints.keywords_tls", "EHLO keywords inside TLS", 40),
            column_of("endpoints.deviations", "Deviations", 22),
            column_of("endpoints.error", "Error", 44, WRAPPED),
            *_IN_DEPTH,
        ),
    )


_IN_DEPTH = (
    column_of("endpoints.service", "Service", 12),
    column_of("endpoints.blame", "Blame", 10),
    column_of("endpoints.reason", "Refused for", 18),
    column_of("endpoints.reason_confidence", "Sure", 9, PERCENT),
    column_of("endpoints.clear_text_login", "Login in clear", 11),
    column_of("endpoints.tls_versions", "TLS versions accepted", 24),
    column_of("endpoints.tls_static_suite", "Without forward secrecy", 28),
    column_of("endpoints.tls_weak_suite", "Weak suite", 28),
    column_of("endpoints.relays", "Open relay", 10),
    column_of("endpoints.postmaster", "Takes mail for postmaster", 11),
    column_of("endpoints.vrfy", "VRFY tells", 10),
    column_of("endpoints.starttls_injection", "STARTTLS injection", 10),
    column_of("endpoints.cert_trust_strict", "Certificate, strictly", 13),
)


def listeners_sheet() -> Sheet:
    """A row per address and port where something listens, those first that no MX record of the list leads to."""
    return Sheet(
        title="Listeners",
        tab=BLUE,
        printed=13,
        origin="FROM listeners ORDER BY listed, address, port",
        columns=(
            SheetColumn(
                heading="Listed",
                source="CASE WHEN listeners.listed THEN 'listed' ELSE 'unlisted' END",
                width=10,
                look=WORD,
                fills={"listed": GOOD, "unlisted": BAD},
            ),
            column_of("listeners.address", "Address", 17),
            column_of("listeners.port", "Port", 9),
            column_of("listeners.service", "Service", 13),
            column_of("listeners.outcome", "Outcome", 16),
            column_of("listeners.domains", "Domains", 34),
            column_of("listeners.matched_by", "Known by", 13),
            column_of("listeners.exchanges", "MX hosts", 30),
            column_of("listeners.ptr", "Name of the address", 30),
            column_of("listeners.ptr_confirmed", "Leads back", 10),
            column_of("listeners.greeting_host", "Greets as", 28),
            column_of("listeners.cert_names", "Names in the certificate", 34),
            column_of("listeners.cert_trust", "Certificate", 15),
            column_of("listeners.starttls", "STARTTLS", 13),
            column_of("listeners.entries", "Asked for as", 24),
        ),
    )


def certificates_sheet() -> Sheet:
    """A row per leaf certificate, the first to end first."""
    return Sheet(
        title="Certificates",
        tab=BLUE,
        printed=12,
        origin="FROM certificates ORDER BY not_after IS NULL, not_after, sha256",
        columns=(
            column_of("certificates.subject", "Subject", 32, WRAPPED),
            column_of("certificates.trust", "Chain", 15),
            SheetColumn(
                heading="Days left",
                source="(SELECT MIN(e.cert_days_left) FROM endpoints e WHERE e.cert_sha256 = certificates.sha256)",
                width=10,
                kind=Kind.INTEGER,
                look=NUMBER,
            ),
            column_of("certificates.not_after", "Not after (UTC)", 17),
            column_of("certificates.not_before", "Not before (UTC)", 17),
            column_of("certificates.names", "Names", 44),
            column_of("certificates.issuer", "Issuer", 38, WRAPPED),
            column_of("certificates.key_type", "Key", 10, WORD),
            column_of("certificates.key_bits", "Bits", 9),
            column_of("certificates.signature_algorithm", "Signature", 26),
            column_of("certificates.endpoints", "Endpoints", 11),
            column_of("certificates.domains", "Domains", 10),
            column_of("certificates.sha256", "SHA-256", 60, WRAPPED),
        ),
    )


def findings_sheet() -> Sheet:
    """A row per finding, the severest failed first; those that could not be judged come last."""
    check = column_of("findings.check", "Check", 11)
    return Sheet(
        title="Findings",
        tab=RED,
        origin=f"FROM findings ORDER BY {order_terms(FINDINGS, READING_ORDER)}",
        columns=(
            column_of("findings.severity", "Severity", 11),
            column_of("findings.verdict", "Verdict", 10),
            SheetColumn(
                heading=check.heading,
                source=check.source,
                width=check.width,
                look=WORD,
                link_to="Method",
                link_source='findings."check"',
            ),
            column_of("findings.name", "Name", 24),
            linked("findings.domain", "Domain", 24, "Domains", "findings.target_"),
            column_of("findings.subject", "Subject", 34, WRAPPED),
            column_of("findings.evidence", "Evidence", 52, WRAPPED),
            column_of("findings.remediation", "What to do", 46, WRAPPED),
            column_of("findings.reference", "Reference", 22, WRAPPED),
            column_of("findings.reproduce", "See it yourself", 56),
        ),
    )


def coverage_sheet() -> Sheet:
    """A row per target, those least known first."""
    return Sheet(
        title="Coverage",
        tab=GREY,
        origin="FROM reached JOIN domains ON domains.rowid = reached.rowid"
        " ORDER BY domains.mx_status IS NOT NULL, reached.reasons = '', reached.rowid",
        columns=(
            linked("reached.domain", "Target", 26, "Domains", "reached.target_"),
            column_of("reached.stage", "Stage reached", 26),
            column_of("domains.endpoints_total", "Endpoints", 11),
            column_of("domains.endpoints_judged", "Judged", 10),
            column_of("domains.coverage", "Checks judged", 10, PERCENT),
            column_of("reached.attempts", "Attempts", 10),
            column_of("reached.reasons", "Why something was not judged (unknown is not failed)", 84),
        ),
    )
