"""Looking at this end itself: names, routes, resolvers; and whether a few well-known mail servers can be reached."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

import trio

from auditor.config import Config
from auditor.model.dns import Answer, DnsStatus, Question, Validation
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyHost
from auditor.model.reverse import ReverseNames
from auditor.model.session import Session
from auditor.model.target import Target
from auditor.model.vantage import OwnName, Vantage, Witness
from auditor.net.local import source_address
from auditor.net.network import Network
from auditor.net.resolver import Resolver
from auditor.policy.addresses import is_public
from auditor.policy.answers import complaint
from auditor.policy.drive import drive
from auditor.policy.exchange import look_up_host
from auditor.policy.reverse import look_up_reverse
from auditor.policy.route import mail_route
from auditor.policy.vantage import FAMILIES, seen_as
from auditor.probes.conversations import converse
from auditor.probes.policy_fetch import fetch_policy


@dataclass(frozen=True, slots=True)
class Looking:
    """What looking needs."""

    resolver: Resolver
    network: Network
    config: Config

    async def at_this_end(self, resolvers: Sequence[str], validation: Validation | None) -> Vantage:
        """What is known of this end without a word to any but the resolvers."""
        sources = {family: source_address(family, self.config.source_ip) for family in FAMILIES}
        return Vantage(
            own_name=await self._own_name(),
            sources=sources,
            reverse=await self._reverse([one for one in sources.values() if one]),
            resolvers=tuple(resolvers),
            validation=validation if await self._is_answered() else None,
        )

    async def _is_answered(self) -> bool:
        """Whether any resolver says anything."""
        (answer,) = await self.resolver.ask_all((Question(self.config.dnssec_proof[0], "SOA"),))
        return answer.status.known

    async def through(self, vantage: Vantage, domains: Sequence[str], block_lists: Sequence[str]) -> Vantage:
        """The same, with what came of reaching the exchanges of these domains, and of asking block lists."""
        witnesses: dict[str, Witness] = {}

        async def reach(domain: str) -> None:
            witnesses[domain] = await self._reach(domain)

        async with trio.open_nursery() as nursery:
            for domain in dict.fromkeys(domains):
                nursery.start_soon(reach, domain)
        vantage = replace(vantage, witnesses=tuple(witnesses[domain] for domain in dict.fromkeys(domains)))
        reverse = await self._reverse(seen_as(vantage))
        vantage = replace(vantage, reverse={**vantage.reverse, **reverse})
        return replace(vantage, listed=await self._listed(vantage, block_lists))

    async def _own_name(self) -> OwnName:
        name = self.network.own_name
        if not name:
            return OwnName(name="")
        host = await drive(look_up_host(name), self.resolver.ask_all)
        return OwnName(name=name, addresses=host.addresses, unknown="; ".join(host.errors))

    async def _reverse(self, addresses: Sequence[str]) -> dict[str, ReverseNames]:
        return await drive(look_up_reverse([one for one in addresses if is_public(one)]), self.resolver.ask_all)

    async def _reach(self, domain: str) -> Witness:
        target = Target(domain=domain, domain_unicode=domain, input=domain, input_line=0, source="doctor")
        route = await drive(mail_route(target, self.config.route_policy()), self.resolver.ask_all)
        if not route.endpoints:
            return Witness(domain=domain, unknown=f"MX lookup: {route.status} {route.error}".rstrip())
        sessions = [await self._speak(endpoint) for endpoint in _one_a_family(route.endpoints)]
        policy = await fetch_policy(
            PolicyHost(domain).domain, self.resolver, self.network, self.config, self.config.policy_port
        )
        return Witness(domain=domain, sessions=tuple(sessions), fetch=policy.fetch)

    async def _speak(self, endpoint: Endpoint) -> Session:
        return (await converse(endpoint, self.network, self.config)).session

    async def _listed(self, vantage: Vantage, block_lists: Sequence[str]) -> dict[str, str]:
        """What each block list says of each public address of this end (RFC 5782 §2.1)."""
        asked = [
            (f"{address} at {zone}", Question(f"{_reversed(address)}.{zone}", "A"))
            for address in seen_as(vantage)
            for zone in block_lists
            if is_public(address)
        ]
        answers = await self.resolver.ask_all(tuple(question for _, question in asked)) if asked else ()
        return {what: _said(answer) for (what, _), answer in zip(asked, answers, strict=True)}


def _one_a_family(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    firsts: dict[bool, Endpoint] = {}
    for endpoint in endpoints:
        firsts.setdefault(":" in endpoint.address, endpoint)
    return list(firsts.values())


def _reversed(address: str) -> str:
    """The address as a block list wants it: its octets, or hexadecimal digits, backwards."""
    return ip_address(address).reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")


def _said(answer: Answer) -> str:
    if answer.status is DnsStatus.ANSWERED:
        return f"listed ({', '.join(answer.records)})"
    return "" if answer.status.known else f"not known: {complaint(answer)}"
