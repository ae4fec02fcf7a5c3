"""``csv/<table>.csv``: RFC 4180, UTF-8, one line a row, safe to open in a spreadsheet."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from auditor.report.about import Report
from auditor.report.cells import csv_text
from auditor.report.columns import Kind, Table
from auditor.report.files import whole_file
from auditor.report.frames import chunks
from auditor.report.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd


def write(report: Report) -> list[Path]:
    """Writes a file for each table."""
    return [_write_table(report, table) for table in TABLES]


def _write_table(report: Report, table: Table[Any]) -> Path:
    path = report.folder / "csv" / f"{table.name}.csv"
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        _write_frames(chunks(report.staging, table), table, file)
    return path


def _write_frames(frames: Iterable["pd.DataFrame"], table: Table[Any], file: TextIO) -> None:
    for number, frame in enumerate(frames):
        safe = frame.rename(columns=csv_text).assign(**_safe_columns(frame, table))
        safe.to_csv(file, index=False, header=number == 0, lineterminator="\n")


def _safe_columns(frame: "pd.DataFrame", table: Table[Any]) -> dict[str, "pd.Series[Any]"]:
    kinds = {column.name: column.kind for column in table.columns}
    safe = {}
    for name in frame.columns:
        kind = kinds.get(name, Kind.TEXT)
        if kind is Kind.BOOLEAN:
            safe[csv_text(name)] = frame[name].map({True: "true", False: "false"}, na_action="ignore")
        elif kind.textual and frame[name].notna().any():
            safe[csv_text(name)] = frame[name].map(csv_text, na_action="ignore")
    return safe
