"""The command line: one file a command; the only room that prints."""

import sys
from typing import Annotated

import typer

from auditor.cli import demo, doctor, explain, merge, plan, probe, report, scan
from auditor.cli.console import out, take_any_text
from auditor.cli.failures import reported
from auditor.garbage import collect_seldom

app = typer.Typer(
    name="auditor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (scan, probe, demo, report, merge, explain, plan, doctor)
for command in COMMANDS:
    command.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from auditor.cli.versions import versions

        out(versions())
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show versions and exit.")
    ] = False,
) -> None:
    """Audit every mail domain you own at once: servers, TLS, SPF, DMARC, DKIM, MTA-STS, DANE, from list to workbook."""


def main() -> None:
    """Run the command line and end the process with its exit code (see the exit codes in docs/commands.md)."""
    collect_seldom()
    take_any_text()
    with reported():
        code = app(with_resume_value(sys.argv[1:]), standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)


def with_resume_value(arguments: list[str]) -> list[str]:
    """The arguments with ``latest`` after a ``--resume`` that stands alone: no option parser knows optional values."""
    following = [*arguments[1:], "-"]
    return [
        f"--resume={scan.LATEST}" if argument == "--resume" and after.startswith("-") else argument
        for argument, after in zip(arguments, following, strict=False)
    ]
