"""``spf``: a row per record in the tree of a domain's SPF."""

from collections.abc import Iterator

from auditor.model.spf import SpfNode, SpfResult
from auditor.report.columns import Column, Kind, Table
from auditor.report.rows import SpfRow

SPF: Table[SpfRow] = Table(
    name="spf",
    meaning="A row per record in the tree of includes and redirects of a domain's SPF (RFC 7208), the domain's own "
    "first and each record before what it refers to. A record that two terms refer to stands there twice, "
    "for its lookups count twice.",
    columns=(
        Column(name="domain", meaning="The domain whose SPF it is", value=lambda row: row.domain),
        Column(
            name="position",
            meaning="Place in the domain's tree, from 1",
            kind=Kind.INTEGER,
            value=lambda row: row.position,
        ),
        Column(
            name="parent",
            meaning="`position` of the record that refers to it; empty for the domain's own",
            kind=Kind.INTEGER,
            value=lambda row: row.parent,
        ),
        Column(
            name="depth",
            meaning="How many terms lead to it, 0 for the domain's own",
            kind=Kind.INTEGER,
            value=lambda row: row.depth,
        ),
        Column(
            name="via",
            meaning="The term that leads to it, such as `include:_spf.example.net`",
            value=lambda row: row.node.via or None,
        ),
        Column(name="record_domain", meaning="The name asked for the record", value=lambda row: row.node.domain),
        Column(name="record", meaning="The record", value=lambda row: row.node.record or None),
        Column(
            name="result",
            meaning="Where there is no record to go on with, what checking it comes to (RFC 7208 §2.6)",
            values=(SpfResult.NONE, SpfResult.PERMERROR, SpfResult.TEMPERROR),
            value=lambda row: row.node.result,
        ),
        Column(
            name="lookups",
            meaning="Terms that cost a lookup, in this record and all below it (RFC 7208 §4.6.4)",
            kind=Kind.INTEGER,
            value=lambda row: row.node.lookups,
        ),
        Column(
            name="reached_at",
            meaning="Lookups spent when the check of a sender that matches nothing comes to this record",
            kind=Kind.INTEGER,
            value=lambda row: row.node.reached_at,
        ),
        Column(
            name="void_lookups_ipv4",
            meaning="Terms whose lookups find nothing, in it and below, for a sender with an IPv4 address",
            kind=Kind.INTEGER,
            value=lambda row: row.node.voids_ipv4,
        ),
        Column(
            name="void_lookups_ipv6",
            meaning="The same for a sender with an IPv6 address",
            kind=Kind.INTEGER,
            value=lambda row: row.node.voids_ipv6,
        ),
        Column(
            name="errors",
            meaning="What is wrong with this record, with the position of the term",
            kind=Kind.LIST,
            value=lambda row: row.node.errors,
        ),
        Column(
            name="unresolved",
            meaning="Terms whose macros depend on the sender, so that what is behind them is not counted",
            kind=Kind.LIST,
            value=lambda row: row.node.unresolved,
        ),
    ),
)


def spf_rows(domain: str, root: SpfNode) -> Iterator[SpfRow]:
    """The rows of one domain's tree, each record before what it refers to."""
    waiting: list[tuple[SpfNode, int | None, int]] = [(root, None, 0)]
    position = 0
    while waiting:
        node, parent, depth = waiting.pop()
        position += 1
        yield SpfRow(domain=domain, node=node, position=position, parent=parent, depth=depth)
        waiting += [(child, position, depth + 1) for child in reversed(node.children)]
