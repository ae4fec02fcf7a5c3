"""``auditor doctor``: the vantage before a run."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from auditor.cli.options import takes_settings
from auditor.config import Config

WITNESSES = ("gmail.com", "outlook.com", "icloud.com")
"""Mail domains that the whole world reaches, that offer STARTTLS, and whose policy hosts tell the time."""
NOT_FIT = 3


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(doctor)


@takes_settings(
    leave_out=(
        *("output", "name", "format", "include", "exclude", "fail_on", "column", "sheet", "shard", "deadline"),
        *("dns_only", "services", "tls_versions", "nameservers", "dkim_selector"),
    )
)
def doctor(
    domains: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DOMAIN]...", help=f"Domains whose exchanges are tried [{' '.join(WITNESSES)}]."),
    ] = None,
    block_list: Annotated[
        list[str] | None,
        typer.Option("--block-list", metavar="ZONE", help="Ask this DNS block list for this host's public address."),
    ] = None,
    local: Annotated[bool, typer.Option("--local", help="Contact nobody but the resolvers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the lines as JSON.")] = False,
    *,
    config: Config,
) -> None:
    """Examine the vantage before a run: port 25, IPv4 and IPv6, resolver, EHLO name and PTR, clock, versions."""
    import trio

    from auditor.api import examine_vantage
    from auditor.cli.doctor_view import show
    from auditor.cli.versions import versions
    from auditor.model.vantage import VantageLine, VantageState

    tried = () if local else tuple(domains or WITNESSES)
    seen = trio.run(examine_vantage, config, tried, tuple(block_list or ()))
    lines = (VantageLine("versions", VantageState.OK, versions()), *seen)
    show(lines) if not as_json else _print(lines)
    if any(one.state is VantageState.FAIL for one in lines):
        raise typer.Exit(NOT_FIT)


def _print(lines: object) -> None:
    from auditor.cli.console import out

    out(json.dumps([asdict(one) for one in lines], indent=2))  # type: ignore[attr-defined]
