"""A domain's mail route, looked up in the DNS."""

from auditor.model.route import MailRoute
from auditor.model.target import Target
from auditor.net.resolver import Resolver
from auditor.policy.drive import drive
from auditor.policy.route import RoutePolicy, mail_route


async def look_up_route(target: Target, policy: RoutePolicy, resolver: Resolver) -> MailRoute:
    """Where the mail of ``target`` goes: its MX records, and then all their addresses at once."""
    return await drive(mail_route(target, policy), resolver.ask_all)
