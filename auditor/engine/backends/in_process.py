"""Jobs done in this very process, on its own sockets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import trio

from auditor import probes
from auditor.config import Config
from auditor.engine.descriptors import conversations_within_limits
from auditor.engine.jobs import ContactJob, DomainJob, Observation
from auditor.engine.worker import Probes, Worker
from auditor.model.dns import Answer, Validation
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyHost
from auditor.model.send_test import SendTest, Sent
from auditor.model.session import Session
from auditor.model.target import Target
from auditor.model.vantage import Vantage
from auditor.net.dial import Blocks
from auditor.net.own_name import own_name
from auditor.net.resolver import Recorded, Resolver
from auditor.net.validation import prove_validation

if TYPE_CHECKING:
    from auditor.net.network import Network
    from auditor.probes.by_hand import ByHand, Show
    from auditor.probes.policy_fetch import Fetched
    from auditor.probes.spoken import Conversation
    from auditor.probes.survey import Surveyed


class InProcess:
    """The backend for one process: a resolver, a network, and a worker.

    Raises:
        UsageError: a resolver, ``connect_to`` or ``ca_file`` will not do.
    """

    def __init__(
        self, config: Config, began_at: datetime, blocks: Blocks | None = None, *, one_of_several: bool = False
    ) -> None:
        """``one_of_several``: others do jobs of the same run, with resolvers of their own."""
        self._config, self._blocks = config, blocks
        self._resolver = Resolver.from_config(config, on_answer=self._answer_came, blocks=blocks)
        self._after_others = False
        self._plan = config.survey_plan(began_at, ad_trusted=False)
        self.probes = Probes(
            survey=self._survey,
            converse=self._converse,
            fetch_policy=self._fetch_policy,
            correct=self._resolver.correct,
        )
        self._worker = Worker(
            self.probes,
            # A domain asks few questions at a time; the resolver bounds those in flight.
            domains_at_once=config.dns_concurrency,
            conversations_at_once=conversations_within_limits(config.concurrency),
            one_of_several=one_of_several,
        )
        self.own_name = config.helo or own_name()
        if config.connect_to or config.ca_file:
            _ = self._network  # what is wrong with those settings is said before anything is done

    @cached_property
    def _network(self) -> "Network":
        """Made for the first contact: the first questions need no TLS, which takes its time to import."""
        from auditor.net.network import Network  # noqa: PLC0415 - see above

        network = Network.from_config(self._config, self._blocks)
        network.limits.after_others = self._after_others
        return network

    @property
    def ad_trusted(self) -> bool:
        """Whether the AD bit counts in surveys."""
        return self._plan.route.trust_ad

    @property
    def resolvers(self) -> tuple[str, ...]:
        """The resolvers that are asked, as ``address#port``."""
        return tuple(str(server) for server in self._resolver.servers)

    async def prove_validation(self) -> Validation:
        """Whether the resolvers' AD bit counts: as the user says, or else as they show."""
        config = self._config
        if config.trust_ad is not None:
            return Validation(config.trust_ad, "trusted, as asked" if config.trust_ad else "not trusted, as asked")
        return await prove_validation(
            self._resolver.servers, config.dnssec_proof, wait_seconds=config.dns_timeout, tries=config.dns_tries
        )

    async def this_end(
        self, validation: Validation, domains: Sequence[str] = (), block_lists: Sequence[str] = ()
    ) -> Vantage:
        """What is known of this end; with ``domains``, their exchanges are contacted to find out more."""
        looking = probes.Looking(self._resolver, self._network, self._config)
        vantage = await looking.at_this_end(self.resolvers, validation)
        return await looking.through(vantage, domains, block_lists) if domains else vantage

    async def send(self, test: SendTest, endpoint: Endpoint) -> Sent:
        """Send one message by that server; never raises for what it does."""
        return await probes.send(test, endpoint, self._network, self._config)

    def by_hand(self, endpoint: Endpoint, show: "Show") -> "ByHand":
        """A session with the endpoint that a person holds."""
        return probes.ByHand(endpoint, self._network, self._config, show)

    def trust(self, *, ad_trusted: bool) -> None:
        """Let the AD bit count, or not, in every survey from now on."""
        self._plan = replace(self._plan, route=replace(self._plan.route, trust_ad=ad_trusted))

    def ask_nameservers(self, at_once: int) -> None:
        """Have so many questions in flight to one nameserver's address, for others ask it too."""
        self._resolver.nameservers.share(at_once)

    def begin_after_others(self) -> None:
        """Go on where others, who are gone, may have contacted servers just now."""
        self._after_others = True
        if "_network" in vars(self):
            self._network.limits.after_others = True

    def recall(self, recorded: Recorded, *, always: bool) -> None:
        """Look up what the run has recorded before asking; see :class:`~auditor.engine.backends.Backend`."""
        self._resolver.recall(recorded, always=always)

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        """Do jobs until both channels are closed; see :class:`~auditor.engine.backends.Backend`."""
        await self._worker.run(domains, contacts, observations)

    async def _survey(self, target: Target) -> "Surveyed":
        return await probes.survey_target(target, self._plan, self._resolver)

    async def _converse(self, endpoint: Endpoint, domains: Sequence[str]) -> "Conversation[Session]":
        return await probes.converse(endpoint, self._network, self._config, domains)

    async def _fetch_policy(self, host: PolicyHost) -> "Fetched":
        port = self._config.policy_port
        return await probes.fetch_policy(host.domain, self._resolver, self._network, self._config, port)

    def _answer_came(self, answer: Answer) -> None:
        self._worker.answer_came(answer)
