"""``tlsa``: a row per TLSA record of a domain's exchanges."""

from collections.abc import Iterator, Sequence

from auditor.model.dane import DaneStatus
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.policy.dane_effect import HostDane
from auditor.report.columns import Column, Kind, Table
from auditor.report.effects import Effects
from auditor.report.rows import TlsaRow


def _read(number: int) -> int | None:
    """A number of a record; nothing where the record could not be read."""
    return number if number >= 0 else None


TLSA: Table[TlsaRow] = Table(
    name="tlsa",
    meaning="A row per domain, exchange, port and TLSA record (RFC 6698, RFC 7672).",
    columns=(
        Column(name="domain", meaning="The domain", value=lambda row: row.domain),
        Column(name="exchange", meaning="The exchange", value=lambda row: row.tlsa.exchange),
        Column(name="port", meaning="TCP port", kind=Kind.INTEGER, value=lambda row: row.tlsa.port),
        Column(
            name="name",
            meaning="The name at which the record stands, such as `_25._tcp.mx.example.com`",
            value=lambda row: row.tlsa.name,
        ),
        Column(
            name="usage",
            meaning="Certificate usage: 2 a trust anchor, 3 the server's own; SMTP knows no other (RFC 7672 §3.1)",
            kind=Kind.INTEGER,
            value=lambda row: _read(row.record.usage),
        ),
        Column(
            name="selector",
            meaning="0 for the whole certificate, 1 for its key",
            kind=Kind.INTEGER,
            value=lambda row: _read(row.record.selector),
        ),
        Column(
            name="matching",
            meaning="0 for the octets themselves, 1 for their SHA-256, 2 for their SHA-512",
            kind=Kind.INTEGER,
            value=lambda row: _read(row.record.matching),
        ),
        Column(name="data", meaning="In lower-case hexadecimal", value=lambda row: row.record.data),
        Column(
            name="fault",
            meaning="Why no mail client may use it; empty where it may",
            value=lambda row: row.record.fault or None,
        ),
        Column(
            name="dnssec",
            meaning="DNSSEC status of the TLSA answer: records count only where it is `secure`",
            values=tuple(Dnssec),
            value=lambda row: row.tlsa.dnssec,
        ),
        Column(
            name="matches",
            meaning="Endpoints of the exchange whose chain it matches",
            kind=Kind.LIST,
            value=lambda row: _matched(row) if row.host is not None else None,
        ),
        Column(
            name="status",
            meaning="How the exchange fares at this port by all its TLSA records",
            values=tuple(status for status in DaneStatus if status is not DaneStatus.NOT_APPLICABLE),
            value=lambda row: None if row.host is None else row.host.status,
        ),
        Column(
            name="reason",
            meaning="Why it fares so",
            value=lambda row: (row.host.why or None) if row.host is not None else None,
        ),
    ),
)


def _matched(row: TlsaRow) -> Sequence[str]:
    endpoints = row.host.endpoints if row.host is not None else ()
    return [
        str(endpoint)
        for endpoint, (_, matches, _) in endpoints
        if any(one.matches and one.record == row.record for one in matches)
    ]


def tlsa_rows(facts: DomainFacts, effects: Effects) -> Iterator[TlsaRow]:
    """The rows of one domain, its exchanges by preference."""
    hosts: tuple[HostDane, ...] = effects.dane.hosts if effects.dane is not None else ()
    judged = {(host.exchange, host.port): host for host in hosts}
    sets = facts.published.tlsa.values() if facts.published is not None else ()
    for tlsa in sets:
        for record in tlsa.records:
            host = judged.get((tlsa.exchange, tlsa.port))
            yield TlsaRow(domain=facts.target.domain, tlsa=tlsa, record=record, host=host)
