"""Before any contact: who would be contacted, and how often."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.config import Config
from auditor.model.active import MOST_ACTIVE_SESSIONS
from auditor.model.endpoint import Endpoint
from auditor.model.tls_trial import MOST_TLS_TRIALS
from auditor.net.limits import prefix_of
from auditor.policy.addresses import network_of
from auditor.policy.exchange import is_address
from auditor.policy.survey import Survey

# A conversation with STARTTLS takes about eight round trips; with a distant or slow server, about this long.
TYPICAL_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorShare:
    """What one operator would see; told apart by the exchanges' parent domain."""

    operator: str
    exchanges: int
    addresses: int
    connections: int
    domains: int
    """That the busiest of its endpoints serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a scan would do."""

    domains: int
    surveyed: int
    """Domains whose DNS could be looked up."""
    exchanges: int
    addresses: int
    connections: int
    """At most one for each exchange, address and port; fewer where conversations can be shared."""
    extra_connections: int
    """At most, for what is looked at beyond the ordinary (``--tls-versions``, ``--active``)."""
    skipped: int
    """Endpoints that would not be contacted: their address is not public."""
    policies: int
    """MTA-STS policies that would be fetched, over HTTPS."""
    sought: int
    """Of the connections, those to where nobody said that a server is; most come to nothing."""
    minutes: float
    """Expected, if every server answers within ordinary time; silent ones cost their timeouts once more."""
    operators: tuple[OperatorShare, ...]
    """By connections, most first."""


def make_plan(surveys: Iterable[Survey | None], config: Config) -> Plan:
    """The plan for the surveys of a list; ``None`` stands for a domain that was not surveyed."""
    domains = surveyed = policies = 0
    users: Counter[Endpoint] = Counter()
    for survey in surveys:
        domains += 1
        if survey is not None:
            surveyed += survey.route.status.known
            policies += len(survey.policy_hosts)
            users.update(set(survey.route.endpoints))
    policy = config.route_policy()
    contacted = [endpoint for endpoint in users if policy.permits(endpoint.address)]
    return Plan(
        domains=domains,
        surveyed=surveyed,
        exchanges=len({endpoint.exchange for endpoint in contacted}),
        addresses=len({endpoint.address for endpoint in contacted}),
        connections=len(contacted),
        extra_connections=len(contacted) * _extra(config),
        skipped=len(users) - len(contacted),
        policies=policies,
        sought=sum(endpoint.sought for endpoint in contacted),
        minutes=round(_seconds(contacted, config) / 60, 1),
        operators=_operators(contacted, users),
    )


def operator_of(exchange: str) -> str:
    """Who runs an exchange, as far as its name tells: the name without its first label; of an address, its network."""
    if is_address(exchange):
        return network_of(exchange)
    parent = exchange.partition(".")[2]
    return parent if "." in parent else exchange


def _operators(contacted: list[Endpoint], users: Counter[Endpoint]) -> tuple[OperatorShare, ...]:
    by_operator: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in contacted:
        by_operator[operator_of(endpoint.exchange)].append(endpoint)
    shares = (
        OperatorShare(
            operator=operator,
            exchanges=len({endpoint.exchange for endpoint in own}),
            addresses=len({endpoint.address for endpoint in own}),
            connections=len(own),
            domains=max(users[endpoint] for endpoint in own),
        )
        for operator, own in by_operator.items()
    )
    return tuple(sorted(shares, key=lambda share: (-share.connections, share.operator)))


def _seconds(contacted: list[Endpoint], config: Config) -> float:
    """The longest of what the limits impose: on everything together, and on the busiest address."""
    at_once = len(contacted) / config.concurrency
    busiest = max(Counter(endpoint.address for endpoint in contacted).values(), default=0)
    paced = busiest / config.rate if config.rate else 0.0
    queued = busiest / config.per_host if config.per_host else 0.0
    once = max(at_once * TYPICAL_SECONDS, queued * TYPICAL_SECONDS, paced) + (TYPICAL_SECONDS if contacted else 0.0)
    once += _waiting(contacted, config)
    # Extra looks at an address come one after the other.
    return once + busiest * _extra(config) * max(TYPICAL_SECONDS, 1 / config.rate if config.rate else 0.0)


def _waiting(contacted: list[Endpoint], config: Config) -> float:
    """For silence, where nobody said that a server is: within a prefix a few are waited for at once."""
    prefixes = Counter(prefix_of(endpoint.address) for endpoint in contacted if endpoint.sought)
    most = max(prefixes.values(), default=0)
    in_turn = most / config.per_prefix if config.per_prefix else 0.0
    return max(in_turn, prefixes.total() / config.concurrency) * config.connect_timeout


def _extra(config: Config) -> int:
    """Connections to an endpoint at most, beside its own conversation."""
    return (MOST_TLS_TRIALS if config.tls_versions else 0) + (MOST_ACTIVE_SESSIONS if config.active else 0)
