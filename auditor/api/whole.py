"""Whole runs, from sources to reports."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trio

from auditor import report
from auditor.api.errors_log import errors_kept
from auditor.api.observing import describe, observe_list
from auditor.api.preparing import prepare, take_list
from auditor.checks import Selection
from auditor.config import Config
from auditor.cores import processes_for
from auditor.engine.backends.in_process import InProcess
from auditor.engine.progress import ProgressSink
from auditor.engine.stop import StopReason
from auditor.journal import Journal
from auditor.runs import new_run_folder, point_latest, undone_if_wrong
from auditor.targets.blocklist import Blocklist

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run and its reports."""

    folder: Path
    stop: StopReason = StopReason.DONE
    """Why observing ended."""
    note: str = ""
    """What the user should know of the vantage, and of reports that were left out; mostly nothing."""
    selection: Selection = field(default_factory=Selection)
    faults: int = 0
    """Targets, endpoints and policies whose row says that we failed, not they; what happened is in ``errors.log``."""

    def manifest(self) -> dict[str, Any]:
        """What ``run.json`` says: versions, settings, counts, durations, files."""
        manifest: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return manifest

    def tables(self) -> "dict[str, pd.DataFrame]":
        """The tables by name, such as ``domains``, judged by today's rules; see docs/columns.md."""
        return report.read_tables(self.folder, self.selection)


async def scan(
    sources: Iterable[str],
    config: Config | None = None,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
) -> Run:
    """Audit what ``sources`` name (list files, ``-``, domain names, direct targets) into a new run folder.

    Setting ``stop`` ends it within seconds, with reports of what was observed.

    Raises:
        UsageError: a source or a setting is wrong; nothing is left behind.
        NotFinishedError: the disk is full; what was observed is kept.
    """
    config = config or Config()
    started_at = datetime.now(UTC)
    backend, blocklist = prepare(config, started_at)
    folder = new_run_folder(config.output, config.name, started_at)
    with undone_if_wrong(folder), Journal.create(folder, config, started_at) as journal:
        take_list(journal, sources, config, blocklist)
        describe(journal, backend)
    with Journal.resume(folder) as journal:
        return await _observe_and_report(journal, config, backend, blocklist, progress, stop)


OF_EACH_PART = ("deadline", "workers", "cluster", "insecure_cluster")
"""Settings that a run which goes on is given anew: until when, and who does the work."""


async def resume(
    folder: Path,
    anew: Config | None = None,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
) -> Run:
    """Go on with a run that stopped, under its own settings; nothing settled is asked again.

    Of ``anew``, the settings in :data:`OF_EACH_PART` alone count.

    Raises:
        UsageError: there is no such run, or another process is at it.
        NotFinishedError: the disk is full; what was observed is kept.
    """
    with Journal.resume(folder) as journal:
        given = anew or Config()
        config = journal.config.model_copy(update={name: getattr(given, name) for name in OF_EACH_PART})
        backend, blocklist = prepare(config, journal.started_at)
        return await _observe_and_report(journal, config, backend, blocklist, progress, stop)


def run(sources: Iterable[str], config: Config | None = None) -> Run:
    """:func:`scan` for a program that has no trio loop."""
    return trio.run(scan, sources, config)


def judge_again(folder: Path, config: Config) -> Run:
    """Judge a recorded run by today's rules and write its reports again; opens no socket.

    Raises:
        UsageError: there is no journal, or a format or check that does not exist is asked for.
    """
    selection = Selection(config.include, config.exclude)
    report.write_reports(folder, config.format, selection)
    return Run(folder, note=report.left_out(folder, config.format), selection=selection)


async def _observe_and_report(
    journal: Journal,
    config: Config,
    here: InProcess,
    blocklist: Blocklist,
    progress: ProgressSink | None,
    stop: trio.Event | None,
) -> Run:
    is_new = journal.meta("state") is None
    journal.set_meta("state", "running")
    journal.flush()
    selection = Selection(config.include, config.exclude)
    wanted = (journal.folder, config.format, selection)
    several = processes_for(config.workers, journal.target_count) > 1
    with ExitStack() as begun, errors_kept(journal.folder):
        # When a run goes on, what failed before is asked again, so that nothing is settled for good before its end.
        finish = begun.enter_context(report.reports_begun(*wanted)) if several and is_new else None
        reason = await observe_list(journal, config, here, blocklist, progress, stop)
        _note_the_end(journal, reason)
        if reason is StopReason.VANTAGE:  # what was settled is not any more
            begun.close()
            finish = None
        write = report.write_reports_apart if several else report.write_reports
        await trio.to_thread.run_sync(finish or partial(write, *wanted))
    point_latest(journal.folder)
    notes = (journal.notes(), report.left_out(journal.folder, config.format))
    return Run(journal.folder, reason, "; ".join(filter(None, notes)), selection, journal.fault_count)


def _note_the_end(journal: Journal, reason: StopReason) -> None:
    journal.set_meta("state", "finished" if reason is StopReason.DONE else str(reason))
    journal.set_meta("finished_at", datetime.now(UTC).isoformat())
    journal.flush()
