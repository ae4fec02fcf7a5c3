"""``jsonl/<table>.jsonl``: one JSON object a line; what is not known is ``null``, a list is an array."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditor.report.about import Report
from auditor.report.columns import Kind, Stored, Table
from auditor.report.files import whole_file
from auditor.report.frames import EXTRA_OF_DOMAIN, as_list, extra_names, extra_values
from auditor.report.staging import Staging, select
from auditor.report.tables import DOMAINS, TABLES


def write(report: Report) -> list[Path]:
    """Writes a file for each table."""
    return [_write_table(report, table) for table in TABLES]


def _write_table(report: Report, table: Table[Any]) -> Path:
    path = report.folder / "jsonl" / f"{table.name}.jsonl"
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for row in _objects(report.staging, table):
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return path


def _objects(staging: Staging, table: Table[Any]) -> Iterator[dict[str, object]]:
    extra = dict.fromkeys(extra_names(staging)) if table is DOMAINS else {}
    further = EXTRA_OF_DOMAIN if table is DOMAINS else "NULL"
    for *values, own in staging.rows(select(table, further=further)):
        row: dict[str, object] = {
            column.name: _json_value(column.kind, value) for column, value in zip(table.columns, values, strict=True)
        }
        yield row | extra | extra_values(own)


def _json_value(kind: Kind, value: Stored) -> object:
    if value is None:
        return None
    if kind is Kind.BOOLEAN:
        return bool(value)
    return as_list(value) if kind is Kind.LIST and isinstance(value, str) else value
