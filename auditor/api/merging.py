"""One run out of several."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from auditor.api.whole import Run
from auditor.checks import CATALOGUE, Selection
from auditor.config import Config
from auditor.engine.stop import StopReason
from auditor.errors import UsageError
from auditor.journal.merged_meta import merged_meta
from auditor.journal.merged_settings import merged_settings
from auditor.journal.merging import MergedJournal
from auditor.journal.part import FINISHED, Part, distinct_names
from auditor.report import left_out, write_reports
from auditor.report.writers import chosen_formats
from auditor.runs import new_run_folder, point_latest, undone_if


def merge(folders: Sequence[Path], config: Config) -> Run:
    """Make one new run out of recorded ones, such as the shards of a list, and write its reports; opens no socket.

    Raises:
        UsageError: there is no such run, or they do not go together; nothing is left behind.
        NotFinishedError: the disk is full; the recorded runs stand as they were.
    """
    chosen_formats(config.format)
    selection = Selection(config.include, config.exclude)
    selection.of(CATALOGUE)
    if len(folders) < 2:
        raise UsageError("name the runs to merge, two or more")
    with ExitStack() as opened:
        named = zip(folders, distinct_names(folders), strict=True)
        parts = [opened.enter_context(Part.open(folder, name)) for folder, name in named]
        folder = _merged(parts, config)
        note = _open_ends(parts)
    write_reports(folder, config.format, selection)
    point_latest(folder)
    with Part.open(folder) as merged:
        stop = StopReason.DONE if merged.state == FINISHED else StopReason.INTERRUPTED
        return Run(
            folder, stop, "; ".join(filter(None, (merged.notes(), note, left_out(folder, config.format)))), selection
        )


def _merged(parts: Sequence[Part], config: Config) -> Path:
    """The folder of the new run, with its journal."""
    meta, settings = merged_meta(parts), merged_settings(parts, config)
    started_at = min(part.started_at for part in parts)
    folder = new_run_folder(config.output, config.name, datetime.now(UTC))
    with undone_if(BaseException, folder), MergedJournal.create(folder, settings, started_at) as journal:
        state = meta.pop("state")
        for key, value in meta.items():
            if value is not None:
                journal.set_meta(key, value)
        journal.take(parts)
        journal.set_meta("state", state)
    return folder


def _open_ends(parts: Sequence[Part]) -> str:
    """Which of the runs did not come to their end, in words."""
    unfinished = [(part, part.counts()) for part in parts if part.state != FINISHED]
    return "; ".join(
        f"{part.name} is not finished ({part.state}): {count['targets_done']:,} of {count['targets']:,} targets done"
        for part, count in unfinished
    )
