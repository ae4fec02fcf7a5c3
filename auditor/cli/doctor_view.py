"""How the vantage is shown: a line for each thing, and beneath it what to do."""

from collections.abc import Sequence

from rich.text import Text

from auditor.cli.console import coloured_out, safe
from auditor.model.vantage import VantageLine, VantageState

_STYLES = {VantageState.OK: "green", VantageState.WARN: "yellow", VantageState.FAIL: "bold red"}


def show(lines: Sequence[VantageLine]) -> None:
    """Print the lines, in columns."""
    width = max(len(one.what) for one in lines)
    for one in lines:
        line = Text(f"{one.state:<4}", style=_STYLES[one.state])
        coloured_out().print(line.append(f"  {one.what:<{width}}  {safe(one.words)}", style="default"))
        if one.advice:
            coloured_out().print(Text(f"{'':<{width + 8}}{one.advice}", style="dim"))
