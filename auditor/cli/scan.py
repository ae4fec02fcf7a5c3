"""``auditor scan``: the main job."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.flags import JsonFlag, NoProgressFlag, QuietFlag, VerboseFlag
from auditor.cli.options import takes_settings
from auditor.config import Config
from auditor.errors import UsageError

LATEST = "latest"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(scan)


@takes_settings()
def scan(  # noqa: PLR0913 - options of a command
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="List file, - for standard input, or domain name.")
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="[RUN]", help="Go on with a run that stopped; the latest if RUN is left out."),
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    verbose: VerboseFlag = 0,
    no_progress: NoProgressFlag = False,
    *,
    config: Config,
) -> None:
    """Audit every domain of the given lists, and write a run folder with its reports."""
    from auditor import api
    from auditor.cli.console import say
    from auditor.cli.ending import end
    from auditor.cli.logs import log_to_stderr
    from auditor.cli.progress_view import shown
    from auditor.cli.running import in_foreground
    from auditor.model.active import MOST_ACTIVE_SESSIONS

    log_to_stderr(verbose)
    if bool(sources) == bool(resume):
        raise UsageError("name what to audit (a list file, - or a domain), or a run to --resume, one of the two")
    if config.active and not quiet:
        say(f"testing actively: up to {MOST_ACTIVE_SESSIONS} more sessions with each server, which may notice it")
    with shown(quiet=quiet or no_progress) as progress:
        if resume:
            folder = _run_to_resume(config, resume)
            done, signal_code = in_foreground(lambda stop: api.resume(folder, config, progress=progress, stop=stop))
        else:
            done, signal_code = in_foreground(
                lambda stop: api.scan(sources or [], config, progress=progress, stop=stop)
            )
    end(done, config, as_json=as_json, quiet=quiet, signal_code=signal_code)


def _run_to_resume(config: Config, run: str) -> Path:
    from auditor.runs import find_run

    return find_run(config.output, None if run == LATEST else run)
