"""Where each fact comes from, and what stands in its place where it was not obtained.

Unknown is what may turn out either way: a lookup that failed, a timeout, a 4yz reply, an
endpoint not contacted.  Not applicable is what makes no sense: a server where there is a null MX,
a certificate where no TLS is offered.
"""

from collections.abc import Callable
from typing import Any

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.checks.delegation_facts import Delegated, delegated
from auditor.checks.facts import (
    NO_LOOKUP,
    Asked,
    Contacts,
    Listed,
    MailboxesAsked,
    Named,
    Records,
    Relays,
    Route,
)
from auditor.checks.name_facts import NAMES
from auditor.checks.published_providers import PUBLISHED
from auditor.checks.routing import Missing, unknown_exchanges, why_exchange_unknown, why_route_unknown
from auditor.checks.session_providers import SESSIONS
from auditor.checks.transport_providers import TRANSPORT
from auditor.model.active import ActiveTest
from auditor.model.facts import DomainFacts
from auditor.model.route import Exchange, ExchangeStatus, MailRoute, MxStatus
from auditor.model.session import SmtpSession
from auditor.model.target import Target

_TAKES_NO_MAIL = {MxStatus.NULL, MxStatus.NONE, MxStatus.NXDOMAIN}
_NO_RECORDS = {MxStatus.NONE, MxStatus.NXDOMAIN, MxStatus.IMPLICIT}
_NEVER_ASKED = {ExchangeStatus.NULL, ExchangeStatus.ADDRESS_LITERAL, ExchangeStatus.SINGLE_LABEL}


def _route(facts: DomainFacts) -> Route | Missing:
    if reason := why_route_unknown(facts.route):
        return Unknown(reason)
    if facts.route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    return Route(facts.route)


def _records(facts: DomainFacts) -> Records | Missing:
    route = _route(facts)
    if not isinstance(route, Route):
        return route
    named = tuple(one for one in facts.route.exchanges if one.status is not ExchangeStatus.NULL)
    if facts.route.status in _NO_RECORDS or not named:
        return NotApplicable(f"no MX record names a host ({facts.route.status})")
    return Records(facts.route, named)


def _contacts(facts: DomainFacts) -> Contacts | Missing:
    if facts.dns_only:
        return NotApplicable("no mail server was to be contacted")
    if reason := why_route_unknown(facts.route):
        return Unknown(reason)
    if facts.route.status in _TAKES_NO_MAIL:
        return NotApplicable(f"the domain takes no mail ({facts.route.status})")
    if not facts.promised:
        unknown = unknown_exchanges(facts.route)
        return Unknown(unknown) if unknown else NotApplicable("there is no endpoint to contact")
    return Contacts(facts.route, tuple((one, facts.sessions.get(one)) for one in facts.promised))


def _relays(facts: DomainFacts) -> Relays | Missing:
    contacts = _contacts(facts)
    if not isinstance(contacts, Contacts):
        return contacts
    relays = Relays.among(contacts)
    return relays if relays.contacts else NotApplicable("only ports of submission were asked for")


def _mailboxes(facts: DomainFacts) -> MailboxesAsked | Missing:
    relays = _relays(facts)
    if not isinstance(relays, Relays):
        return relays
    if facts.route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    sessions = [session for _, session in relays.contacts if isinstance(session, SmtpSession)]
    asked = tuple(
        (session.endpoint, one)
        for session in sessions
        for one in session.active
        if one.test is ActiveTest.MAILBOX and one.domain == facts.route.domain
    )
    if asked:
        return MailboxesAsked(asked)
    others = any(one.test is ActiveTest.MAILBOX for session in sessions for one in session.active)
    reason = "the servers were asked on behalf of other domains that share them"
    return NotApplicable(reason) if others else Unknown("no exchange was asked before the run ended")


def _named(exchange: Exchange, facts: DomainFacts) -> Named | Missing:
    if facts.route.status in {MxStatus.IMPLICIT, MxStatus.DIRECT}:
        return NotApplicable("no MX record names this host")
    if exchange.status is ExchangeStatus.NULL:
        return NotApplicable("a null MX names no host")
    return Named(exchange)


def _asked(exchange: Exchange, facts: DomainFacts) -> Asked | Missing:
    if facts.route.status is MxStatus.DIRECT:
        return NotApplicable(NO_LOOKUP)
    if exchange.status in _NEVER_ASKED:
        return NotApplicable(f"no address is looked up for {exchange.exchange}")
    return Asked(exchange, facts.route)


def _listed(exchange: Exchange, facts: DomainFacts) -> Listed | Missing:
    asked = _asked(exchange, facts)
    if not isinstance(asked, Asked):
        return asked
    reason = why_exchange_unknown(exchange)
    return Unknown(reason) if reason else Listed(exchange, facts.route)


PROVIDERS: dict[Scope, dict[type, Callable[..., Any]]] = {
    Scope.DOMAIN: {
        Target: lambda facts: facts.target,
        MailRoute: lambda facts: facts.route,
        Delegated: delegated,
        Route: _route,
        Records: _records,
        Contacts: _contacts,
        Relays: _relays,
        MailboxesAsked: _mailboxes,
        **PUBLISHED,
        **TRANSPORT[Scope.DOMAIN],
    },
    Scope.EXCHANGE: {Named: _named, Asked: _asked, Listed: _listed, **NAMES, **TRANSPORT[Scope.EXCHANGE]},
    Scope.ENDPOINT: SESSIONS,
}
"""Of each scope, the facts that can be asked for, and the function that gives each or a :data:`Missing`.

It is given the domain's facts; before them, an exchange or a session where the fact is about one.
"""
