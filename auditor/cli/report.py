"""``auditor report``: judge a recorded run again with today's rules, and write its reports again."""

from typing import Annotated

import typer

from auditor.cli.flags import JsonFlag, QuietFlag
from auditor.cli.options import takes_settings
from auditor.config import Config

LEFT_TO_SCAN = tuple(set(Config.model_fields) - {"output", "format", "include", "exclude", "fail_on"})


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(report)


@takes_settings(leave_out=LEFT_TO_SCAN)
def report(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="Run folder, or its name; the latest if left out.")] = "",
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    *,
    config: Config,
) -> None:
    """Judge a recorded run again with today's rules and write its reports again; no network is used."""
    from auditor.api import judge_again
    from auditor.cli.ending import end
    from auditor.runs import find_run

    end(judge_again(find_run(config.output, run or None), config), config, as_json=as_json, quiet=quiet)
