"""Which job is next: every subject once, with second looks, sharing, and an end that can be asked for."""

import time
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

import trio

from auditor.config import Config
from auditor.engine.backends import Backend
from auditor.engine.jobs import DomainJob, DomainSurveyed, EndpointJob, EndpointSeen, Observation
from auditor.engine.progress import Progress, ProgressSink
from auditor.engine.schedule import Schedule
from auditor.engine.sharing import serves, shared
from auditor.engine.vantage import VantageGuard
from auditor.errors import ungrouped
from auditor.journal import Journal
from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint
from auditor.model.session import SmtpSession, Stage

# Domains are surveyed only as fast as their endpoints are taken up, so that what is open stays bounded.
MAX_WAITING_ENDPOINTS = 5_000
MAX_LOOKED_AT = 4  # conversations at one place that are tried for sharing
TICK_SECONDS = 0.25
GRACE_SECONDS = 2.0  # for what is under way when the end is asked for


class StopReason(StrEnum):
    """Why a campaign ended."""

    DONE = "done"
    INTERRUPTED = "interrupted"
    DEADLINE = "deadline"
    VANTAGE = "vantage"


async def run_campaign(
    journal: Journal,
    config: Config,
    backend: Backend,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
) -> StopReason:
    """Observe everything that the journal's unfinished targets ask for, into the journal.

    Setting ``stop`` ends it within seconds, as ``config.deadline`` does; what was observed is kept.

    Raises:
        NotFinishedError: the journal cannot be written any more.
    """
    with ungrouped():
        return await _Campaign(journal, config, backend, progress).run(trio.Event() if stop is None else stop)


