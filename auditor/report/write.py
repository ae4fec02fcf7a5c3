"""From a recorded run to all its report files."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from auditor.errors import NotFinishedError
from auditor.report.about import About, Report
from auditor.report.manifest import write_manifest
from auditor.report.rejected import write_rejected
from auditor.report.sources import RecordedRun
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging
from auditor.report.target_rows import TargetRows
from auditor.report.writers import FORMATS, chosen_formats


def write_run(
    run: RecordedRun, about: Callable[[], About], judged: Iterable[TargetRows], folder: Path, formats: Iterable[str]
) -> list[Path]:
    """Has the run judged and writes its files into ``folder``: each format's, ``rejected.csv`` and ``run.json``.

    What is said ``about`` the run is asked for when all is judged, for it may go on until then.

    Raises:
        UsageError: for a name that is no format; nothing is written then.
        NotFinishedError: the file system refuses; files that stood there stay whole.
    """
    chosen = chosen_formats(formats)
    try:
        with Staging(folder, STAGED) as staging:
            stage(run, judged, staging)
            report = Report(staging, about(), folder)
            written = [path for name in chosen for path in FORMATS[name](report)]
            written.append(write_rejected(folder, run.rejects()))
            return [*written, write_manifest(report, written)]
    except (OSError, sqlite3.OperationalError) as error:
        raise NotFinishedError(
            f"cannot write reports in {folder}: {error}; the journal keeps all that was observed"
        ) from error
