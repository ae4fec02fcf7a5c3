"""``auditor demo``: the whole job over an embedded lab."""

import typer

from auditor.cli.flags import JsonFlag, NoProgressFlag, QuietFlag
from auditor.cli.options import takes_settings
from auditor.config import Config

SERVERS = 300  # of the lab, each with a file of its own beside those of its conversations
OF_THE_LAB = tuple(set(Config.model_fields) - {"output", "name", "format", "include", "exclude", "fail_on"})


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(demo)


@takes_settings(leave_out=OF_THE_LAB)
def demo(
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    no_progress: NoProgressFlag = False,
    *,
    config: Config,
) -> None:
    """Audit an embedded lab of mail domains: the same code and reports as scan, without any network."""
    import tempfile
    from pathlib import Path

    import trio

    from auditor import api
    from auditor.cli.console import say
    from auditor.cli.ending import end
    from auditor.cli.progress_view import shown
    from auditor.cli.running import in_foreground
    from auditor.engine.descriptors import conversations_within_limits
    from auditor.errors import UsageError
    from auditor.lab import open_lab

    if conversations_within_limits(SERVERS) < SERVERS:
        raise UsageError("the lab and its audit need some 700 open files, and fewer are allowed here: ulimit -n 1024")

    with tempfile.TemporaryDirectory(prefix="auditor-lab-") as folder, shown(quiet=quiet or no_progress) as progress:

        async def scan_the_lab(stop: trio.Event) -> api.Run:
            async with open_lab(Path(folder)) as lab:
                if not quiet:
                    say(f"a lab of mail domains is up on loopback; scanning {lab.domains.name}")
                return await api.scan([str(lab.domains)], lab.config(config), progress=progress, stop=stop)

        done, signal_code = in_foreground(scan_the_lab)
    end(done, config, as_json=as_json, quiet=quiet, signal_code=signal_code)
