"""Who is contacted next, and which targets wait for what that shows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count, islice
from random import Random

from auditor.engine.jobs import ContactJob, EndpointJob, Subject
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyHost

MOST_DOMAINS = 10
"""On whose behalf one conversation is held, as far as it is told."""
Place = tuple[str, int] | PolicyHost
"""An address and port, which one conversation may answer for under several names; or a policy host."""


@dataclass(slots=True)
class Schedule:
    """Subjects in hand: ready, under way, waiting for another name's conversation, or for a second look.

    Holds only what is open; what is settled lives in the journal.
    """

    gated: bool
    """Whether other names at a place wait until the conversation under way there has ended."""
    random: Random
    _targets: dict[Subject, list[str]] = field(default_factory=dict)
    _missing: dict[str, int] = field(default_factory=dict)
    _ready: list[ContactJob] = field(default_factory=list)
    _busy: set[Place] = field(default_factory=set)
    _behind: dict[Place, list[EndpointJob]] = field(default_factory=lambda: defaultdict(list))
    _behind_count: int = 0
    _later: list[tuple[float, int, ContactJob]] = field(default_factory=list)
    _number: "count[int]" = field(default_factory=count)
    under_way: int = 0

    def want(self, key: str, subjects: Iterable[Subject]) -> list[Subject]:
        """Note that a target needs these subjects; returns those that nobody needed before."""
        new = []
        needed = tuple(dict.fromkeys(subjects))
        if needed:
            self._missing[key] = len(needed)
        for subject in needed:
            if subject not in self._targets:
                new.append(subject)
            self._targets.setdefault(subject, []).append(key)
        return new

    def add(self, job: ContactJob, not_before_seconds: float = 0.0) -> None:
        """Let a subject be contacted when its place is free, and not before that time."""
        place = _place(job.subject)
        if self.gated and isinstance(job, EndpointJob) and place in self._busy:
            self._behind[place].append(job)
            self._behind_count += 1
            return
        self._busy.add(place)
        if not_before_seconds:
            self.look_later(job, not_before_seconds)
        else:
            self._ready.append(job)

    def next_job(self) -> ContactJob | None:
        """One of the ready jobs, by chance, so that no operator is met in a burst; ``None`` if there is none."""
        if not self._ready:
            return None
        chosen = self.random.randrange(len(self._ready))
        self._ready[chosen], self._ready[-1] = self._ready[-1], self._ready[chosen]
        self.under_way += 1
        job = self._ready.pop()
        return replace(job, domains=self._asking_for(job.endpoint)) if isinstance(job, EndpointJob) else job

    def _asking_for(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Some of the domains that need it; the key of a direct target is none."""
        keys = (key for key in self._targets.get(endpoint, ()) if not key.startswith("["))
        return tuple(islice(keys, MOST_DOMAINS))

    def look_later(self, job: ContactJob, at_seconds: float) -> None:
        """Contact a subject whose place is kept for it, not before ``at_seconds``."""
        heappush(self._later, (at_seconds, next(self._number), job))

    def wake(self, now_seconds: float) -> None:
        """Make the second looks ready whose time has come."""
        while self._later and self._later[0][0] <= now_seconds:
            self._ready.append(heappop(self._later)[2])

    @property
    def next_wake_seconds(self) -> float | None:
        """When the next second look is due."""
        return self._later[0][0] if self._later else None

    def leave(self, endpoint: Endpoint) -> list[EndpointJob]:
        """The endpoint's place is free; those that waited for it, who are the caller's from now on."""
        place = _place(endpoint)
        self._busy.discard(place)
        jobs = self._behind.pop(place, [])
        self._behind_count -= len(jobs)
        return jobs

    def settle(self, subject: Subject) -> list[str]:
        """A subject is settled; the keys of the targets that now have all they need."""
        complete = []
        for key in self._targets.pop(subject, ()):
            self._missing[key] -= 1
            if not self._missing[key]:
                complete.append(key)
        for key in complete:
            del self._missing[key]
        return complete

    @property
    def waiting(self) -> int:
        """Subjects that are known and not yet contacted."""
        return len(self._ready) + self._behind_count

    @property
    def retries_waiting(self) -> int:
        """Subjects that wait for their second look."""
        return len(self._later)

    @property
    def empty(self) -> bool:
        """Whether every subject that was wanted is settled."""
        return not self._targets


def _place(subject: Subject) -> Place:
    return (subject.address, subject.port) if isinstance(subject, Endpoint) else subject
