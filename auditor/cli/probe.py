"""``auditor probe``: one conversation with one server, shown as telnet would, then judged."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auditor.cli.options import takes_settings
from auditor.cli.probe_flags import (
    AsJson,
    Count,
    Domain,
    Host,
    Interactive,
    Interval,
    KnownAs,
    Recipient,
    Sender,
    Sure,
    Transcript,
)
from auditor.config import Config
from auditor.errors import UsageError

if TYPE_CHECKING:  # what it takes to import slows every command
    from auditor.model.facts import DomainFacts

Ask = Callable[[], Awaitable["DomainFacts"]]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(probe)


@takes_settings(
    leave_out=("output", "name", "format", "fail_on", "column", "sheet", "shard", "yes", "deadline", "dns_only")
)
def probe(  # noqa: PLR0913 - options of a command
    host: Host = "",
    domain: Domain = "",
    *,
    service: KnownAs = None,
    transcript: Transcript = None,
    interactive: Interactive = False,
    count: Count = 1,
    interval: Interval = 1.0,
    recipient: Recipient = "",
    sender: Sender = "",
    sure: Sure = False,
    as_json: AsJson = False,
    config: Config,
) -> None:
    """Hold one conversation with a mail server, show it line by line, and judge what it showed."""
    from functools import partial

    from auditor.api import observe
    from auditor.cli.by_hand import by_hand

    if recipient:
        from auditor.cli.send_test import Letter, send_test

        if domain or as_json or interactive or count > 1:
            raise UsageError("--send-test is for one server, HOST[:PORT], or none: then the recipient's own is found")
        send_test(host, Letter(recipient, sender, sure), config, transcript)
    elif bool(host) == bool(domain):
        raise UsageError("name one of the two: HOST[:PORT], or --domain D")
    elif not interactive:
        ask = partial(observe, host or domain, config, domain=bool(domain), service=service)
        _seen(ask, config, transcript, rounds=(count, interval), as_json=as_json)
    elif domain or as_json:
        raise UsageError("--interactive is for one server, HOST[:PORT], and a person: not with --domain or --json")
    else:
        by_hand(host, config, service, transcript)


def _seen(ask: Ask, config: Config, transcript: Path | None, *, rounds: tuple[int, float], as_json: bool) -> None:
    """Look, once or several times, and show what was seen."""
    import trio

    from auditor.cli.probe_count import show_rounds
    from auditor.cli.probe_view import as_data, show, write_transcript
    from auditor.cli.transcript import new_transcript

    if rounds[0] > 1:
        if transcript is not None:
            raise UsageError("--count shows no conversation, so there is nothing for --transcript")
        show_rounds(trio.run(_repeated, ask, *rounds), as_json=as_json)
        return
    with nullcontext() if transcript is None else new_transcript(transcript) as kept:
        facts = trio.run(ask)
        as_data(facts, config) if as_json else show(facts, config)
        if kept is not None:
            write_transcript(facts, config, kept)


async def _repeated(ask: Ask, count: int, interval: float) -> "list[DomainFacts]":
    """What is seen each time, one time after the other."""
    import trio

    rounds = [await ask()]
    for _ in range(count - 1):
        await trio.sleep(interval)
        rounds.append(await ask())
    return rounds
