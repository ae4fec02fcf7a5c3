"""The heart: one long-lived nursery that does jobs, as many at once as the settings allow."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import trio

from auditor.engine.jobs import DomainJob, DomainSurveyed, EndpointJob, EndpointSeen, Observation
from auditor.model.dns import Answer
from auditor.model.endpoint import Endpoint
from auditor.model.route import MailRoute
from auditor.model.session import Blame, Outcome, SmtpSession, Stage
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
        """Take an answer; it goes out with the next survey that ends, so before or with all that rest on it."""
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
        key = job.target.key
        try:
            route = await self._probes.look_up_route(job.target)
            survey = DomainSurveyed(key, route.endpoints, doubtful=_is_doubtful(route))
        except Exception as error:
            logger.exception("internal error while surveying %s", key)
            survey = DomainSurveyed(key, (), doubtful=True, fault=_words(error))
        # Sends go out in the order in which they are begun: no await between taking the answers and sending.
        answers, self._answers = tuple(self._answers), []
        await observations.send(replace(survey, answers=answers))

    async def _speak(self, job: EndpointJob, observations: trio.MemorySendChannel[Observation]) -> None:
        try:
            conversation = await self._probes.converse(job.endpoint)
        except Exception as error:
            logger.exception("internal error while speaking to %s", job.endpoint)
            conversation = Conversation(_failed_by_us(job.endpoint, error))
        await observations.send(EndpointSeen(job, conversation.session, conversation.certificates))


def _is_doubtful(route: MailRoute) -> bool:
    """Whether some lookup gave no fact."""
    return not route.status.known or any(one.errors or not one.status.known for one in route.exchanges)


def _failed_by_us(endpoint: Endpoint, error: Exception) -> SmtpSession:
    return SmtpSession(
        endpoint=endpoint, outcome=Outcome.INTERNAL_ERROR, stage=Stage.CONNECT, blame=Blame.OURS, error=_words(error)
    )


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
