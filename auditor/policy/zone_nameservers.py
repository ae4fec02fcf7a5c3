"""The nameservers of a zone: their addresses, and whether they know the zone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from auditor.model.dns import DNS_PORT, Answer, Question
from auditor.policy.contact import RoutePolicy, plan_contacts
from auditor.policy.drive import Evaluation
from auditor.policy.exchange import Host, look_up_hosts

MAX_NAMESERVERS = 8
MAX_ADDRESSES = 4
"""Of one nameserver, both families in turn."""


@dataclass(frozen=True, slots=True)
class AskedServer:
    """One nameserver, and what each of its addresses answers for the zone's SOA record."""

    name: str
    soa: dict[str, Answer] = field(default_factory=dict)
    unknown: str = ""
    """Why its addresses are not all known."""


@dataclass(frozen=True, slots=True)
class AskedServers:
    """Nameservers that were asked, and what was left out."""

    servers: tuple[AskedServer, ...] = ()
    left_out: tuple[str, ...] = ()


def ask_nameservers(
    apex: str, names: Sequence[str], policy: RoutePolicy, *, room: int = MAX_NAMESERVERS
) -> Evaluation[AskedServers]:
    """The first ``room`` of the nameservers, after one batch for their addresses and one for the SOA record."""
    hosts = yield from look_up_hosts(names[:room])
    limits = replace(policy, max_exchanges=MAX_NAMESERVERS, max_addresses=MAX_ADDRESSES)
    plan = plan_contacts({name: host.addresses for name, host in hosts.items()}, limits)
    questions = {one: Question(apex, "SOA", one.address) for one in plan.endpoints((DNS_PORT,))}
    answers: dict[Question, Answer] = {}
    if questions:
        asked = tuple(dict.fromkeys(questions.values()))
        answers = dict(zip(asked, (yield asked), strict=True))
    soa = {(one.exchange, one.address): answers[question] for one, question in questions.items()}
    servers = [
        AskedServer(name, {address: answer for (of, address), answer in soa.items() if of == name}, _unknown(host))
        for name, host in hosts.items()
    ]
    beyond = (f"{name}: beyond {MAX_NAMESERVERS} nameservers" for name in names[room:])
    return AskedServers(tuple(servers), (*plan.left_out, *beyond))


def _unknown(host: Host) -> str:
    return "; ".join(host.errors) if host.answers else "its name is none whose addresses are looked up"
