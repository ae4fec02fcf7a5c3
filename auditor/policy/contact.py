"""What of a mail route is contacted: families, limits, and addresses that are not public."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from math import inf

from auditor.model.endpoint import Endpoint
from auditor.policy.addresses import address_of, is_of_one_host, is_public, why_not_public


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePolicy:
    """What may be contacted, and what is believed, while a mail route is drawn."""

    ports: tuple[int, ...] = (25,)
    sought_ports: tuple[int, ...] = ()
    """Ports that are tried too, though nobody promised that something listens there."""
    allow_nets: tuple[IPv4Network | IPv6Network, ...] = ()
    """Non-public networks that may be contacted all the same."""
    allow_private: bool = False
    """True when every non-public address may be."""
    families: tuple[str, ...] = ("A", "AAAA")
    """Families that are contacted; both are looked up in any case."""
    max_exchanges: int = 10
    max_addresses: int = 8
    trust_ad: bool = False
    """Whether the AD bit counts."""
    dns_only: bool = False
    """True when nothing is contacted at all."""

    def permits(self, address: str) -> bool:
        """Whether this address may be contacted, as far as being public is concerned."""
        if is_public(address):
            return True
        return is_of_one_host(address) and (self.allow_private or _is_in(address, self.allow_nets))


@lru_cache(maxsize=10_000)
def _is_in(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address_of(address) in network for network in networks)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPlan:
    """How targets are surveyed, the same for all of a run."""

    route: RoutePolicy
    dkim_selectors: tuple[str, ...] = ()
    """Asked for beside the common ones."""
    salt: str = ""
    """Of the run: its made-up labels are made from it, so that no cache knows them and a replay does."""
    patience_seconds: float = inf
    """How long the lookups of one target may take before they are hurried."""
    nameservers: bool = False
    """Whether the nameservers of each domain are asked themselves."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """Addresses of one host: those to contact, and those that stand in the row as refused."""

    usable: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPlan:
    """Addresses by host, in the order of the hosts' preference, and what was left out."""

    contacts: Mapping[str, Contacts] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def usable(self, host: str) -> tuple[str, ...]:
        """Addresses of ``host`` to contact; empty for one that is not contacted."""
        return self.contacts.get(host, Contacts()).usable

    def endpoints(self, ports: Sequence[int], sought_ports: Sequence[int] = ()) -> tuple[Endpoint, ...]:
        """Every address of every host on every port; those refused too, for their row that says so."""
        all_ports = {**dict.fromkeys(sought_ports, True), **dict.fromkeys(ports, False)}
        return tuple(
            Endpoint(host, address, port, sought=sought)
            for host, contacts in self.contacts.items()
            for address in (*contacts.usable, *contacts.refused)
            for port, sought in sorted(all_ports.items(), key=lambda each: each[1])
        )


def plan_contacts(addresses: Mapping[str, Sequence[str]], policy: RoutePolicy) -> ContactPlan:
    """Who is contacted of these hosts, given by preference with their addresses, families in turn.

    A host without an address takes no place among ``max_exchanges``; and a
    public address is never pushed out of ``max_addresses`` by one that is refused.
    """
    contacts: dict[str, Contacts] = {}
    left_out: list[str] = []
    for host, all_of_host in addresses.items():
        if len(contacts) == policy.max_exchanges and all_of_host:
            left_out.append(f"{host}: beyond {policy.max_exchanges} exchanges")
            continue
        refused = {address for address in all_of_host if not policy.permits(address)}
        listed = _within_limit(all_of_host, refused, policy)
        if listed:
            contacts[host] = Contacts(
                usable=tuple(address for address in listed if address not in refused),
                refused=tuple(address for address in listed if address in refused),
            )
        left_out.extend(f"{host} {reason}" for reason in _reasons(all_of_host, listed, refused, policy))
    return ContactPlan(contacts=contacts, left_out=tuple(left_out))


def _within_limit(addresses: Sequence[str], refused: Collection[str], policy: RoutePolicy) -> list[str]:
    asked_for = [address for address in addresses if family_of(address) in policy.families]
    asked_for.sort(key=refused.__contains__)
    return asked_for[: policy.max_addresses]


def _reasons(
    addresses: Sequence[str], listed: Sequence[str], refused: Collection[str], policy: RoutePolicy
) -> Iterator[str]:
    for address in addresses:
        if family_of(address) not in policy.families:
            yield f"{address}: IPv{address_of(address).version} is not contacted"
        elif address not in listed:
            yield f"{address}: beyond {policy.max_addresses} addresses"
        elif address in refused:
            yield f"{address}: {why_not_public(address)}"


def family_of(address: str) -> str:
    """The record type of an address: ``A`` or ``AAAA``."""
    return "AAAA" if ":" in address else "A"
