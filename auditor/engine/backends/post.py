"""One who does jobs elsewhere, as seen from here: what he was given, and what becomes of it if he is lost."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import trio

from auditor.engine.backends.frames import Logged, pack
from auditor.engine.backends.link import Link, LinkLostError, OpenLink, log, read
from auditor.engine.jobs import ContactJob, DomainJob, DomainSurveyed, EndpointSeen, Observation, PolicyFetched
from auditor.engine.worker import given_up
from auditor.errors import NotFinishedError

logger = logging.getLogger(__name__)

Job = DomainJob | ContactJob
FEW = 16
"""Jobs at a time that are given again after a loss; one at a time after a second."""
_MOST_LOSSES = 3  # one after the other, without any work done

Observe = Callable[[Observation], None]


@dataclass(slots=True)
class Post:
    """A place for one who does jobs: whoever is lost is replaced, and gets his jobs anew.

    One of them may be what killed him. So they are given again few at a time, then one by one, and new ones wait;
    the one that kills him alone is answered here, as a fault of ours.
    """

    open_link: OpenLink
    observe: Observe
    """Takes what is observed, in the order in which it comes."""
    _waiting: deque[Job] = field(default_factory=deque)
    _given: dict[object, Job] = field(default_factory=dict)
    _again: deque[Job] = field(default_factory=deque)
    _company: int | None = None
    """How many jobs are given at a time; ``None`` while nobody was lost."""
    _losses: int = 0
    """Since something was observed last."""
    _news: trio.Event = field(default_factory=trio.Event)

    @property
    def load(self) -> int:
        """Jobs in hand."""
        return len(self._waiting) + len(self._given) + len(self._again)

    def take(self, job: Job) -> None:
        """Take one more job."""
        self._waiting.append(job)
        self._news.set()

    async def run(self) -> None:
        """Have jobs done until cancelled.

        Raises:
            NotFinishedError: nobody can be had.
        """
        while True:
            try:
                async with self.open_link() as link:
                    await self._work(link)
            except LinkLostError as error:
                logger.warning("a worker is lost, with %d jobs: %s", len(self._given), error)
                self._losses += 1
                if self._losses >= _MOST_LOSSES and not self._given:
                    raise NotFinishedError(f"no worker can be had: {error}") from None
                self._lost()

    async def _work(self, link: Link) -> None:
        self._news.set()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._give, link)
            try:
                while True:
                    self._returned(await link.receive())
            except LinkLostError as error:
                lost = error
            nursery.cancel_scope.cancel()
        raise lost

    async def _give(self, link: Link) -> None:
        while True:
            await self._news.wait()
            self._news = trio.Event()
            if jobs := self._next():
                self._given.update((_key(job), job) for job in jobs)
                try:
                    await link.send([pack(job) for job in jobs])
                except LinkLostError:
                    return  # which the other direction will tell

    def _next(self) -> Sequence[Job]:
        """The jobs that may be given now."""
        if self._company is not None and not self._again and not self._given:
            self._company = None
        if self._company is None:
            jobs = tuple(self._waiting)
            self._waiting.clear()
            return jobs
        room = max(0, min(self._company - len(self._given), len(self._again)))
        return [self._again.popleft() for _ in range(room)]

    def _returned(self, frames: Sequence[bytes]) -> None:
        for message in read(frames):
            match message:
                case DomainSurveyed() | EndpointSeen() | PolicyFetched():
                    self._done(message)
                case Logged():
                    log(message)
        if self._company is not None:
            self._news.set()

    def _done(self, observation: Observation) -> None:
        if self._given.pop(_key_of(observation), None) is not None:
            self._losses = 0
            self.observe(observation)

    def _lost(self) -> None:
        given = list(self._given.values())
        if self._company == 1:
            for job in given:
                logger.error("what was being done when a worker was lost is given up: %s", job)
                self._done(given_up(job, "RuntimeError: the worker process ended while it was done"))
            self._company = FEW if self._again else None
            return
        self._given.clear()
        self._again.extendleft(reversed(given))
        if given:
            self._company = FEW if self._company is None else 1


def _key(job: Job) -> object:
    """What tells a job from the others in hand."""
    return job.target.key if isinstance(job, DomainJob) else job


def _key_of(observation: Observation) -> object:
    return observation.key if isinstance(observation, DomainSurveyed) else observation.job
