"""``auditor merge``: one run out of several, such as the shards of a list."""

from typing import Annotated

import typer

from auditor.cli.flags import JsonFlag, QuietFlag
from auditor.cli.options import takes_settings
from auditor.config import Config, ReportSettings

LEFT_TO_SCAN = tuple(set(Config.model_fields) - set(ReportSettings.model_fields))


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(merge)


@takes_settings(leave_out=LEFT_TO_SCAN)
def merge(
    runs: Annotated[list[str], typer.Argument(metavar="RUN", help="Run folders, or their names.")],
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    *,
    config: Config,
) -> None:
    """Make one run out of several (shards of a list), and write its reports; no network is used."""
    from auditor.api import merge as merge_runs
    from auditor.cli.ending import end
    from auditor.runs import find_run

    folders = [find_run(config.output, run) for run in runs]
    end(merge_runs(folders, config), config, as_json=as_json, quiet=quiet)
