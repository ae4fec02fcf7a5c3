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
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - an order, not a secret
    _targets: dict[Endpoint, list[str]] = field(default_factory=dict)
    _ready: list[EndpointJob] = field(default_factory=list)
    _busy: set[Place] = field(default_factory=set)
    _behind: dict[Place, list[Endpoint]] = field(default_factory=lambda: defaultdict(list))
    _later: list[tuple[float, Endpoint, int]] = field(default_factory=list)
    _missing: dict[str, int] = field(default_factory=dict)
    _waiting_behind: int = 0
    under_way: int = 0

    def want(self, key: str, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
        """Note that a target needs these endpoints; returns those that nobody needed before."""
        new = []
        needed = tuple(dict.fromkeys(endpoints))
        self._missing[key] = len(needed)
        for endpoint in needed:
            if endpoint not in self._targets:
                new.append(endpoint)
            self._targets.setdefault(endpoint, []).append(key)
        return new

    def add(self, endpoint: Endpoint, attempt: int = 1) -> None:
        """Let an endpoint be contacted, now or when its place is free."""
        place = (endpoint.address, endpoint.port)
        if self.gated and place in self._busy:
            self._behind[place].append(endpoint)
            self._waiting_behind += 1
        else:
            self._busy.add(place)
            self._ready.append(EndpointJob(endpoint, attempt))

    def next_job(self) -> EndpointJob | None:
        """One of the ready jobs, by chance, so that no operator is met in a burst; ``None`` if there is none."""
        if not self._ready:
            return None
        chosen = self.random.randrange(len(self._ready))
        self._ready[chosen], self._ready[-1] = self._ready[-1], self._ready[chosen]
        self.under_way += 1
        return self._ready.pop()

    def look_again(self, job: EndpointJob, at_seconds: float) -> None:
        """Contact an endpoint once more, not before ``at_seconds``."""
        heappush(self._later, (at_seconds, job.endpoint, job.attempt + 1))

    def wake(self, now_seconds: float) -> None:
        """Make the second looks ready whose time has come."""
        while self._later and self._later[0][0] <= now_seconds:
            _, endpoint, attempt = heappop(self._later)
            self._ready.append(EndpointJob(endpoint, attempt))

    @property
    def next_wake_seconds(self) -> float | None:
        """When the next second look is due."""
        return self._later[0][0] if self._later else None

    def behind(self, endpoint: Endpoint) -> list[Endpoint]:
        """Other names that wait at this endpoint's place; they are the caller's from now on."""
        others = self._behind.pop((endpoint.address, endpoint.port), [])
        self._waiting_behind -= len(others)
        return others

    def leave(self, endpoint: Endpoint) -> None:
        """The place is free: nobody speaks there."""
        self._busy.discard((endpoint.address, endpoint.port))

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
        return len(self._ready) + self._waiting_behind

    @property
    def retries_waiting(self) -> int:
        """Endpoints that wait for their second look."""
        return len(self._later)

    @property
    def empty(self) -> bool:
        """Whether every endpoint that was wanted is settled."""
        return not self._targets
