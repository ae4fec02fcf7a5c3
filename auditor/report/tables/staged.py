"""Tables that are staged to make the others from, and are not written themselves."""

import json
from dataclasses import dataclass
from datetime import datetime

from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity, Verdict
from auditor.model.session import Outcome, Session
from auditor.report.cells import plain
from auditor.report.columns import Column, Kind, Table
from auditor.report.rollup import sessions_of, was_judged
from auditor.report.rows import DomainRow, EndpointRow

_OURS = "input_line"  # a column of ``domains``
READING_ORDER = ("verdict", "severity", "domain", "check", "subject")
"""How people want findings: what failed comes before what could not be judged."""


@dataclass(frozen=True, slots=True)
class Link:
    """A domain's mail may go to this endpoint."""

    endpoint: Endpoint


LINKS: Table[Link] = Table(
    name="links",
    meaning="A row per target and endpoint of its route.",
    columns=(
        Column(name="exchange", meaning="Exchange", value=lambda row: row.endpoint.exchange),
        Column(name="address", meaning="Address", value=lambda row: row.endpoint.address),
        Column(name="port", meaning="Port", kind=Kind.INTEGER, value=lambda row: row.endpoint.port),
    ),
)


def _failed(row: DomainRow, severity: Severity) -> int | None:
    if row.judged is None:
        return None
    return sum(one.verdict is Verdict.FAIL and one.severity is severity for one in row.judged.findings)


def _days_left(row: DomainRow) -> int | None:
    facts = row.facts
    if facts is None:
        return None
    leaves = [facts.leaf(session.tls) for session in sessions_of(facts) if session is not None]
    ends: list[datetime] = [one.not_after for one in leaves if one is not None and one.not_after is not None]
    return (min(ends) - facts.judged_at).days if ends else None


def _lowest_version(row: DomainRow) -> str | None:
    sessions = () if row.facts is None else sessions_of(row.facts)
    # ``SSLv3`` < ``TLSv1`` < ``TLSv1.1`` … as texts, too
    return min((one.tls.version for one in sessions if one is not None and one.tls is not None), default=None)


def _extra(row: DomainRow) -> str | None:
    """The list's own columns by heading; one that occurs twice, or in our tables, is told apart: ``input_note 2``."""
    values: dict[str, str] = {}
    for name, value in row.target.extra:
        heading = plain(f"input_{name}")
        same = sum(taken == heading or taken.startswith(f"{heading} ") for taken in (*values, _OURS))
        values[f"{heading} {same + 1}" if heading in (*values, _OURS) else heading] = plain(value)
    return json.dumps(values) if values else None


def _severity_column(severity: Severity) -> Column[DomainRow]:
    return Column(
        name=severity.value,
        meaning=f"Findings of severity {severity} that failed",
        kind=Kind.INTEGER,
        value=lambda row: _failed(row, severity),
    )


DETAILS: Table[DomainRow] = Table(
    name="details",
    meaning="A row per target: what the workbook shows beside the columns of domains.",
    columns=(
        *(_severity_column(severity) for severity in Severity),
        Column(
            name="cert_days_left",
            meaning="Days left of the certificate that ends first",
            kind=Kind.INTEGER,
            value=_days_left,
        ),
        Column(name="tls_lowest", meaning="The lowest TLS version agreed", value=_lowest_version),
        Column(
            name="checked_at",
            meaning="When its survey was begun",
            kind=Kind.TIME,
            value=lambda row: min((one.asked_at for one in row.answers if one.asked_at is not None), default=None),
        ),
        Column(name="extra", meaning="The list's own columns as JSON", value=_extra),
    ),
)


def _stage(row: DomainRow) -> str:
    facts = row.facts
    if facts is None:
        return "not looked up"
    if not facts.route.status.known:
        return "DNS failed"
    if facts.dns_only:
        return "DNS, as asked"
    return _stage_of_servers(list(sessions_of(facts)))


def _stage_of_servers(sessions: list[Session | None]) -> str:
    if not sessions:
        return "DNS: no server to contact"
    judged = sum(map(was_judged, sessions))
    if judged == len(sessions):
        return "all servers judged"
    if judged:
        return "some servers judged"
    return "no server judged" if any(sessions) else "DNS"


def _why_not(endpoint: Endpoint, session: Session | None) -> str:
    if session is None:
        return f"{endpoint}: not contacted"
    at = "" if session.outcome is Outcome.SKIPPED else f" at {session.stage}"
    words = f" ({session.error})" if session.error else ""
    return f"{endpoint}: {session.outcome}{at}{words}"


def _reasons(row: DomainRow) -> str:
    facts = row.facts
    if facts is None:
        return f"internal error: {row.fault}" if row.fault else "the run ended before its turn"
    route = facts.route
    reasons = [f"MX: {route.status}" + (f" ({route.error})" if route.error else "")] if not route.status.known else []
    for exchange in route.exchanges:
        reasons += [f"{exchange.exchange} {error}" for error in exchange.errors]
    reasons += route.left_out
    reasons += [
        _why_not(endpoint, session)
        for endpoint, session in zip(facts.promised, sessions_of(facts), strict=True)
        if not was_judged(session)
    ]
    return "\n".join(reasons)


def _attempts(row: DomainRow) -> int | None:
    sessions = () if row.facts is None else sessions_of(row.facts)
    return max((one.attempts for one in sessions if one is not None), default=None)


COVERAGE: Table[DomainRow] = Table(
    name="reached",
    meaning="A row per target: how far the run got with it, and what could not be judged. Unknown is not failed.",
    columns=(
        Column(name="domain", meaning="The target", value=lambda row: row.target.domain),
        Column(name="stage", meaning="How far the run got", value=_stage),
        Column(name="reasons", meaning="Why something was not judged", kind=Kind.LINES, value=_reasons),
        Column(name="attempts", meaning="Most attempts at one endpoint", kind=Kind.INTEGER, value=_attempts),
    ),
)

SPOKEN: Table[EndpointRow] = Table(
    name="spoken",
    meaning="Beside each row of endpoints: what the summary counts.",
    columns=(
        Column(
            name="judged",
            meaning="Whether it showed for certain if it speaks SMTP",
            kind=Kind.BOOLEAN,
            value=lambda row: was_judged(row.session),
        ),
    ),
)
