"""From a journal to tables, and from tables to files; opens no socket.

Imports late what takes its time: others take only a small part of this room.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from auditor.checks import Selection

__all__ = ["read_frames", "write_reports"]


def write_reports(folder: Path, formats: Iterable[str], selection: "Selection | None" = None) -> list[Path]:
    """See :func:`auditor.report.recorded.write_reports`."""
    from auditor.report import recorded  # noqa: PLC0415 - see above

    return recorded.write_reports(folder, formats, selection)


def read_frames(folder: Path, selection: "Selection | None" = None) -> dict[str, "pd.DataFrame"]:
    """See :func:`auditor.report.recorded.read_frames`."""
    from auditor.report import recorded  # noqa: PLC0415 - see above

    return recorded.read_frames(folder, selection)
