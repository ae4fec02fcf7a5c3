"""A plan as people read it."""

from collections.abc import Iterator

from auditor.cli.console import safe
from auditor.engine.plan import Plan

SHOWN_OPERATORS = 20


def lines(plan: Plan) -> Iterator[str]:
    """The plan in lines: what in all, then by operator."""
    yield f"Domains      {plan.domains} ({plan.surveyed} with a DNS answer)"
    yield f"Exchanges    {plan.exchanges} at {plan.addresses} addresses"
    yield f"Connections  at most {plan.connections} in one run, second looks apart"
    if plan.sought:
        yield f"Of these     {plan.sought} to addresses and ports where nobody said that a server is"
    if plan.extra_connections:
        yield f"Beside that  at most {plan.extra_connections} short connections (--tls-versions, --active), one by one"
    if plan.policies:
        yield f"Policies     {plan.policies} of MTA-STS, one HTTPS request each"
    if plan.skipped:
        yield f"Skipped      {plan.skipped} endpoints whose address is not public (--allow-net)"
    yield f"Expected     about {plan.minutes:g} min"
    if not plan.operators:
        return
    yield ""
    yield f"{'connections':>11}  {'exchanges':>9}  {'addresses':>9}  {'domains':>7}  operator"
    for share in plan.operators[:SHOWN_OPERATORS]:
        numbers = f"{share.connections:>11}  {share.exchanges:>9}  {share.addresses:>9}  {share.domains:>7}"
        yield f"{numbers}  {safe(share.operator)}"
    if len(plan.operators) > SHOWN_OPERATORS:
        yield f"… and {len(plan.operators) - SHOWN_OPERATORS} more operators (--json lists all)"
