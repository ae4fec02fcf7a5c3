"""``endpoints``: a row per exchange, address and port."""

from auditor.model.endpoint import Service
from auditor.model.session import Blame, Outcome, Stage
from auditor.policy.rejection import blame_of
from auditor.report.columns import Column, Kind, Table
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_access import ACCESS
from auditor.report.tables.endpoint_active import ACTIVE
from auditor.report.tables.endpoint_cells import duration, of_session
from auditor.report.tables.endpoint_rejection import REJECTION
from auditor.report.tables.endpoint_smtp import SMTP
from auditor.report.tables.endpoint_tls import TLS
from auditor.report.tables.endpoint_trials import TRIALS

_WHERE: tuple[Column[EndpointRow], ...] = (
    Column(
        name="exchange",
        meaning="The host as the MX record names it; of a direct target, its host or address",
        value=lambda row: row.endpoint.exchange,
    ),
    Column(name="address", meaning="IPv4 or IPv6 address", value=lambda row: row.endpoint.address),
    Column(name="port", meaning="TCP port", kind=Kind.INTEGER, value=lambda row: row.endpoint.port),
    Column(
        name="service",
        meaning="What the port is for",
        values=tuple(Service),
        value=lambda row: row.endpoint.service,
    ),
)

_HOW_IT_WENT: tuple[Column[EndpointRow], ...] = (
    Column(
        name="outcome",
        meaning="How the conversation ended; empty where none was held",
        values=tuple(Outcome),
        value=of_session(lambda session: session.outcome),
    ),
    Column(
        name="stage",
        meaning="The furthest point it reached",
        values=tuple(Stage),
        value=of_session(lambda session: session.stage),
    ),
    Column(
        name="blame",
        meaning="On whose side a failure lies, as far as can be told; empty when fine",
        values=tuple(one for one in Blame if one),
        value=of_session(lambda session: blame_of(session) or None),
    ),
    Column(
        name="domains",
        meaning="How many of the list's domains share the endpoint",
        kind=Kind.INTEGER,
        value=lambda row: row.domains,
    ),
    Column(
        name="shared_from",
        meaning="The endpoint whose conversation this is; empty if its own",
        value=of_session(lambda session: None if session.shared_from is None else str(session.shared_from)),
    ),
)

_REST: tuple[Column[EndpointRow], ...] = (
    duration("connect_ms", "to connect", lambda timings: timings.connect_ms),
    duration("greeting_ms", "to the greeting", lambda timings: timings.greeting_ms),
    duration("ehlo_ms", "to the reply to EHLO", lambda timings: timings.ehlo_ms),
    duration("tls_ms", "of the TLS handshake", lambda timings: timings.tls_ms),
    duration("total_ms", "of the whole conversation", lambda timings: timings.total_ms),
    Column(
        name="attempts",
        meaning="How often it was tried",
        kind=Kind.INTEGER,
        value=of_session(lambda session: session.attempts),
    ),
    Column(
        name="deviations",
        meaning="Departures from the RFC that were tolerated",
        kind=Kind.LIST,
        value=of_session(lambda session: session.deviations),
    ),
    Column(name="error", meaning="What failed, in words", value=of_session(lambda session: session.error or None)),
)

ENDPOINTS: Table[EndpointRow] = Table(
    name="endpoints",
    meaning="A row per exchange, address and port that mail of a domain may go to. Where no conversation was held "
    "(the run ended before, or asked the DNS only), all that it would have shown is empty.",
    order=("exchange", "address", "port"),
    columns=(*_WHERE, *_HOW_IT_WENT, *SMTP, *TLS, *_REST, *ACCESS, *TRIALS, *REJECTION, *ACTIVE),
)
