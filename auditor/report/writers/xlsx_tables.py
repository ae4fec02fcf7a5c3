"""Which columns the workbook's sheets show, and in which words."""

from auditor.report.columns import Kind
from auditor.report.staging import order_terms
from auditor.report.tables import CERTIFICATES, DOMAINS, ENDPOINTS, FINDINGS, MX
from auditor.report.tables.staged import COVERAGE, DETAILS, READING_ORDER
from auditor.report.writers.palette import BLUE, GOOD, GREY, RED, WORD_FILLS
from auditor.report.writers.xlsx_sheet import Sheet, SheetColumn
from auditor.report.writers.xlsx_style import LARGE_NUMBER, NUMBER, PERCENT, TEXT, TIME, WORD, WRAPPED, Look

_TABLES = {table.name: table for table in (DOMAINS, MX, ENDPOINTS, CERTIFICATES, FINDINGS, DETAILS, COVERAGE)}
_LOOKS = {
    Kind.INTEGER: NUMBER,
    Kind.NUMBER: LARGE_NUMBER,
    Kind.BOOLEAN: WORD,
    Kind.TIME: TIME,
    Kind.LINES: WRAPPED,
    Kind.LIST: WRAPPED,
}
_TLS_FILLS = WORD_FILLS | {"implicit": GOOD}


def _column(source: str, heading: str, width: float, look: Look | None = None) -> SheetColumn:
    """A column ``table.name``, with the look of its kind unless another is given."""
    table, _, name = source.partition(".")
    declared = _TABLES[table].column(name)
    few = bool(declared.values)
    return SheetColumn(
        heading=heading,
        source=f'{table}."{name}"',
        width=width,
        kind=declared.kind,
        look=look or (WORD if few else _LOOKS.get(declared.kind, TEXT)),
        fills=(_TLS_FILLS if name == "starttls" else WORD_FILLS) if few else {},
    )


def _linked(source: str, heading: str, width: float, sheet: str, link_source: str) -> SheetColumn:
    return SheetColumn(heading=heading, source=source, width=width, link_to=sheet, link_source=link_source)


def domains_sheet() -> Sheet:
    """A row per domain; its name leads to its first finding."""
    return Sheet(
        title="Domains",
        tab=BLUE,
        printed=20,
        origin="FROM domains JOIN details ON details.rowid = domains.rowid"
        " LEFT JOIN first_findings ON first_findings.target_ = domains.target_ ORDER BY domains.rowid",
        columns=(
            _linked("domains.domain", "Domain", 24, "Findings", "first_findings.number"),
            _column("domains.score", "Score", 9),
            _column("domains.coverage", "Judged", 9, PERCENT),
            _column("domains.worst_severity", "Worst", 10),
            _column("details.critical", "Critical", 9),
            _column("details.high", "High", 9),
            _column("details.medium", "Medium", 9),
            _column("details.low", "Low", 9),
            _column("domains.failed", "Failed checks", 9),
            _column("domains.unknown", "Unknown checks", 10),
            _column("domains.mx_status", "MX", 11),
            _column("domains.mx_hosts", "MX hosts", 36),
            _column("domains.dnssec", "DNSSEC", 13),
            _column("domains.endpoints_total", "Endpoints", 11),
            _column("domains.endpoints_judged", "Judged endpoints", 11),
            _column("domains.smtp", "SMTP", 13),
            _column("domains.starttls", "STARTTLS", 13),
            _column("details.tls_lowest", "Lowest TLS", 11, WORD),
            _column("domains.cert_trust", "Certificates trusted", 14),
            _column("details.cert_days_left", "Certificate days left", 12),
            _column("domains.domain_unicode", "As people write it", 24),
            _column("domains.input", "Input", 24),
            _column("domains.input_line", "Line", 9),
        ),
    )


