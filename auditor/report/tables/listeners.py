"""``listeners``: a row per address and port where something listens."""

from auditor.model.certificate import CertTrust
from auditor.model.endpoint import Endpoint, Service
from auditor.model.session import Outcome, SmtpSession, Starttls
from auditor.policy.trust import certificate_trust
from auditor.protocol.text import greeting_host
from auditor.report.columns import Column, Kind, Table, Value
from auditor.report.rows import ListenerRow
from auditor.report.tables.ptr import PTR


def _service(row: ListenerRow) -> Value:
    return Endpoint("", row.address, row.port).service


def _greeting_host(row: ListenerRow) -> Value:
    greeting = row.session.greeting if isinstance(row.session, SmtpSession) else None
    return None if greeting is None else greeting_host(greeting) or None


LISTENERS: Table[ListenerRow] = Table(
    name="listeners",
    meaning="A row per address and port at which a connection was accepted, however it was found: by the MX records of "
    "a domain of the list, by name or address, or in a range. Those that no MX record of the list leads to come first.",
    order=("listed", "address", "port"),
    columns=(
        Column(
            name="listed",
            meaning="Whether the MX records of a domain of the list lead there",
            kind=Kind.BOOLEAN,
            value=lambda row: row.matched_by == "mx",
        ),
        Column(name="address", meaning="IPv4 or IPv6 address", value=lambda row: row.address),
        Column(name="port", meaning="TCP port", kind=Kind.INTEGER, value=lambda row: row.port),
        Column(name="service", meaning="What the port is for", values=tuple(Service), value=_service),
        Column(
            name="outcome",
            meaning="How the conversation ended",
            values=tuple(Outcome),
            value=lambda row: row.session.outcome,
        ),
        Column(
            name="domains",
            meaning="The list's domains that it takes mail for, or else those whose names it bears; of a large "
            "provider, the first of the list",
            kind=Kind.LIST,
            value=lambda row: row.domains,
        ),
        Column(
            name="matched_by",
            meaning="What tells that: MX records, its certificate's names, a name of its address (PTR) that leads "
            "back, or its greeting; empty where nothing does",
            values=("mx", "certificate", "ptr", "greeting"),
            value=lambda row: row.matched_by or None,
        ),
        Column(
            name="exchanges",
            meaning="The exchanges of the list's domains that lead there",
            kind=Kind.LIST,
            value=lambda row: row.exchanges,
        ),
        Column(
            name="entries",
            meaning="The list's entries that named the address, or a range that it is in",
            kind=Kind.LIST,
            value=lambda row: row.entries,
        ),
        *PTR,
        Column(
            name="greeting_host",
            meaning="The host name at the beginning of the greeting; empty if there is none",
            value=_greeting_host,
        ),
        Column(
            name="cert_names",
            meaning="The names in its certificate",
            kind=Kind.LIST,
            value=lambda row: None if row.certificate is None else row.certificate.names,
        ),
        Column(
            name="cert_trust",
            meaning="What OpenSSL makes of its chain",
            values=tuple(CertTrust),
            value=lambda row: certificate_trust(row.session.tls),
        ),
        Column(
            name="starttls",
            meaning="What became of STARTTLS",
            values=tuple(Starttls),
            value=lambda row: row.session.starttls,
        ),
    ),
)
