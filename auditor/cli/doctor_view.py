"""How the vantage is shown: a line for each thing, and beneath it what to do."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from auditor.cli.console import coloured_out, safe
from auditor.model.vantage import VantageLine, VantageState

_STYLES = {VantageState.OK: "green", VantageState.WARN: "yellow", VantageState.FAIL: "bold red"}


def show(lines: Sequence[VantageLine]) -> None:
    """Print the lines in columns; on a terminal, what is long goes on in its column."""
    console = coloured_out()
    if not console.is_terminal:
        for line in _plain(lines):
            console.print(line)
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    for one in lines:
        words = Text(safe(one.words))
        advice = Text(f"\n{safe(one.advice)}", style="dim") if one.advice else Text()
        grid.add_row(Text(str(one.state), style=_STYLES[one.state]), Text(safe(one.what)), words + advice)
    console.print(grid, soft_wrap=False)


def _plain(lines: Sequence[VantageLine]) -> Iterator[str]:
    width = max(len(safe(one.what)) for one in lines)
    for one in lines:
        yield f"{one.state:<4}  {safe(one.what):<{width}}  {safe(one.words)}"
        if one.advice:
            yield f"{'':<{width + 8}}{safe(one.advice)}"
