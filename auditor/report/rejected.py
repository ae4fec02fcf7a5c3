"""``rejected.csv``: the input lines that were not taken, and why."""

import csv
from collections.abc import Iterable
from pathlib import Path

from auditor.model.target import Reject
from auditor.report.cells import csv_text
from auditor.report.files import whole_file

HEADINGS = ("source", "line", "text", "reason")


def write_rejected(folder: Path, rejects: Iterable[Reject]) -> Path:
    """Writes the file, with its header alone if every line was taken."""
    path = folder / "rejected.csv"
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(HEADINGS)
        for one in rejects:
            lines.writerow((csv_text(one.source), one.line, csv_text(one.text), csv_text(one.reason)))
    return path
