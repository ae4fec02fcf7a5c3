"""The columns about what an address is called, of every table whose rows are about one."""

from typing import Any

from auditor.report.columns import Column, Kind

PTR: tuple[Column[Any], ...] = (
    Column(
        name="ptr",
        meaning="The names of the address (PTR)",
        kind=Kind.LIST,
        value=lambda row: None if row.reverse is None else row.reverse.names,
    ),
    Column(
        name="ptr_confirmed",
        meaning="Whether one of them has the address",
        kind=Kind.BOOLEAN,
        value=lambda row: None if row.reverse is None else row.reverse.is_confirmed,
    ),
)
"""Of rows that have ``reverse``, the names of their address or nothing."""
