"""Jobs done in this very process, on its own sockets."""

from functools import partial

import trio

from auditor.config import Config
from auditor.engine.descriptors import conversations_within_limits
from auditor.engine.jobs import DomainJob, EndpointJob, Observation
from auditor.engine.worker import Probes, Worker
from auditor.model.dns import Answer
from auditor.net.dial import Blocks
from auditor.net.network import Network
from auditor.net.resolver import Resolver
from auditor.probes.route import look_up_route
from auditor.probes.smtp import converse


class InProcess:
    """The backend for one process: a resolver, a network, and a worker.

    Raises:
        UsageError: a resolver, ``connect_to`` or ``ca_file`` will not do.
    """

    def __init__(self, config: Config, blocks: Blocks | None = None) -> None:
        self._resolver = Resolver.from_config(config, on_answer=self._answer_came)
        network = Network.from_config(config, blocks)
        self.probes = Probes(
            look_up_route=partial(look_up_route, policy=config.route_policy(), resolver=self._resolver),
            converse=partial(converse, network=network, config=config),
        )
        self._worker = Worker(
            self.probes,
            # A domain asks few questions at a time; the resolver bounds those in flight.
            domains_at_once=config.dns_concurrency,
            conversations_at_once=conversations_within_limits(config.concurrency),
        )
        self.own_name = network.own_name

    @property
    def resolvers(self) -> tuple[str, ...]:
        """The resolvers that are asked, as ``address#port``."""
        return tuple(str(server) for server in self._resolver.servers)

    @property
    def ad_trusted(self) -> bool:
        """Whether the resolvers' AD bit counts."""
        return self._resolver.ad_trusted

    def recall(self, answers: tuple[Answer, ...]) -> None:
        """Take note of answers from an earlier part of the run, which are not asked for again."""
        self._resolver.recall(answers)

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        endpoints: trio.MemoryReceiveChannel[EndpointJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        """Do jobs until both channels are closed; see :class:`~auditor.engine.backends.Backend`."""
        await self._worker.run(domains, endpoints, observations)

    def _answer_came(self, answer: Answer) -> None:
        self._worker.answer_came(answer)
