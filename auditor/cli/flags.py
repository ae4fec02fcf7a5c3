"""Options that several commands share and that are no settings of a run."""

from typing import Annotated

import typer

_PANEL = "What is shown"

JsonFlag = Annotated[
    bool, typer.Option("--json", help="Print one JSON summary on standard output.", rich_help_panel=_PANEL)
]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Show only errors.", rich_help_panel=_PANEL)]
VerboseFlag = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Show the log; twice for details.", rich_help_panel=_PANEL)
]
NoProgressFlag = Annotated[bool, typer.Option("--no-progress", help="Show no progress.", rich_help_panel=_PANEL)]
