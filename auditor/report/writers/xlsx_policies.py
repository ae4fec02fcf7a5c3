"""Which columns the workbook's sheets show of what domains publish, and in which words."""

from auditor.report.writers.palette import GREEN
from auditor.report.writers.xlsx_columns import column_of, linked
from auditor.report.writers.xlsx_sheet import Sheet, SheetColumn
from auditor.report.writers.xlsx_style import LARGE_NUMBER, WORD, WRAPPED

_MOST_INDENT = 40


def spf_sheet() -> Sheet:
    """A row per record in the domains' SPF trees, what is referred to further right."""
    indent = f"SUBSTR('{' ' * _MOST_INDENT}', 1, 4 * spf.depth)"
    return Sheet(
        title="SPF",
        tab=GREEN,
        printed=11,
        origin="FROM spf ORDER BY spf.rowid",
        columns=(
            linked("spf.domain", "Domain", 24, "Domains", "spf.target_"),
            column_of("spf.position", "Place in tree", 10),
            SheetColumn(heading="Record of", source=f"{indent} || spf.record_domain", width=40),
            column_of("spf.via", "Led here by", 34, WRAPPED),
            column_of("spf.result", "Instead of a record", 12),
            column_of("spf.lookups", "Look-ups", 11),
            column_of("spf.reached_at", "Look-ups before", 10),
            column_of("spf.void_lookups_ipv4", "Void look-ups, IPv4", 10),
            column_of("spf.void_lookups_ipv6", "Void look-ups, IPv6", 10),
            column_of("spf.record", "Record", 60, WRAPPED),
            column_of("spf.errors", "Errors", 44),
            column_of("spf.unresolved", "Not counted (macros)", 34),
        ),
    )


def dkim_sheet() -> Sheet:
    """A row per key."""
    return Sheet(
        title="DKIM",
        tab=GREEN,
        printed=10,
        origin="FROM dkim ORDER BY dkim.rowid",
        columns=(
            linked("dkim.domain", "Domain", 24, "Domains", "dkim.target_"),
            column_of("dkim.selector", "Selector", 20),
            column_of("dkim.key_type", "Key", 10, WORD),
            column_of("dkim.key_bits", "Bits", 9),
            column_of("dkim.usable", "Usable", 9),
            column_of("dkim.revoked", "Revoked", 9),
            column_of("dkim.testing", "Testing (t=y)", 10),
            column_of("dkim.several", "Several records", 10),
            column_of("dkim.faults", "Faults", 40),
            column_of("dkim.canonical_name", "CNAME leads to", 44),
            column_of("dkim.name", "Name", 44),
            column_of("dkim.record", "Record", 60),
        ),
    )


def tlsa_sheet() -> Sheet:
    """A row per TLSA record of a domain's exchanges."""
    return Sheet(
        title="TLSA",
        tab=GREEN,
        printed=12,
        origin="FROM tlsa ORDER BY tlsa.rowid",
        columns=(
            linked("tlsa.domain", "Domain", 24, "Domains", "tlsa.target_"),
            column_of("tlsa.exchange", "MX host", 28),
            column_of("tlsa.port", "Port", 9),
            column_of("tlsa.status", "DANE of the host", 12),
            column_of("tlsa.usage", "Usage", 9),
            column_of("tlsa.selector", "Selector", 9),
            column_of("tlsa.matching", "Matching type", 9),
            column_of("tlsa.data", "Data", 66),
            column_of("tlsa.dnssec", "DNSSEC", 13),
            column_of("tlsa.matches", "Endpoints it matches", 44),
            column_of("tlsa.fault", "Why no client may use it", 30, WRAPPED),
            column_of("tlsa.reason", "Why the host fares so", 50, WRAPPED),
            column_of("tlsa.name", "Name", 40),
        ),
    )


def records_sheet() -> Sheet:
    """A row per DNS answer that holds records, or that gave no fact; ``csv/records.csv`` has the others too."""
    return Sheet(
        title="DNS records",
        tab=GREEN,
        printed=7,
        origin="FROM records WHERE records.status NOT IN ('nodata', 'nxdomain') ORDER BY records.rowid",
        columns=(
            linked("records.domain", "Domain", 24, "Domains", "records.target_"),
            column_of("records.name", "Name", 40),
            column_of("records.type", "Type", 9, WORD),
            column_of("records.status", "Status", 11),
            column_of("records.ttl_seconds", "TTL (seconds)", 11, LARGE_NUMBER),
            column_of("records.dnssec", "DNSSEC", 13),
            column_of("records.records", "Records", 84),
            column_of("records.canonical_name", "Canonical name", 34),
            column_of("records.resolver", "Resolver", 22),
            column_of("records.asked_at", "Asked at (UTC)", 17),
            column_of("records.error", "Error", 34, WRAPPED),
        ),
    )
