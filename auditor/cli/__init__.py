"""The command line: one file a command; the only room that prints."""

import sys

import typer

from auditor.cli import demo, explain, plan, probe, report, scan
from auditor.cli.failures import reported

app = typer.Typer(
    name="auditor",
    help="Audit every mail domain you own at once: MX, SMTP, STARTTLS and certificates, from a list to a workbook.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (scan, probe, demo, report, explain, plan):
    module.register(app)


def main() -> None:
    """Run the command line and end the process with its exit code (see the exit codes in docs/commands.md)."""
    with reported():
        app(with_resume_value(sys.argv[1:]))


def with_resume_value(arguments: list[str]) -> list[str]:
    """The arguments with ``latest`` after a ``--resume`` that stands alone: no option parser knows optional values."""
    following = [*arguments[1:], "-"]
    return [
        f"--resume={scan.LATEST}" if argument == "--resume" and after.startswith("-") else argument
        for argument, after in zip(arguments, following, strict=True)
    ]
