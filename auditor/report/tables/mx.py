"""``mx``: a row per domain and MX record."""

from auditor.model.dns import Dnssec
from auditor.model.route import ExchangeStatus
from auditor.report.columns import Column, Kind, Table
from auditor.report.rows import MxRow

MX: Table[MxRow] = Table(
    name="mx",
    meaning="A row per domain and MX record, by preference. An implicit MX (RFC 5321 §5.1) and the host of a direct "
    "target stand here with preference 0.",
    columns=(
        Column(name="domain", meaning="The domain", value=lambda row: row.domain),
        Column(
            name="preference",
            meaning="Preference of the MX record; the lower is tried first",
            kind=Kind.INTEGER,
            value=lambda row: row.exchange.preference,
        ),
        Column(
            name="exchange",
            meaning="The host as the MX record names it; `.` for a null MX",
            value=lambda row: row.exchange.exchange,
        ),
        Column(
            name="status",
            meaning="What is known of the host",
            values=tuple(ExchangeStatus),
            value=lambda row: row.exchange.status,
        ),
        Column(
            name="canonical_name",
            meaning="The name at the end of the host's aliases; the host itself where it is none",
            value=lambda row: row.exchange.canonical_name or None,
        ),
        Column(
            name="addresses",
            meaning="Every address of the host",
            kind=Kind.LIST,
            value=lambda row: row.exchange.addresses if row.exchange.status.known else row.exchange.addresses or None,
        ),
        Column(
            name="ttl_seconds",
            meaning="TTL of the MX record",
            kind=Kind.INTEGER,
            value=lambda row: row.exchange.ttl_seconds,
        ),
        Column(
            name="dnssec",
            meaning="DNSSEC status of the address records, all families asked",
            values=tuple(Dnssec),
            value=lambda row: row.exchange.dnssec,
        ),
    ),
)
