"""``auditor explain``: the catalogue of checks, or one of them."""

import json
from typing import Annotated

import typer

from auditor.cli.console import out


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(explain)


def explain(
    check: Annotated[str, typer.Argument(help="Id (MX003), name (mx-alias) or family (MX); all if left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False,
) -> None:
    """Explain what is checked: what, why, the standard's section, the fix, and how to see it by hand."""
    from auditor.checks import CATALOGUE, Selection
    from auditor.checks.catalogue import as_record, describe, line

    chosen = Selection(include=(check,) if check else ()).of(CATALOGUE)
    if as_json:
        out(json.dumps([as_record(one) for one in chosen], indent=2))
    elif len(chosen) == 1:
        out(describe(chosen[0]))
    else:
        for one in chosen:
            out(line(one))
