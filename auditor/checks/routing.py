"""Why nothing can be said of a domain's route, or of one exchange."""

from auditor.checks.core import NotApplicable, Unknown
from auditor.model.route import Exchange, MailRoute

Missing = Unknown | NotApplicable
"""What stands in the place of a fact that was not obtained."""


def why_route_unknown(route: MailRoute) -> str:
    """Why nothing can be said of where a domain's mail goes; empty when something can."""
    if route.status.known:
        return ""
    return f"the MX lookup gave no fact: {route.status}" + (f" ({route.error})" if route.error else "")


def why_exchange_unknown(exchange: Exchange) -> str:
    """Why nothing can be said of an exchange's host; empty when something can."""
    if exchange.status.known:
        return ""
    return f"{exchange.exchange}: {'; '.join(exchange.errors) or exchange.status}"


def unknown_exchanges(route: MailRoute) -> str:
    """Why nothing can be said of some of a route's exchanges; empty when something can of all."""
    return "; ".join(filter(None, map(why_exchange_unknown, route.exchanges)))
