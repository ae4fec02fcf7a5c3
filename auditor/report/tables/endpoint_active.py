"""Columns of ``endpoints`` about what servers did when they were asked for more (``--active``)."""

from collections.abc import Callable

from auditor.model.active import ActiveTest
from auditor.model.session import SmtpSession
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_cells import of_smtp


def _any(test: ActiveTest) -> Callable[[SmtpSession], Value]:
    """True where the server did it once, false where it never did; nothing where neither is known."""

    def value(session: SmtpSession) -> Value:
        said = [one.accepted for one in session.active if one.test is test]
        return True if True in said else False if said and None not in said else None

    return value


def _column(name: str, meaning: str, test: ActiveTest) -> Column[EndpointRow]:
    return Column(name=name, meaning=f"{meaning} (`--active`)", kind=Kind.BOOLEAN, value=of_smtp(_any(test)))


ACTIVE: tuple[Column[EndpointRow], ...] = (
    _column("relays", "Whether it accepts a recipient elsewhere from anybody", ActiveTest.RELAY),
    _column("postmaster", "Whether it takes mail for its postmaster", ActiveTest.POSTMASTER),
    _column("vrfy", "Whether VRFY tells which addresses exist", ActiveTest.VRFY),
    _column("expn", "Whether EXPN tells who is behind an address", ActiveTest.EXPN),
    _column("starttls_injection", "Whether a command in clear text is obeyed inside TLS", ActiveTest.INJECTION),
    _column("mail_in_clear", "Whether it takes mail before STARTTLS", ActiveTest.MAIL_IN_CLEAR),
)
