"""Columns of ``domains`` about the nameservers, where they were asked themselves."""

from collections.abc import Callable

from auditor.model.delegation import Delegation, DelegationVerdict
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import DomainRow
from auditor.report.tables.drawing import Draw, of_published


def _of_zone(value: Callable[[Delegation], Value]) -> Draw:
    return of_published(lambda one: None if one.delegation is None else value(one.delegation))


NAMESERVERS: tuple[Column[DomainRow], ...] = (
    Column(
        name="nameservers",
        meaning="The addresses of the zone's nameservers, those that only the parent names included, and how each "
        "answers for the zone: `ok`, `lame`, `refused`, `unreachable`, `skipped` or `unknown`; see `--nameservers`",
        kind=Kind.LIST,
        value=_of_zone(lambda zone: [words for server in zone.nameservers for words in server.words] or None),
    ),
    Column(
        name="delegation",
        meaning="Whether the parent delegates to the nameservers that the zone names, and all of them say the same of "
        "the domain's mail; empty where they were not asked",
        values=tuple(DelegationVerdict),
        value=_of_zone(lambda zone: zone.verdict),
    ),
)
"""In their order."""
