"""``auditor plan``: who would be contacted, before anybody is."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from auditor.cli.flags import JsonFlag, NoProgressFlag
from auditor.cli.options import takes_settings
from auditor.config import Config
from auditor.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(plan)


@takes_settings(leave_out=("output", "name", "format", "include", "exclude", "fail_on", "dns_only"))
def plan(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="List file, - for standard input, or domain name.")
    ] = None,
    as_json: JsonFlag = False,
    no_progress: NoProgressFlag = False,
    *,
    config: Config,
) -> None:
    """Survey the DNS of the given lists, and say which hosts a scan would contact, and how often."""
    from auditor import api
    from auditor.cli.console import out
    from auditor.cli.plan_view import lines
    from auditor.cli.progress_view import shown
    from auditor.cli.running import in_foreground

    if not sources:
        raise UsageError("name what would be audited: a list file, - or a domain")
    with shown(quiet=no_progress) as progress:
        made, signal_code = in_foreground(lambda stop: api.plan(sources, config, progress=progress, stop=stop))
    if as_json:
        out(json.dumps(asdict(made), indent=2))
    else:
        for line in lines(made):
            out(line)
    if signal_code:
        raise typer.Exit(signal_code)
