"""The reports of a run of literal records, and what was staged for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from auditor.report.about import About, Report
from auditor.report.columns import Stored
from auditor.report.manifest import write_manifest
from auditor.report.rejected import write_rejected
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging, select
from auditor.report.tables import TABLES
from auditor.report.target_rows import judged_here
from auditor.report.writers import FORMATS
from tests.report.literal import FakeRun

Rows = dict[str, list[tuple[Stored, ...]]]


@dataclass(frozen=True)
class Written:
    """The reports of a run, and what was staged for them."""

    folder: Path
    staged: Rows

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()


def write_reports(run: FakeRun, about: About, folder: Path, formats: Iterable[str] = FORMATS) -> Written:
    folder.mkdir()
    with Staging(folder, STAGED) as staging:
        stage(run, judged_here(run, run.survey_of, run.judge), staging)
        report = Report(staging, about, folder)
        files = [path for name in formats for path in FORMATS[name](report)]
        write_manifest(report, [*files, write_rejected(folder, run.rejects())])
        return Written(folder, {table.name: list(staging.rows(select(table))) for table in TABLES})
