"""Writes ``docs/commands.md``: ``python -m auditor.cli.options_page``, from the repository's folder."""

from collections.abc import Iterator
from pathlib import Path

from auditor.cli import COMMANDS
from auditor.cli.options import METAVARS, SHORT, default_text
from auditor.config import Config
from auditor.settings import option_name

EXIT_CODES = (
    ("0", "done"),
    ("1", "done, and a finding at or above `--fail-on` stands"),
    (
        "2",
        "the request is wrong (an option, an unreadable list, no domain in it): nothing is written",
    ),
    (
        "3",
        "not finished (disk full, deadline, no way out on port 25): the message says how to go on",
    ),
    ("4", "a fault of ours: one line, and a log file with the details; in a run, reports of all else are written"),
    ("130, 143", "interrupted by SIGINT or SIGTERM: reports of what was observed are written"),
)


def page() -> str:
    """The commands, the settings and the exit codes in Markdown."""
    return "\n".join((*_commands(), *_settings(), *_exit_codes())) + "\n"


def _commands() -> Iterator[str]:
    yield from ("# Commands", "", "This page is generated: `make docs` writes it.", "")
    yield from ("| command | does |", "|---|---|")
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        command = getattr(module, name)
        yield f"| `auditor {name}` | {(command.__doc__ or '').strip().splitlines()[0]} |"
    yield from ("", "`auditor COMMAND --help` lists the options of each.")


def _settings() -> Iterator[str]:
    yield from ("", "# Settings", "")
    yield "Each is an option of the commands it makes sense for, an environment variable `AUDITOR_<NAME>`"
    yield "(lists separated by spaces there) and a key of `auditor.toml`, which is looked for from the folder upwards."
    yield "An option beats the environment, that beats the file, and that the default."
    yield "Durations are in seconds; options that take a list may be repeated."
    groups = dict.fromkeys(Config.group(name) for name in Config.model_fields)
    for group in groups:
        yield from ("", f"## {group}", "", "| option | key | meaning |", "|---|---|---|")
        for name, field in Config.model_fields.items():
            if Config.group(name) == group:
                yield f"| {_option(name)} | `{name}` | {field.description}{default_text(field)} |"


def _option(name: str) -> str:
    short = f"`{SHORT[name]}`, " if name in SHORT else ""
    value = f" {METAVARS[name]}" if name in METAVARS else ""
    return f"{short}`--{option_name(name)}{value}`"


def _exit_codes() -> Iterator[str]:
    yield from ("", "# Exit codes", "", "| code | means |", "|---|---|")
    for code, meaning in EXIT_CODES:
        yield f"| {code} | {meaning} |"


if __name__ == "__main__":
    Path("docs/commands.md").write_text(page(), encoding="utf-8")
