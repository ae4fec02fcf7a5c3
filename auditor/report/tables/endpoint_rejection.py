"""``endpoints``: what a refusal says."""

from collections.abc import Callable

from auditor.model.rejection import Reason, Rejection
from auditor.policy.rejection import understand
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_cells import of_session


def _of(value: Callable[[Rejection], Value]) -> Callable[[EndpointRow], Value]:
    """A cell of a refusal; empty where there was none."""
    return of_session(lambda session: None if (found := understand(session)) is None else value(found))


REJECTION: tuple[Column[EndpointRow], ...] = (
    Column(
        name="reply_code",
        meaning="Reply code by which the conversation was refused",
        kind=Kind.INTEGER,
        value=_of(lambda one: one.code),
    ),
    Column(
        name="enhanced_code", meaning="Its enhanced status code (RFC 3463)", value=_of(lambda one: one.enhanced or None)
    ),
    Column(
        name="reason",
        meaning="What the refusal is likely to be about, by its codes and text",
        values=tuple(Reason),
        value=_of(lambda one: one.reason),
    ),
    Column(
        name="reason_confidence",
        meaning="How far that can be relied on, 0 to 1; empty where there is no reason",
        kind=Kind.NUMBER,
        value=_of(lambda one: one.confidence or None),
    ),
)
