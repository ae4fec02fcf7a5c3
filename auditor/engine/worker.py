"""The heart: one long-lived nursery that does jobs, as many at once as the settings allow."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import trio

from auditor.engine.jobs import DomainJob, DomainSurveyed, EndpointJob, EndpointSeen, Observation
from auditor.model.dns import Answer
from auditor.model.endpoint import Endpoint
from auditor.model.route import MailRoute
from auditor.model.target import Target
from auditor.probes.smtp import Conversation

logger = logging.getLogger(__name__)

Job = TypeVar("Job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """The two things that are looked at."""

    look_up_route: Callable[[Target], Awaitable[MailRoute]]
    converse: Callable[[Endpoint], Awaitable[Conversation]]


class Worker:
    """Does jobs of both kinds side by side, so that slow servers never hold up the DNS."""

    def __init__(self, probes: Probes, *, domains_at_once: int, conversations_at_once: int) -> None:
        self._probes = probes
        self._domains_at_once = domains_at_once
        self._conversations_at_once = conversations_at_once
        self._answers: list[Answer] = []

    def answer_came(self, answer: Answer) -> None:
        """Take an answer; it goes out with the next survey, and no survey that rests on it goes out before."""
        self._answers.append(answer)

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        endpoints: trio.MemoryReceiveChannel[EndpointJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        """Do jobs until both channels are closed; see :class:`~auditor.engine.backends.Backend`."""
        async with observations, trio.open_nursery() as nursery:
            nursery.start_soon(self._serve, domains, self._survey, self._domains_at_once, observations)
            nursery.start_soon(self._serve, endpoints, self._speak, self._conversations_at_once, observations)

    async def _serve(
        self,
        jobs: trio.MemoryReceiveChannel[Job],
        do: Callable[[Job, trio.MemorySendChannel[Observation]], Awaitable[None]],
        at_once: int,
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        places = trio.Semaphore(at_once)

        async def do_one(job: Job) -> None:
            try:
                await do(job, observations)
            finally:
                places.release()

        async with jobs, trio.open_nursery() as nursery:
            await places.acquire()
            async for job in jobs:
                nursery.start_soon(do_one, job)
                await places.acquire()

    async def _survey(self, job: DomainJob, observations: trio.MemorySendChannel[Observation]) -> None:
        endpoints: tuple[Endpoint, ...] = ()
        fault = ""
        try:
            endpoints = (await self._probes.look_up_route(job.target)).endpoints
        except Exception as error:
            logger.exception("internal error while surveying %s", job.target.key)
            fault = f"{type(error).__name__}: {error}"
        answers, self._answers = self._answers, []
        await observations.send(DomainSurveyed(job.target.key, endpoints, fault, tuple(answers)))

    async def _speak(self, job: EndpointJob, observations: trio.MemorySendChannel[Observation]) -> None:
        conversation = await self._probes.converse(job.endpoint)
        await observations.send(EndpointSeen(job, conversation.session, conversation.certificates))
