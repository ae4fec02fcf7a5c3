"""The heart: one long-lived nursery that does jobs, as many at once as the settings allow."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import trio

from auditor.engine.jobs import (
    ContactJob,
    DomainJob,
    DomainSurveyed,
    EndpointJob,
    EndpointSeen,
    Observation,
    PolicyFetched,
    PolicyJob,
)
from auditor.journal.rows import answer_row, gist
from auditor.model.dns import Answer, Question
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, PolicyHost
from auditor.model.session import Blame, Outcome, Session, Stage
from auditor.model.target import Target

if TYPE_CHECKING:
    from auditor.probes.policy_fetch import Fetched
    from auditor.probes.spoken import Conversation
    from auditor.probes.survey import Surveyed

logger = logging.getLogger(__name__)

Job = TypeVar("Job")
_TELL_ALL = 50  # surveys after which all answers go out: some are asked for where no survey is, as for policy hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """The three things that are looked at, and how a survey is told what others found out."""

    survey: Callable[[Target], Awaitable["Surveyed"]]
    converse: Callable[[Endpoint, Sequence[str]], Awaitable["Conversation[Session]"]]
    fetch_policy: Callable[[PolicyHost], Awaitable["Fetched"]]
    correct: Callable[[Answer], None] = lambda _: None
    """Lets an answer stand for every survey from now on."""


class Worker:
    """Does jobs of both kinds side by side, so that slow servers never hold up the DNS."""

    def __init__(
        self, probes: Probes, *, domains_at_once: int, conversations_at_once: int, one_of_several: bool = False
    ) -> None:
        """``one_of_several``: others survey the same run with resolvers of their own."""
        self._probes = probes
        self._one_of_several = one_of_several
        self._domains_at_once = domains_at_once
        self._conversations_at_once = conversations_at_once
        self._untold: dict[Question, Answer] = {}
        self._surveyed = 0

    def answer_came(self, answer: Answer) -> None:
        """Take an answer; it goes out with the first survey that ends of those that rest on it."""
        self._untold[answer.question] = answer

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        """Do jobs until both channels are closed; see :class:`~auditor.engine.backends.Backend`."""
        async with observations, trio.open_nursery() as nursery:
            nursery.start_soon(self._serve, domains, self._survey, self._domains_at_once, observations)
            nursery.start_soon(self._serve, contacts, self._contact, self._conversations_at_once, observations)

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
        rests_on: tuple[Answer, ...] = ()
        for answer in job.known:
            self._probes.correct(answer)
        try:
            seen = await self._probes.survey(job.target)
            survey = DomainSurveyed(key, (*seen.route.endpoints, *seen.policy_hosts), doubtful=seen.doubtful)
            rests_on = seen.answers
        except Exception as error:
            logger.exception("internal error while surveying %s", key)
            survey = _not_surveyed(key, _words(error))
        # Sends go out in the order in which they are begun: no await between taking the answers and sending.
        told = self._told_with(rests_on)
        if self._one_of_several:
            new = {answer.question for answer in told}
            beside = ((one.question, gist(one)) for one in rests_on if one.question not in new)
            survey = replace(survey, rests_on=tuple(beside))
        await observations.send(replace(survey, answers=tuple(map(answer_row, told))))

    def _told_with(self, rests_on: Sequence[Answer]) -> list[Answer]:
        """The answers that go out with a survey: those it rests on, and now and then those that no survey does."""
        self._surveyed += 1
        if self._surveyed % _TELL_ALL == 0:
            told, self._untold = list(self._untold.values()), {}
            return told
        return [answer for answer in rests_on if self._untold.pop(answer.question, None) is not None]

    async def _contact(self, job: ContactJob, observations: trio.MemorySendChannel[Observation]) -> None:
        await observations.send(await (self._fetch(job) if isinstance(job, PolicyJob) else self._speak(job)))

    async def _speak(self, job: EndpointJob) -> EndpointSeen:
        try:
            conversation = await self._probes.converse(job.endpoint, job.domains)
        except Exception as error:
            logger.exception("internal error while speaking to %s", job.endpoint)
            return _not_spoken_to(job, _words(error))
        return EndpointSeen(job, conversation.session, conversation.certificates)

    async def _fetch(self, job: PolicyJob) -> PolicyFetched:
        try:
            fetched = await self._probes.fetch_policy(job.host)
        except Exception as error:
            logger.exception("internal error while fetching from %s", job.host.name)
            return _not_fetched(job, _words(error))
        return PolicyFetched(job, fetched.fetch, fetched.certificates)


def given_up(job: DomainJob | ContactJob, fault: str) -> Observation:
    """What is told of a job that failed by a fault of ours."""
    match job:
        case DomainJob():
            return _not_surveyed(job.target.key, fault)
        case EndpointJob():
            return _not_spoken_to(job, fault)
        case PolicyJob():
            return _not_fetched(job, fault)


def _not_surveyed(key: str, fault: str) -> DomainSurveyed:
    return DomainSurveyed(key, (), doubtful=True, fault=fault)


def _not_spoken_to(job: EndpointJob, fault: str) -> EndpointSeen:
    outcome, blame = Outcome.INTERNAL_ERROR, Blame.OURS
    session = Session(endpoint=job.endpoint, outcome=outcome, stage=Stage.CONNECT, blame=blame, error=fault)
    return EndpointSeen(job, session)


def _not_fetched(job: PolicyJob, fault: str) -> PolicyFetched:
    fetch = PolicyFetch(host=job.host.name, outcome=FetchOutcome.INTERNAL_ERROR, error=fault)
    return PolicyFetched(job, fetch)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
