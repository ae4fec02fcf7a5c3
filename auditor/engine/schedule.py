"""Which endpoint is contacted next, and who waits for what it shows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from auditor.engine.jobs import EndpointJob
from auditor.model.endpoint import Endpoint

Place = tuple[str, int]
"""An address and port: what one conversation may answer for under several names."""


@dataclass(slots=True)
class Schedule:
    """Endpoints in hand: ready, under way, waiting for another name's conversation, or for a second look.

    Holds only what is open; what is settled lives in the journal.
    """

    gated: bool
    """Whether other names at a place wait until the conversation under way there has ended."""
    random: Random
    _targets: dict[Endpoint, list[str]] = field(default_factory=dict)
    _missing: dict[str, int] = field(default_factory=dict)
    _ready: list[EndpointJob] = field(default_factory=list)
    _busy: set[Place] = field(default_factory=set)
    _behind: dict[Place, list[EndpointJob]] = field(default_factory=lambda: defaultdict(list))
    _behind_count: int = 0
    _later: list[tuple[float, EndpointJob]] = field(default_factory=list)
    under_way: int = 0

    def want(self, key: str, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
        """Note that a target needs these endpoints; returns those that nobody needed before."""
        new = []
        needed = tuple(dict.fromkeys(endpoints))
        if needed:
            self._missing[key] = len(needed)
        for endpoint in needed:
            if endpoint not in self._targets:
                new.append(endpoint)
            self._targets.setdefault(endpoint, []).append(key)
        return new

    def add(self, job: EndpointJob, not_before_seconds: float = 0.0) -> None:
        """Let an endpoint be contacted when its place is free, and not before that time."""
        place = _place(job.endpoint)
        if self.gated and place in self._busy:
            self._behind[place].append(job)
            self._behind_count += 1
            return
        self._busy.add(place)
        if not_before_seconds:
            self.look_later(job, not_before_seconds)
        else:
            self._ready.append(job)

    def next_job(self) -> EndpointJob | None:
        """One of the ready jobs, by chance, so that no operator is met in a burst; ``None`` if there is none."""
        if not self._ready:
            return None
        chosen = self.random.randrange(len(self._ready))
        self._ready[chosen], self._ready[-1] = self._ready[-1], self._ready[chosen]
        self.under_way += 1
        return self._ready.pop()

    def look_later(self, job: EndpointJob, at_seconds: float) -> None:
        """Contact an endpoint whose place is kept for it, not before ``at_seconds``."""
        heappush(self._later, (at_seconds, job))

    def wake(self, now_seconds: float) -> None:
        """Make the second looks ready whose time has come."""
        while self._later and self._later[0][0] <= now_seconds:
            self._ready.append(heappop(self._later)[1])

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

    def settle(self, endpoint: Endpoint) -> list[str]:
        """An endpoint is settled; the keys of the targets that now have all they need."""
        complete = []
        for key in self._targets.pop(endpoint, ()):
            self._missing[key] -= 1
            if not self._missing[key]:
                complete.append(key)
        for key in complete:
            del self._missing[key]
        return complete

    @property
    def waiting(self) -> int:
        """Endpoints that are known and not yet contacted."""
        return len(self._ready) + self._behind_count

    @property
    def retries_waiting(self) -> int:
        """Endpoints that wait for their second look."""
        return len(self._later)

    @property
    def empty(self) -> bool:
        """Whether every endpoint that was wanted is settled."""
        return not self._targets


def _place(endpoint: Endpoint) -> Place:
    return (endpoint.address, endpoint.port)
