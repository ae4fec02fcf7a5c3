"""Reports of a run folder: the journal in it, judged by the checks of today."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.checks import CATALOGUE, RULES_VERSION, Judge, Selection
from auditor.journal import Journal
from auditor.model.route import MailRoute
from auditor.model.target import Target
from auditor.policy.drive import replay
from auditor.policy.route import mail_route
from auditor.report.about import About, CheckLine
from auditor.report.frames import whole
from auditor.report.sources import RouteOf
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging
from auditor.report.tables import TABLES
from auditor.report.write import write_run
from auditor.report.writers import chosen_formats

if TYPE_CHECKING:
    import pandas as pd

_KEPT_ANSWERS = 20_000  # of hosts that many domains share


def write_reports(folder: Path, formats: Iterable[str], selection: Selection | None = None) -> list[Path]:
    """Writes all reports of the run in ``folder``; the paths written, ``run.json`` last.

    ``selection`` says which checks judge; left out, those chosen when the run began.

    Raises:
        UsageError: no run stands there, or there is no such format or check; nothing is written then.
        NotFinishedError: the file system refuses; files that stood there stay whole.
    """
    chosen = chosen_formats(formats)
    with Journal.read(folder) as journal:
        judge = _judge(journal, selection)
        return write_run(journal, _about(journal), (_recorded_routes(journal), judge.judge), folder, chosen)


def read_frames(folder: Path, selection: Selection | None = None) -> dict[str, "pd.DataFrame"]:
    """Every table of the run in ``folder`` as a pandas frame, by its name.

    Raises:
        UsageError: no run stands there, or the selection names no check.
    """
    with Journal.read(folder) as journal, Staging(folder, STAGED) as staging:
        stage(journal, _recorded_routes(journal), _judge(journal, selection).judge, staging)
        return {table.name: whole(staging, table) for table in TABLES}


def _judge(journal: Journal, selection: Selection | None) -> Judge:
    config = journal.config
    return Judge(selection or Selection(include=config.include, exclude=config.exclude))


def _recorded_routes(journal: Journal) -> RouteOf:
    policy = journal.config.route_policy()
    answer_of = lru_cache(maxsize=_KEPT_ANSWERS)(journal.answer)

    def route_of(target: Target) -> MailRoute | None:
        return replay(mail_route(target, policy), answer_of)

    return route_of


def _about(journal: Journal) -> About:
    """What the journal keeps of the run; a scan puts down ``finished_at``, ``state``, ``resolver`` and ``vantage``."""
    config = journal.config
    finished_at = journal.meta("finished_at")
    note = journal.meta("vantage_note")
    return About(
        name=journal.folder.resolve().name,
        started_at=journal.started_at,
        finished_at=datetime.fromisoformat(finished_at) if finished_at else None,
        state=journal.meta("state") or _state(journal.counts()),
        tool_version=journal.meta("tool_version", __version__),
        rules_version=RULES_VERSION,
        resolver=tuple(journal.meta("resolver", config.resolver)),
        vantage={**journal.meta("vantage", {}), **({"note": note} if note else {})},
        options=config.model_dump(mode="json"),
        options_set=config.model_dump(mode="json", exclude_defaults=True),
        checks=tuple(
            CheckLine(check=one.id, name=one.name, severity=one.severity, title=one.title, reference=one.reference)
            for one in CATALOGUE
        ),
    )


def _state(counts: dict[str, int]) -> str:
    return "done" if counts["targets_done"] == counts["targets"] else "not finished"
