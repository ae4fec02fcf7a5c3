"""The sheet Domains: which columns it shows, and in which words."""

from auditor.report.writers.palette import BLUE
from auditor.report.writers.xlsx_columns import column_of, linked
from auditor.report.writers.xlsx_sheet import Sheet, SheetColumn
from auditor.report.writers.xlsx_style import PERCENT, TEXT, WORD, WRAPPED


def domains_sheet() -> Sheet:
    """A row per domain; its name leads to its first finding."""
    return Sheet(
        title="Domains",
        tab=BLUE,
        printed=26,
        origin="FROM domains JOIN details ON details.rowid = domains.rowid"
        " LEFT JOIN first_findings ON first_findings.target_ = domains.target_ ORDER BY domains.rowid",
        columns=(
            linked("domains.domain", "Domain", 24, "Findings", "first_findings.number"),
            *_verdicts(),
            *_states(),
            *_servers(),
            *_details(),
        ),
    )


def _verdicts() -> tuple[SheetColumn, ...]:
    return (
        column_of("domains.role", "Role", 15),
        column_of("domains.score", "Score", 9),
        column_of("domains.coverage", "Judged", 9, PERCENT),
        column_of("domains.worst_severity", "Worst", 10),
        column_of("details.critical", "Critical", 9),
        column_of("details.high", "High", 9),
        column_of("details.medium", "Medium", 9),
        column_of("details.low", "Low", 9),
    )


def _states() -> tuple[SheetColumn, ...]:
    return (
        column_of("domains.mx_status", "MX", 16),
        column_of("domains.smtp", "SMTP", 13),
        column_of("domains.starttls", "STARTTLS", 13),
        column_of("domains.cert_trust", "Certificates trusted", 14),
        column_of("details.cert_days_left", "Certificate days left", 12),
        column_of("domains.spf", "SPF", 11),
        column_of("domains.spf_all", "SPF all", 10),
        column_of("domains.spf_lookups", "SPF look-ups", 9),
        column_of("domains.dkim", "DKIM", 11),
        column_of("domains.dmarc", "DMARC", 11),
        column_of("domains.dmarc_policy", "DMARC p", 12),
        column_of("domains.dmarc_subdomain_policy", "DMARC sp", 12),
        column_of("domains.mta_sts", "MTA-STS", 11),
        column_of("domains.mta_sts_mode", "MTA-STS mode", 11),
        column_of("domains.tls_rpt", "TLS-RPT", 11),
        column_of("domains.dane", "DANE", 14),
        column_of("domains.dnssec", "DNSSEC", 13),
    )


def _servers() -> tuple[SheetColumn, ...]:
    return (
        column_of("domains.mx_hosts", "MX hosts", 36),
        column_of("domains.endpoints_total", "Endpoints", 11),
        column_of("domains.endpoints_judged", "Judged endpoints", 11),
        column_of("details.tls_lowest", "Lowest TLS", 11, WORD),
        column_of("domains.failed", "Failed checks", 9),
        column_of("domains.unknown", "Unknown checks", 10),
    )


def _details() -> tuple[SheetColumn, ...]:
    return (
        column_of("domains.dmarc_nonexistent_policy", "DMARC np", 12),
        column_of("domains.dmarc_policy_rfc7489", "DMARC p by RFC 7489", 12),
        column_of("domains.dmarc_subdomain_policy_rfc7489", "DMARC sp by RFC 7489", 12),
        column_of("domains.dmarc_testing", "DMARC t=y", 10),
        column_of("domains.dmarc_pct", "DMARC pct", 10),
        column_of("domains.dmarc_rua", "DMARC rua", 36),
        column_of("domains.dmarc_location", "DMARC found at", 28),
        column_of("domains.dmarc_differs", "DMARC differs by RFC", 12),
        column_of("domains.spf_addresses", "IPv4 addresses SPF lets send", 14),
        column_of("domains.spf_reason", "SPF, why", 44, WRAPPED),
        column_of("domains.dmarc_reason", "DMARC, why", 44, WRAPPED),
        column_of("domains.dkim_reason", "DKIM, why", 44, WRAPPED),
        column_of("domains.mta_sts_reason", "MTA-STS, why", 44, WRAPPED),
        column_of("domains.dane_reason", "DANE, why", 44, WRAPPED),
        column_of("domains.dkim_selectors", "DKIM selectors", 24),
        column_of("domains.tls_rpt_rua", "TLS-RPT rua", 36),
        column_of("domains.bimi", "BIMI", 10),
        column_of("domains.caa_issue", "CAA issue", 28),
        column_of("domains.role_reason", "Role, why", 44, WRAPPED),
        column_of("domains.spf_record", "SPF record", 50, TEXT),
        column_of("domains.dmarc_record", "DMARC record", 50, TEXT),
        column_of("details.checked_at", "Checked at (UTC)", 17),
        column_of("domains.domain_unicode", "As people write it", 24),
        column_of("domains.input", "Input", 24),
        column_of("domains.input_line", "Line", 9),
    )
