"""Lines in a frame with a title."""

from collections.abc import Iterable, Iterator
from io import StringIO

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from auditor.cli.console import coloured_out, safe, speaks_utf8

WIDEST, NARROWEST = 100, 60


def boxed(title: str, lines: Iterable[str]) -> Iterator[Text]:
    """The lines in a frame as wide as the terminal, within reason; long ones go on in the next."""
    width = max(NARROWEST, min(WIDEST, coloured_out().width))
    canvas = Console(file=StringIO(), width=width, color_system=None, legacy_windows=False)
    content = Text("\n".join(safe(line) for line in lines))
    frame = box.ROUNDED if speaks_utf8() else box.ASCII
    with canvas.capture() as captured:
        canvas.print(Panel(content, box=frame, title=title, title_align="left"))
    yield from (Text(line) for line in captured.get().splitlines())
