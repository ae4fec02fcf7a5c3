"""Handing out jobs, as fast as they are taken and not before there is room for what they yield."""

from collections import deque

import trio

from auditor.engine.jobs import ContactJob, DomainJob
from auditor.engine.schedule import Schedule
from auditor.journal import Journal
from auditor.model.target import Target

# Domains are surveyed only as fast as their endpoints are taken up, so that what is open stays bounded.
MAX_WAITING_ENDPOINTS = 5_000


class Feeder:
    """Deals the journal's unfinished targets, and the schedule's subjects as they become known."""

    def __init__(self, journal: Journal, schedule: Schedule) -> None:
        self._journal = journal
        self._schedule = schedule
        self._surveying: dict[str, Target] = {}
        self._again: deque[DomainJob] = deque()
        self._dealt = False
        self._changed = trio.Event()
        self._scope = trio.CancelScope()

    async def run(
        self, to_survey: trio.MemorySendChannel[DomainJob], to_contact: trio.MemorySendChannel[ContactJob]
    ) -> None:
        """Hand out jobs until there are no more, or no more are wanted; the closed channels say so."""
        async with to_survey, to_contact:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._deal, to_survey)
                    nursery.start_soon(self._dispatch, to_contact)

    def surveyed(self, key: str) -> Target:
        """The target of that key, which was dealt out, has been surveyed."""
        return self._surveying.pop(key)

    def again(self, job: DomainJob) -> None:
        """Have a target surveyed once more, before the next new one."""
        self._surveying[job.target.key] = job.target
        self._again.append(job)

    def look(self) -> None:
        """Something has changed: there may be a job, or no more to come."""
        self._changed.set()
        self._changed = trio.Event()

    def stop(self) -> None:
        """Hand out nothing more."""
        self._scope.cancel()

    async def _deal(self, to_survey: trio.MemorySendChannel[DomainJob]) -> None:
        for target in self._journal.targets(unfinished=True):
            while self._schedule.waiting > MAX_WAITING_ENDPOINTS:
                await self._changed.wait()
            await self._deal_again(to_survey)
            self._surveying[target.key] = target
            await to_survey.send(DomainJob(target))
        while self._surveying:
            await self._deal_again(to_survey)
            if self._surveying:
                await self._changed.wait()
        self._dealt = True
        self.look()

    async def _deal_again(self, to_survey: trio.MemorySendChannel[DomainJob]) -> None:
        while self._again:
            await to_survey.send(self._again.popleft())

    async def _dispatch(self, to_contact: trio.MemorySendChannel[ContactJob]) -> None:
        while not (self._dealt and self._schedule.empty):
            self._schedule.wake(trio.current_time())
            job = self._schedule.next_job()
            if job is not None:
                await to_contact.send(job)
            else:
                await self._news()

    async def _news(self) -> None:
        """Wait until something changed, or a second look is due."""
        wake_at = self._schedule.next_wake_seconds
        with trio.move_on_at(float("inf") if wake_at is None else wake_at):
            await self._changed.wait()