class _Campaign:
    def __init__(self, journal: Journal, config: Config, backend: Backend, sink: ProgressSink | None) -> None:
        self._journal = journal
        self._config = config
        self._backend = backend
        self._sink = sink
        self._schedule = Schedule(gated=not config.no_share)
        self._guard = VantageGuard(config.vantage_guard)
        self._surveying = 0
        self._dealt = False
        self._changed = trio.Event()
        self._halted: StopReason | None = None
        self._feeding = trio.CancelScope()
        self._everything = trio.CancelScope()
        counts = journal.counts()
        self._progress = Progress(
            at_seconds=0.0,
            domains_total=counts["targets"],
            domains_done=counts["targets_done"],
            questions=counts["answers"],
            conversations_done=counts["sessions"],
        )

    async def run(self, stop: trio.Event) -> StopReason:
        self._backend.recall(tuple(self._journal.answers()))
        to_survey, domains = trio.open_memory_channel[DomainJob](0)
        to_contact, endpoints = trio.open_memory_channel[EndpointJob](0)
        seen, observations = trio.open_memory_channel[Observation](0)
        with self._everything:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._backend.run, domains, endpoints, seen)
                nursery.start_soon(self._feed, to_survey, to_contact)
                nursery.start_soon(self._watch, stop)
                nursery.start_soon(self._tick)
                async with observations:
                    async for observation in observations:
                        self._take(observation)
                nursery.cancel_scope.cancel()
        self._tell()
        self._journal.set_meta("vantage_note", self._guard.note())
        self._journal.flush()
        return self._halted or StopReason.DONE

    # Feeding jobs

    async def _feed(
        self, to_survey: trio.MemorySendChannel[DomainJob], to_contact: trio.MemorySendChannel[EndpointJob]
    ) -> None:
        """Hand out jobs until there are no more, or the end is asked for; the closed channels say so."""
        async with to_survey, to_contact:
            with self._feeding:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._deal, to_survey)
                    nursery.start_soon(self._dispatch, to_contact)

    async def _deal(self, to_survey: trio.MemorySendChannel[DomainJob]) -> None:
        for target in self._journal.targets(unfinished=True):
            while self._schedule.waiting > MAX_WAITING_ENDPOINTS:
                await self._changed.wait()
            self._surveying += 1
            await to_survey.send(DomainJob(target))
        self._dealt = True
        self._change()

    async def _dispatch(self, to_contact: trio.MemorySendChannel[EndpointJob]) -> None:
        while not (self._dealt and self._surveying == 0 and self._schedule.empty):
            self._schedule.wake(trio.current_time())
            job = self._schedule.next_job()
            if job is not None:
                await to_contact.send(job)
            else:
                await self._news()

    async def _news(self) -> None:
        """Wait until something changed, or a second look is due."""
        wake_at = self._schedule.next_wake_seconds
        with trio.move_on_at(trio.current_time() + 3600 if wake_at is None else wake_at):
            await self._changed.wait()

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    # Taking observations

    def _take(self, observation: Observation) -> None:
        match observation:
            case DomainSurveyed():
                self._surveyed(observation)
            case EndpointSeen():
                self._seen(observation)
        self._change()

    def _surveyed(self, survey: DomainSurveyed) -> None:
        self._surveying -= 1
        for answer in survey.answers:
            self._journal.answer_came(answer)
        self._count(questions=len(survey.answers))
        if survey.fault:
            self._journal.set_meta(f"fault:{survey.key}", survey.fault)
        for endpoint in self._schedule.want(survey.key, survey.endpoints):
            self._want(endpoint)
        if not survey.endpoints:
            self._finish([survey.key])

    def _want(self, endpoint: Endpoint) -> None:
        """See that an endpoint gets settled: it is already, or another name's conversation serves, or one is held."""
        if self._journal.is_settled(endpoint):
            self._finish(self._schedule.settle(endpoint))
        elif (held := self._held_for(endpoint)) is not None:
            self._share(held, endpoint)
        else:
            earlier = self._journal.session(endpoint)  # of a part of the run that was broken off
            self._schedule.add(endpoint, 1 if earlier is None else earlier.attempts + 1)

    def _held_for(self, endpoint: Endpoint) -> SmtpSession | None:
        if self._config.no_share:
            return None
        held = self._journal.sessions_at(endpoint.address, endpoint.port, MAX_LOOKED_AT)
        return next((session for session in held if serves(session, self._leaf(session), endpoint.exchange)), None)

    def _leaf(self, session: SmtpSession) -> Certificate | None:
        chain = session.tls.chain if session.tls is not None else ()
        return self._journal.certificate(chain[0]) if chain else None

    def _seen(self, seen: EndpointSeen) -> None:
        self._schedule.under_way -= 1
        for certificate in seen.certificates:
            self._journal.certificate_seen(certificate)
        session = self._best(seen)
        again = session.outcome.transient and seen.job.attempt <= self._config.retries
        self._guard.see(session)
        if self._guard.tripped:
            self._blame_the_path()
            self._journal.session_ended(self._guard.blame(session), settled=False)
            return
        self._journal.session_ended(session, settled=not again)
        if again:
            self._schedule.look_again(seen.job, trio.current_time() + self._config.retry_wait)
        else:
            self._settled(session)

    def _best(self, seen: EndpointSeen) -> SmtpSession:
        """Of the first look and this one the one that got further, with the number of looks."""
        session = replace(seen.session, attempts=seen.job.attempt)
        first = self._journal.session(session.endpoint) if seen.job.attempt > 1 else None
        if first is None or _reached(session) >= _reached(first):
            return session
        return replace(first, attempts=session.attempts)

    def _settled(self, session: SmtpSession) -> None:
        endpoint = session.endpoint
        self._count(conversations_done=1, unknown=int(session.outcome.transient), latest=session)
        self._finish(self._schedule.settle(endpoint))
        leaf = self._leaf(session)
        behind = self._schedule.behind(endpoint)
        self._schedule.leave(endpoint)
        for other in behind:
            if serves(session, leaf, other.exchange):
                self._share(session, other)
            else:
                self._schedule.add(other)

    def _share(self, session: SmtpSession, endpoint: Endpoint) -> None:
        self._journal.session_ended(shared(session, endpoint), settled=True)
        self._finish(self._schedule.settle(endpoint))

    def _finish(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._journal.finish(key)
        self._count(domains_done=len(keys))

    # Ending early

    async def _watch(self, stop: trio.Event) -> None:
        deadline = self._config.deadline
        seconds = float("inf") if deadline is None else deadline.timestamp() - time.time()
        with trio.move_on_after(max(0.0, seconds)):
            await stop.wait()
        self._halt(StopReason.INTERRUPTED if stop.is_set() else StopReason.DEADLINE)

    def _blame_the_path(self) -> None:
        if self._halted is None:
            for session in self._guard.blamed():
                self._journal.session_ended(session, settled=False)
            self._halt(StopReason.VANTAGE)

    def _halt(self, reason: StopReason) -> None:
        """Take up no new work, and give what is under way a short while to end."""
        self._halted = self._halted or reason
        self._feeding.cancel()
        self._everything.deadline = min(self._everything.deadline, trio.current_time() + GRACE_SECONDS)

    # Telling

    async def _tick(self) -> None:
        while True:
            self._tell()
            self._journal.flush()
            await trio.sleep(TICK_SECONDS)

    def _tell(self) -> None:
        self._progress = replace(
            self._progress,
            at_seconds=trio.current_time(),
            conversations_open=self._schedule.under_way,
            waiting=self._schedule.waiting,
            retries_waiting=self._schedule.retries_waiting,
        )
        if self._sink is not None:
            self._sink(self._progress)

    def _count(
        self,
        *,
        domains_done: int = 0,
        questions: int = 0,
        conversations_done: int = 0,
        unknown: int = 0,
        latest: SmtpSession | None = None,
    ) -> None:
        now = self._progress
        self._progress = replace(
            now,
            domains_done=now.domains_done + domains_done,
            questions=now.questions + questions,
            conversations_done=now.conversations_done + conversations_done,
            unknown=now.unknown + unknown,
            latest=now.latest if latest is None else f"{latest.endpoint}: {latest.outcome}",
        )


def _reached(session: SmtpSession) -> int:
    return list(Stage).index(session.stage)
