"""``auditor probe --interactive``: lines from a terminal or a pipe, and what comes back."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

import trio
from rich.text import Text

from auditor.cli.console import SPEAKER_STYLES, coloured_out, safe
from auditor.cli.transcript import new_transcript
from auditor.config import Config
from auditor.model.endpoint import Service


def by_hand(name: str, config: Config, service: Service | None, transcript: Path | None) -> None:
    """Let a person, or a script on standard input, hold a session.

    Raises:
        UsageError: the server's name or a setting is wrong, or the transcript cannot be written.
    """
    with nullcontext() if transcript is None else new_transcript(transcript) as kept:
        trio.run(_hold, name, config, service, kept)


async def _hold(name: str, config: Config, service: Service | None, kept: TextIO | None) -> None:
    from auditor.api import converse_by_hand

    typed_here = sys.stdin.isatty()

    def show(who: str, words: str) -> None:
        line = f"{who}: {safe(words)}"
        if kept is not None:
            kept.write(f"{line}\n")
        if who != "C" or not typed_here:  # the terminal shows what is typed into it
            coloured_out().print(Text(line, style=SPEAKER_STYLES[who]))

    async def read_line() -> str | None:
        line = await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
        return line.rstrip("\r\n") if line else None

    await converse_by_hand(name, config, service, read_line, show)
