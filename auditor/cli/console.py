"""Where text leaves the program: results to standard output, everything else to standard error.

Text that came from the network passes through :func:`safe` first.
rich is imported when there is something to show.
"""

import os
import sys
from functools import cache
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from auditor.report.cells import terminal_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

MAX_WIDTH = 2000  # of one line from the network, in characters

MOST_INDENT, HANGING, NARROWEST = 24, 3, 20
"""Columns: of a line that goes on in the next, how much further right it does, and what it has at least."""

SPEAKER_STYLES = {"S": "green", "C": "cyan", "*": "dim"}
"""How the lines of a conversation are shown: the server's, ours, and notes."""


def take_any_text() -> None:
    """Let no text fail at the encoding of a stream: what it has no place for is written, or read, as an escape."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def out(text: str = "") -> None:
    """Print a result."""
    print(text)  # noqa: T201 - this is the room that prints


def say(text: str = "", style: str = "") -> None:
    """Print a message to people, on standard error."""
    from rich.text import Text

    err().print(Text(text, style=style), soft_wrap=True)


def safe(text: str) -> str:
    """Text from elsewhere without anything a terminal would obey."""
    return terminal_text(text, MAX_WIDTH)


@cache
def err() -> "Console":
    """The console on standard error; plain when that is no terminal, or when NO_COLOR is set."""
    from rich.console import Console

    return Console(stderr=True, markup=False, highlight=False, emoji=False)


@cache
def coloured_out() -> "Console":
    """The console on standard output, for what is shown in colour on a terminal and plain elsewhere."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_wrapped(text: "Text") -> None:
    """Print a line on standard output; on a terminal it goes on between words, to the right of where it began.

    So nothing that a stranger wrote begins where lines of ours do.
    """
    console = coloured_out()
    if not console.is_terminal or text.cell_len <= console.width:
        console.print(text)
        return
    # Behind the indentation that is ours stands what strangers wrote, which may begin with any number of spaces.
    indent = min(len(text.plain) - len(text.plain.lstrip(" ")), MOST_INDENT)
    room = max(NARROWEST, console.width - indent - HANGING)
    for number, line in enumerate(text[indent:].wrap(console, room)):
        line.pad_left(indent + (HANGING if number else 0))
        console.print(line)


def speaks_utf8(stream: TextIO = sys.stdout) -> bool:
    """Whether arrows and check marks can be shown; otherwise ASCII stands in."""
    encoding = (stream.encoding or "").lower().replace("-", "")
    return encoding == "utf8" and os.environ.get("TERM") != "dumb"
