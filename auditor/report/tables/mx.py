"""``mx``: a row per domain and MX record."""

from auditor.model.dane import DaneStatus
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.route import Exchange, ExchangeStatus
from auditor.policy.dane import add_up
from auditor.policy.sts_effect import ExchangeEffect
from auditor.report.columns import Column, Kind, Table
from auditor.report.effects import Effects
from auditor.report.rows import MxRow


def mx_row(facts: DomainFacts, effects: Effects, exchange: Exchange) -> MxRow:
    """The row of one exchange of a domain."""
    sets = facts.published.tlsa.values() if facts.published is not None else ()
    tlsa = tuple(one for one in sets if one.exchange == exchange.exchange)
    return MxRow(domain=facts.target.domain, exchange=exchange, effects=effects, tlsa=tlsa)


def _mta_sts(row: MxRow) -> ExchangeEffect | None:
    effect = row.effects.sts if row.effects is not None else None
    return dict(effect.by_exchange).get(row.exchange.exchange) if effect is not None else None


def _dane(row: MxRow) -> DaneStatus | None:
    dane = row.effects.dane if row.effects is not None else None
    statuses = [host.status for host in dane.hosts if host.exchange == row.exchange.exchange] if dane else []
    return add_up(statuses) if statuses else None


def _tlsa(row: MxRow) -> list[str] | None:
    if not row.tlsa or any(one.unknown for one in row.tlsa):
        return None
    shown = (f"{r.usage} {r.selector} {r.matching} {r.data}" for one in row.tlsa for r in one.records)
    return list(dict.fromkeys(shown))


def _tlsa_dnssec(row: MxRow) -> Dnssec | None:
    """The same at every port, for they stand in one zone; the first stands for all."""
    return row.tlsa[0].dnssec if row.tlsa else None


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
        Column(
            name="mta_sts",
            meaning="What a sender that enforces the domain's MTA-STS policy does with this exchange, also where its "
            "mode is `testing`: `not-listed` and `rejected` get no mail (RFC 8461 §4); empty without a policy",
            values=tuple(ExchangeEffect),
            value=_mta_sts,
        ),
        Column(
            name="dane",
            meaning="How the exchange fares by its TLSA records, all its addresses together (RFC 7672)",
            values=tuple(one for one in DaneStatus if one is not DaneStatus.NOT_APPLICABLE),
            value=_dane,
        ),
        Column(
            name="tlsa",
            meaning="Its TLSA records; an empty list where it has none",
            kind=Kind.LIST,
            value=_tlsa,
        ),
        Column(
            name="tlsa_dnssec",
            meaning="DNSSEC status of the TLSA answer",
            values=tuple(Dnssec),
            value=_tlsa_dnssec,
        ),
    ),
)
