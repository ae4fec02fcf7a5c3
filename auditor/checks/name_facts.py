"""Facts about the names of addresses, where they come from, and what stands in their place; see ``providers``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from auditor.checks.core import NotApplicable, Scope, Unknown
from auditor.checks.facts import ended, inconclusive
from auditor.checks.routing import Missing, why_exchange_unknown
from auditor.model.endpoint import Service
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity
from auditor.model.reverse import ReverseNames
from auditor.model.route import Exchange
from auditor.model.session import Session, SmtpSession
from auditor.model.spf import SpfResult
from auditor.protocol.text import greeting_host

_host_in = lru_cache(maxsize=1_000)(greeting_host)  # of exchanges that many domains share


@dataclass(frozen=True, slots=True)
class Pointed:
    """One exchange that has addresses, and what those are called."""

    scope: ClassVar[Scope] = Scope.EXCHANGE
    exchange: Exchange
    names: tuple[ReverseNames, ...]
    senders: frozenset[str]
    """Of its addresses, those from which the domain's mail may come, as its SPF record has it."""

    def severity(self, one: ReverseNames, where_it_sends: Severity) -> Severity | None:
        """That of something wrong with an address's names: it matters where mail is sent from there."""
        return where_it_sends if one.address in self.senders else None


@dataclass(frozen=True, slots=True)
class Greeted:
    """A host that a server calls itself, in its greeting or its reply to EHLO, and what its address is called."""

    host: str
    port: int
    reverse: ReverseNames


@dataclass(frozen=True, slots=True)
class Introduced:
    """One exchange whose servers greeted by a host name."""

    scope: ClassVar[Scope] = Scope.EXCHANGE
    exchange: Exchange
    greetings: tuple[Greeted, ...]


def _pointed(exchange: Exchange, facts: DomainFacts) -> Pointed | Missing:
    if not exchange.usable:
        reason = why_exchange_unknown(exchange)
        return Unknown(reason) if reason else NotApplicable(f"{exchange.exchange} has no address that is contacted")
    names = tuple(_reverse(address, facts) for address in exchange.usable)
    published = facts.published
    passing = published.spf.exchanges if published is not None else ()
    senders = frozenset(address for address, result in passing if result is SpfResult.PASS)
    return Pointed(exchange, names, senders)


def _reverse(address: str, facts: DomainFacts) -> ReverseNames:
    return facts.reverse.get(address) or ReverseNames(address=address, unknown="PTR: the run did not ask")


def _introduced(exchange: Exchange, facts: DomainFacts) -> Introduced | Missing:
    pointed = _pointed(exchange, facts)
    if not isinstance(pointed, Pointed):
        return pointed
    if facts.dns_only:
        return NotApplicable("no mail server was to be contacted")
    endpoints = [one for one in facts.promised if one.exchange == exchange.exchange and one.service is Service.SMTP]
    sessions = [facts.sessions.get(one) for one in endpoints]
    greetings = tuple(one for session in sessions for one in _greeted(session, facts))
    if greetings:
        return Introduced(exchange, greetings)
    open_ones = [session for session in sessions if session is None or inconclusive(session)]
    if not open_ones:
        return NotApplicable("no server here greets by a host name")
    return Unknown("; ".join("not contacted" if one is None else f"{one.endpoint}: {ended(one)}" for one in open_ones))


def _greeted(session: Session | None, facts: DomainFacts) -> Iterator[Greeted]:
    """The names in the greeting and in the reply to EHLO, each once."""
    replies = (session.greeting, session.ehlo) if isinstance(session, SmtpSession) else ()
    hosts = dict.fromkeys(_host_in(reply) for reply in replies if reply is not None and reply.positive)
    for host in hosts:
        if session is not None and "." in host and not host.startswith("["):
            yield Greeted(host, session.endpoint.port, _reverse(session.endpoint.address, facts))


NAMES: dict[type, Callable[..., Any]] = {Pointed: _pointed, Introduced: _introduced}
"""The part of ``providers.PROVIDERS`` that is about names of addresses."""
