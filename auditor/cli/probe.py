"""``auditor probe``: one conversation with one server, shown as telnet would, then judged."""

from typing import Annotated

import typer

from auditor.cli.options import takes_settings
from auditor.config import Config
from auditor.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(probe)


@takes_settings(leave_out=("output", "name", "format", "fail_on", "column", "sheet", "shard", "deadline", "dns_only"))
def probe(
    host: Annotated[str, typer.Argument(metavar="HOST[:PORT]", help="Host name or address of a mail server.")] = "",
    domain: Annotated[str, typer.Option("--domain", metavar="D", help="Probe every exchange of this domain.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print everything observed as JSON.")] = False,
    *,
    config: Config,
) -> None:
    """Hold one conversation with a mail server, show it line by line, and judge what it showed."""
    from functools import partial

    import trio

    from auditor.api import observe
    from auditor.cli.probe_view import as_data, show

    if bool(host) == bool(domain):
        raise UsageError("name one of the two: HOST[:PORT], or --domain D")
    facts = trio.run(partial(observe, host or domain, config, domain=bool(domain)))
    as_data(facts, config) if as_json else show(facts, config)
