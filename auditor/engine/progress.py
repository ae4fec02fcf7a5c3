"""How a run is getting on, as a snapshot that a view can show."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

RATE_SECONDS = 10.0  # the window over which rates are taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One moment of a run."""

    at_seconds: float
    """On the run's monotonic clock."""
    domains_total: int = 0
    domains_done: int = 0
    questions: int = 0
    """DNS questions answered."""
    conversations_open: int = 0
    conversations_done: int = 0
    waiting: int = 0
    """Endpoints known and not yet contacted."""
    retries_waiting: int = 0
    unknown: int = 0
    """Endpoints of which nothing can be said: timeouts, deferrals, resets."""
    latest: str = ""
    """What was learnt last, in a few words."""


ProgressSink = Callable[[Progress], None]


class Tally:
    """The counts of a run as they grow."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @classmethod
    def recorded(cls, counts: Mapping[str, int]) -> Self:
        """That of a run that goes on: what its earlier part came to, by the rows of its journal."""
        return cls(
            Progress(
                at_seconds=0.0,
                domains_total=counts["targets"],
                domains_done=counts["targets_done"],
                questions=counts["answers"],
                conversations_done=counts["sessions"],
            )
        )

    def add(self, *, domains_done: int = 0, questions: int = 0, conversations_done: int = 0, unknown: int = 0) -> None:
        """Count what was learnt."""
        now = self._progress
        self._progress = replace(
            now,
            domains_done=now.domains_done + domains_done,
            questions=now.questions + questions,
            conversations_done=now.conversations_done + conversations_done,
            unknown=now.unknown + unknown,
        )

    def name(self, latest: str) -> None:
        """Keep in a few words what was learnt last."""
        self._progress = replace(self._progress, latest=latest)

    def snapshot(self, *, at_seconds: float, conversations_open: int, waiting: int, retries_waiting: int) -> Progress:
        """The counts, with how things stand at this moment."""
        self._progress = replace(
            self._progress,
            at_seconds=at_seconds,
            conversations_open=conversations_open,
            waiting=waiting,
            retries_waiting=retries_waiting,
        )
        return self._progress


class Rates:
    """Domains, questions and conversations a second over a moving window, and the time left."""

    def __init__(self) -> None:
        self._moments: deque[Progress] = deque()

    def see(self, progress: Progress) -> None:
        """Take a snapshot into the window."""
        self._moments.append(progress)
        while len(self._moments) > 2 and progress.at_seconds - self._moments[1].at_seconds >= RATE_SECONDS:
            self._moments.popleft()

    def domains(self) -> float:
        """Domains done a second."""
        return self._rate(lambda progress: progress.domains_done)

    def questions(self) -> float:
        """DNS questions answered a second."""
        return self._rate(lambda progress: progress.questions)

    def conversations(self) -> float:
        """Conversations ended a second."""
        return self._rate(lambda progress: progress.conversations_done)

    def seconds_left(self) -> float | None:
        """Until the last domain is done, at the present rate; ``None`` while that cannot be told."""
        rate = self.domains()
        if not rate:
            return None
        last = self._moments[-1]
        return (last.domains_total - last.domains_done) / rate

    def _rate(self, count: Callable[[Progress], int]) -> float:
        if len(self._moments) < 2:
            return 0.0
        first, last = self._moments[0], self._moments[-1]
        seconds = last.at_seconds - first.at_seconds
        return (count(last) - count(first)) / seconds if seconds > 0 else 0.0
