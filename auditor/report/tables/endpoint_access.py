"""``endpoints``: what is allowed to those who log in."""

from auditor.model.session import Session
from auditor.policy.login import logins_in_clear
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_cells import of_session


def _in_clear(session: Session) -> Value:
    ways = logins_in_clear(session)
    return None if ways is None else bool(ways)


ACCESS: tuple[Column[EndpointRow], ...] = (
    Column(
        name="clear_text_login",
        meaning="Whether users may log in before TLS; empty where TLS comes first, or that was not seen",
        kind=Kind.BOOLEAN,
        value=of_session(_in_clear),
    ),
)
