"""Staged tables as pandas frames, whole or in chunks.  pandas is imported on use: it takes its time."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from auditor.report.columns import Kind, Table
from auditor.report.staging import Staging, select
from auditor.report.tables import DOMAINS

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {Kind.INTEGER: "Int64", Kind.NUMBER: "Float64", Kind.BOOLEAN: "boolean"}
CHUNK_ROWS = 2_000

EXTRA_OF_DOMAIN = "(SELECT extra FROM details WHERE details.rowid = domains.rowid)"
"""Term of a query over ``domains``: the list's own columns of the row, for :func:`extra_values`."""


def chunks(staging: Staging, table: Table[Any], rows: int = CHUNK_ROWS) -> Iterator["pd.DataFrame"]:
    """Frames of the table's rows in their order; one frame at least, if without rows.

    Texts are plain and unknown values are NA; lists are joined with ``|``, times
    are texts in ISO 8601.  The list's own columns stand after those of ``domains``.
    """
    import pandas as pd  # noqa: PLC0415 - see the module's docstring

    extra = extra_names(staging) if table is DOMAINS else []
    dtypes = {column.name: _DTYPES.get(column.kind, "str") for column in table.columns}
    sql = select(table, further=f"{EXTRA_OF_DOMAIN} AS extra_") if extra else select(table)
    for frame in pd.read_sql_query(sql, staging.connection, chunksize=rows, dtype=dtypes):
        yield _spread(frame, extra) if extra else frame


def extra_names(staging: Staging) -> list[str]:
    """Headings ``input_<name>`` of the list's own columns, in order of first appearance."""
    names = staging.rows(
        "SELECT own.key FROM details, json_each(details.extra) AS own GROUP BY 1"
        " ORDER BY MIN(details.rowid), MIN(own.id)"
    )
    return [name for (name,) in names]


def extra_values(extra: str | None) -> dict[str, str]:
    """The list's own columns of one row, by heading."""
    values: dict[str, str] = json.loads(extra) if extra else {}
    return values


def _spread(frame: "pd.DataFrame", extra: list[str]) -> "pd.DataFrame":
    """The frame with its column ``extra_`` taken apart."""
    import pandas as pd  # noqa: PLC0415 - see the module's docstring

    texts = frame.pop("extra_")
    values = [extra_values(text) for text in texts.astype(object).where(texts.notna(), None)]
    columns = {name: pd.Series([one.get(name) for one in values], index=frame.index, dtype="str") for name in extra}
    return pd.concat([frame, pd.DataFrame(columns, index=frame.index)], axis="columns")


def whole(staging: Staging, table: Table[Any]) -> "pd.DataFrame":
    """The whole table for a program: times are UTC time stamps, lists are lists."""
    import pandas as pd  # noqa: PLC0415 - see the module's docstring

    frame = pd.concat(chunks(staging, table), ignore_index=True)
    for column in table.columns:
        if column.kind is Kind.TIME:
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True, format="ISO8601")
        elif column.kind is Kind.LIST:
            frame[column.name] = frame[column.name].astype(object).map(as_list, na_action="ignore")
    return frame


def as_list(joined: str) -> list[str]:
    """The items of a staged list."""
    return joined.split("|") if joined else []
