"""``auditor probe --send-test``: one real message, every step shown."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import typer
from rich.text import Text

from auditor.cli.console import SPEAKER_STYLES, coloured_out, safe, say
from auditor.cli.transcript import new_transcript
from auditor.config import Config
from auditor.errors import UsageError
from auditor.model.send_test import Sent

NOT_SENT = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """What the user wants sent, and how sure he is."""

    recipient: str
    sender: str
    """Empty: postmaster of this host's EHLO name."""
    unasked: bool
    """Whether not to ask first."""


def send_test(host: str, letter: Letter, config: Config, transcript: Path | None) -> None:
    """Ask, send, show, and leave with 3 where the message was not taken.

    Raises:
        UsageError: an address or a setting is wrong, or there is nobody to ask.
    """
    import trio

    kept = None if transcript is None else new_transcript(transcript)
    sent = trio.run(_send, host, letter, config)
    for line in _lines(sent):
        coloured_out().print(line)
    if kept is not None:
        _write(sent, kept)
    if not sent.accepted:
        raise typer.Exit(NOT_SENT)


async def _send(host: str, letter: Letter, config: Config) -> Sent:
    import trio

    from auditor.api import prepare_letter

    prepared = await prepare_letter(host, letter.recipient, letter.sender, config)
    test = prepared.test
    say(f"one message from {safe(test.sender)} to {safe(test.recipient)}, by {safe(str(prepared.endpoint))}")
    if not letter.unasked and not await trio.to_thread.run_sync(_agreed):
        raise UsageError("nothing was sent")
    return await prepared.send()


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("--send-test asks before it sends, and there is no terminal: say --sure")
    say("send it? [y/N] ")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _lines(sent: Sent) -> list[Text]:
    shown = [
        Text(f"{line.at_ms:>9.1f} ms  {line.who}: {safe(line.text)}", style=SPEAKER_STYLES[line.who])
        for line in sent.session.transcript
    ]
    return [*shown, Text(), _ending(sent)]


def _ending(sent: Sent) -> Text:
    said = "" if sent.reply is None else f"{sent.reply.code} {safe(sent.reply.text)}"
    if sent.accepted:
        return Text(f"taken over by the server: {said}", style="green")
    if said:
        return Text(f"not sent: {safe(sent.asked)} was answered {said}", style="red")
    return Text(f"not sent: {sent.session.outcome} at {sent.session.stage}: {safe(sent.session.error)}", style="red")


def _write(sent: Sent, kept: TextIO) -> None:
    with kept:
        kept.writelines(f"{line.plain}\n" for line in _lines(sent))
