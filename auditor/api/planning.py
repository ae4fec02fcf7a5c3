"""What a run would contact."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import trio

from auditor import report
from auditor.api.preparing import prepare, take_list
from auditor.config import Config
from auditor.engine.campaign import run_campaign
from auditor.engine.plan import Plan, make_plan
from auditor.engine.progress import ProgressSink
from auditor.journal import Journal


async def plan(
    sources: Iterable[str],
    config: Config,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
) -> Plan:
    """Survey the DNS of what ``sources`` name, and say who a scan would contact; nobody but the resolvers is asked.

    Raises:
        UsageError: a source or a setting is wrong.
    """
    config = config.model_copy(update={"nameservers": False})
    survey = config.model_copy(update={"dns_only": True})
    began_at = datetime.now(UTC)
    backend, blocklist = prepare(survey, began_at)
    with (
        TemporaryDirectory(prefix="auditor-plan-") as folder,
        Journal.create(Path(folder), survey, began_at) as journal,
    ):
        take_list(journal, sources, survey, blocklist)
        await run_campaign(journal, survey, backend, progress=progress, stop=stop)
        return make_plan(map(report.surveys_of(journal, config), journal.targets()), config)