def mx_sheet() -> Sheet:
    """A row per domain, MX host, address and port."""
    return Sheet(
        title="MX hosts",
        tab=BLUE,
        printed=19,
        origin="FROM mx LEFT JOIN links ON links.target_ = mx.target_ AND links.exchange = mx.exchange"
        " LEFT JOIN endpoints ON endpoints.exchange = links.exchange AND endpoints.address = links.address"
        " AND endpoints.port = links.port ORDER BY mx.rowid, links.rowid",
        columns=(
            _linked("mx.domain", "Domain", 24, "Domains", "mx.target_"),
            _column("mx.preference", "Pref.", 9),
            _column("mx.exchange", "MX host", 28),
            _column("mx.status", "Host", 12),
            _column("endpoints.address", "Address", 17),
            _column("endpoints.port", "Port", 9),
            _column("endpoints.domains", "Domains sharing", 10),
            _column("endpoints.outcome", "Outcome", 16),
            _column("endpoints.stage", "Stage reached", 11),
            _column("endpoints.greeting_code", "Code", 9),
            _column("endpoints.greeting", "Greeting", 36, WRAPPED),
            _column("endpoints.hello", "Hello", 9),
            _column("endpoints.size_limit_octets", "Size limit (octets)", 13, LARGE_NUMBER),
            _column("endpoints.starttls", "STARTTLS", 13),
            _column("endpoints.tls_version", "TLS version", 10, WORD),
            _column("endpoints.tls_cipher", "Cipher suite", 28),
            _column("endpoints.cert_trust", "Certificate", 15),
            _column("endpoints.cert_name", "Name", 11),
            _column("endpoints.cert_days_left", "Days left", 9),
            _column("endpoints.connect_ms", "Connect ms", 10),
            _column("endpoints.tls_ms", "TLS ms", 9),
            _column("endpoints.attempts", "Attempts", 10),
            _column("endpoints.shared_from", "Conversation of", 30),
            _column("endpoints.keywords_tls", "EHLO keywords inside TLS", 40),
            _column("endpoints.deviations", "Deviations", 22),
            _column("endpoints.error", "Error", 44, WRAPPED),
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
            _column("certificates.subject", "Subject", 32, WRAPPED),
            _column("certificates.trust", "Chain", 15),
            SheetColumn(
                heading="Days left",
                source="(SELECT MIN(e.cert_days_left) FROM endpoints e WHERE e.cert_sha256 = certificates.sha256)",
                width=10,
                kind=Kind.INTEGER,
                look=NUMBER,
            ),
            _column("certificates.not_after", "Not after (UTC)", 17),
            _column("certificates.not_before", "Not before (UTC)", 17),
            _column("certificates.names", "Names", 44),
            _column("certificates.issuer", "Issuer", 38, WRAPPED),
            _column("certificates.key_type", "Key", 10, WORD),
            _column("certificates.key_bits", "Bits", 9),
            _column("certificates.signature_algorithm", "Signature", 26),
            _column("certificates.endpoints", "Endpoints", 11),
            _column("certificates.domains", "Domains", 10),
            _column("certificates.sha256", "SHA-256", 60, WRAPPED),
        ),
    )


def findings_sheet() -> Sheet:
    """A row per finding, the severest failed first; those that could not be judged come last."""
    check = _column("findings.check", "Check", 11)
    return Sheet(
        title="Findings",
        tab=RED,
        origin=f"FROM findings ORDER BY {order_terms(FINDINGS, READING_ORDER)}",
        columns=(
            _column("findings.severity", "Severity", 11),
            _column("findings.verdict", "Verdict", 10),
            SheetColumn(
                heading=check.heading,
                source=check.source,
                width=check.width,
                look=WORD,
                link_to="Method",
                link_source='findings."check"',
            ),
            _column("findings.name", "Name", 24),
            _linked("findings.domain", "Domain", 24, "Domains", "findings.target_"),
            _column("findings.subject", "Subject", 34, WRAPPED),
            _column("findings.evidence", "Evidence", 52, WRAPPED),
            _column("findings.remediation", "What to do", 46, WRAPPED),
            _column("findings.reference", "Reference", 22, WRAPPED),
            _column("findings.reproduce", "See it yourself", 56),
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
            _linked("reached.domain", "Target", 26, "Domains", "reached.target_"),
            _column("reached.stage", "Stage reached", 26),
            _column("domains.endpoints_total", "Endpoints", 11),
            _column("domains.endpoints_judged", "Judged", 10),
            _column("domains.coverage", "Checks judged", 10, PERCENT),
            _column("reached.attempts", "Attempts", 10),
            _column("reached.reasons", "Why something was not judged (unknown is not failed)", 84),
        ),
    )
