"""What checks are applied to: a domain, its exchanges, its endpoints."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.checks.core import Scope
from auditor.checks.routing import why_exchange_unknown, why_route_unknown
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.route import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a check is applied to: the domain, one of its exchanges, or one of its endpoints."""

    scope: Scope
    name: str
    exchange: str = ""
    address: str = ""
    port: int = 25
    record: Exchange | None = None
    endpoint: Endpoint | None = None
    unknown: str = ""
    """Why it is not known what stands here; a domain, or an exchange, then stands for all that may be behind it."""


def subjects(scope: Scope, facts: DomainFacts) -> Iterator[Subject]:
    """The subjects of that scope in their order; where a lookup failed, one for what it would have shown."""
    if scope is Scope.DOMAIN:
        yield Subject(scope=scope, name=facts.route.domain)
    elif scope is Scope.ENDPOINT and facts.dns_only:
        return
    elif reason := why_route_unknown(facts.route):
        yield Subject(scope=scope, name=facts.route.domain, unknown=reason)
    else:
        yield from _exchanges(facts) if scope is Scope.EXCHANGE else _endpoints(facts)


def _exchanges(facts: DomainFacts) -> Iterator[Subject]:
    for one in facts.route.exchanges:
        yield Subject(scope=Scope.EXCHANGE, name=one.exchange, exchange=one.exchange, record=one)


def _endpoints(facts: DomainFacts) -> Iterator[Subject]:
    for one in facts.route.endpoints:
        yield Subject(
            scope=Scope.ENDPOINT,
            name=str(one),
            exchange=one.exchange,
            address=one.address,
            port=one.port,
            endpoint=one,
        )
    contacted = {one.exchange for one in facts.route.endpoints}
    for record in {one.exchange: one for one in facts.route.exchanges}.values():
        if record.exchange not in contacted and (reason := why_exchange_unknown(record)):
            yield Subject(scope=Scope.ENDPOINT, name=record.exchange, exchange=record.exchange, unknown=reason)
