"""Which job is next: every subject once, with second looks, sharing, and an end that can be asked for."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random

import trio

from auditor.config import Config
from auditor.engine.backends import Backend
from auditor.engine.channels import all_that_came
from auditor.engine.feeder import Feeder
from auditor.engine.jobs import (
    ContactJob,
    DomainJob,
    DomainSurveyed,
    EndpointJob,
    EndpointSeen,
    Observation,
    PolicyFetched,
    PolicyJob,
    Subject,
)
from auditor.engine.keeping import Keeping
from auditor.engine.path_signs import PathSigns
from auditor.engine.progress import ProgressSink, Tally
from auditor.engine.schedule import Schedule
from auditor.engine.standing import Standing
from auditor.engine.stop import StopReason
from auditor.engine.vantage import VantageGuard
from auditor.errors import ungrouped
from auditor.journal import Journal
from auditor.journal.sharing import Sharing, better, shared
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyHost
from auditor.model.session import Blame, Session

GRACE_SECONDS = 2.0  # for what is under way when the end is asked for


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
        # The same order whenever a run is repeated with its own start, another in every other run.
        order = Random(journal.started_at.isoformat())  # noqa: S311 - an order, not a secret
        self._schedule = Schedule(gated=not config.no_share, random=order)
        self._sharing = Sharing(journal)
        self._standing = Standing(journal)
        self._guard = VantageGuard(config.vantage_guard)
        self._signs = PathSigns()
        self._feeder = Feeder(journal, self._schedule)
        self._halted: StopReason | None = None
        self._everything = trio.CancelScope()
        self._tally = Tally.recorded(journal.counts())
        self._keeping = Keeping(journal, self._tally, self._schedule, sink)

    async def run(self, stop: trio.Event) -> StopReason:
        self._backend.recall(self._standing.answer, always=bool(self._journal.counts()["answers"]))
        to_survey, domains = trio.open_memory_channel[DomainJob](0)
        to_contact, contacts = trio.open_memory_channel[ContactJob](0)
        seen, observations = trio.open_memory_channel[Observation](0)
        with self._everything:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._backend.run, domains, contacts, seen)
                nursery.start_soon(self._feeder.run, to_survey, to_contact)
                nursery.start_soon(self._keeping.run)
                nursery.start_soon(self._watch, stop)
                # Never waits for anything but observations, so whoever sends one gets on: no deadlock.
                async with observations:
                    with suppress(trio.EndOfChannel):
                        while True:
                            for observation in await all_that_came(observations):
                                self._take(observation)
                nursery.cancel_scope.cancel()
        self._keeping.tell()
        if (note := self._guard.note()) is not None:
            self._journal.set_meta("vantage_note", note)
        if note := self._signs.note():
            self._journal.set_meta("path_note", note)
        self._journal.flush()
        return self._halted or StopReason.DONE

    # Taking observations

    def _take(self, observation: Observation) -> None:
        match observation:
            case DomainSurveyed():
                self._surveyed(observation)
            case EndpointSeen():
                self._seen(observation)
            case PolicyFetched():
                self._fetched(observation)
        self._feeder.look()

    def _surveyed(self, survey: DomainSurveyed) -> None:
        target = self._feeder.surveyed(survey.key)
        self._tally.add(questions=len(survey.answers))
        if known := self._standing.agree(survey):
            self._feeder.again(DomainJob(target, known))
            return
        if survey.doubtful:
            self._journal.doubt(survey.key)
        self._journal.fault(survey.key, survey.fault)
        for subject in self._schedule.want(survey.key, survey.subjects):
            self._want(subject)
        if not survey.subjects:
            self._finish([survey.key])

    def _want(self, subject: Subject) -> None:
        """See that a subject gets settled: it is already, or another name's conversation serves, or one is held."""
        if self._journal.is_settled(subject):
            self._finish(self._schedule.settle(subject))
        elif isinstance(subject, PolicyHost):
            self._schedule.add(PolicyJob(subject))
        elif not self._config.no_share and (held := self._sharing.held_for(subject)) is not None:
            self._share(held, subject)
        else:
            self._contact(subject)

    def _contact(self, endpoint: Endpoint) -> None:
        """Have a first look, or the second if an earlier part of the run had the first."""
        first = self._journal.session(endpoint)
        if first is None or first.blame is Blame.PATH:  # what a closed path let through was no look
            self._schedule.add(EndpointJob(endpoint))
        else:
            attempt = min(first.attempts, self._config.retries) + 1
            self._schedule.add(EndpointJob(endpoint, attempt), trio.current_time() + self._config.retry_wait)

    def _looked(self, look: EndpointSeen | PolicyFetched) -> None:
        self._schedule.under_way -= 1
        for certificate in look.certificates:
            self._journal.certificate_seen(certificate)

    def _due_again(self, job: ContactJob, *, transient: bool) -> bool:
        return transient and job.attempt <= self._config.retries

    def _look_again(self, job: ContactJob) -> None:
        later = trio.current_time() + self._config.retry_wait
        self._schedule.look_later(replace(job, attempt=job.attempt + 1), later)

    def _seen(self, seen: EndpointSeen) -> None:
        self._looked(seen)
        job = seen.job
        first = self._journal.session(job.endpoint) if job.attempt > 1 else None
        session = better(first, replace(seen.session, attempts=job.attempt))
        again = self._due_again(job, transient=seen.session.may_pass)
        self._journal.session_ended(session, settled=not again)
        self._journal.flush()  # some 30 µs, and no kill has a server visited again that was visited
        self._guard.see(session)
        if self._guard.tripped:
            self._blame_the_path()
        if again:
            self._look_again(job)
        elif self._journal.is_settled(job.endpoint):
            self._settled(session)

    def _fetched(self, fetched: PolicyFetched) -> None:
        self._looked(fetched)
        job = fetched.job
        again = self._due_again(job, transient=fetched.fetch.outcome.transient)
        no_fact = fetched.fetch.outcome is FetchOutcome.DNS_FAILED  # so a resumed run asks for its domain again
        fetch = replace(fetched.fetch, attempts=job.attempt)
        self._journal.policy_fetched(job.host, fetch, settled=not again and not no_fact)
        if no_fact:
            self._journal.doubt(job.host.domain)
        if again:
            self._look_again(job)
        else:
            self._finish(self._schedule.settle(job.host))

    def _settled(self, session: Session) -> None:
        self._signs.see(session)
        endpoint = session.endpoint
        self._tally.add(conversations_done=1, unknown=int(session.may_pass))
        self._tally.name(f"{endpoint}: {session.outcome}")
        self._finish(self._schedule.settle(endpoint))
        for job in self._schedule.leave(endpoint):
            if self._sharing.serves(session, job.endpoint):
                self._share(session, job.endpoint)
            else:
                self._schedule.add(job)

    def _share(self, session: Session, endpoint: Endpoint) -> None:
        copy = shared(session, endpoint)
        self._journal.session_ended(copy, settled=True)
        self._guard.see(copy)
        self._finish(self._schedule.settle(endpoint))

    def _finish(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._journal.finish(key)
        self._tally.add(domains_done=len(keys))

    # Ending early

    async def _watch(self, stop: trio.Event) -> None:
        deadline = self._config.deadline
        seconds = float("inf") if deadline is None else deadline.timestamp() - time.time()
        with trio.move_on_after(max(0.0, seconds)):
            await stop.wait()
        self._halt(StopReason.INTERRUPTED if stop.is_set() else StopReason.DEADLINE)

    def _blame_the_path(self) -> None:
        """Let nothing that came to nothing here count: its blame is the path's, and a resumed run looks anew."""
        for session in self._guard.blamed():
            self._journal.session_ended(session, settled=False)
        if self._halted is None:
            self._journal.doubt_all()
            self._halt(StopReason.VANTAGE)

    def _halt(self, reason: StopReason) -> None:
        """Take up no new work, and give what is under way a short while to end."""
        self._halted = self._halted or reason
        self._feeder.stop()
        self._everything.deadline = min(self._everything.deadline, trio.current_time() + GRACE_SECONDS)
