"""What one process saw of one target: executions, the slowest, and inputs for which something did not hold."""

import functools
import gc
import hashlib
import signal
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Self

from tests.fuzz.target import Target

HANGS_AFTER_SECONDS = 30
_MOST_FAILURES = 10  # of one target in one process: what fails always is seen at once


class HangError(BaseException):
    """An input has no end; no ``except Exception`` may swallow that."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An input, and what did not hold for it."""

    octets: bytes
    words: str


@dataclass(slots=True)
class Watch:
    """Runs inputs, and keeps count."""

    target: Target
    executions: int = 0
    slowest_ms: float = 0.0
    failures: dict[str, Failure] = field(default_factory=dict)
    """The first input by the place where it failed."""

    def run(self, octets: bytes) -> None:
        """One execution."""
        self.executions += 1
        began = time.process_time()
        try:
            self.target.check(octets)
        except (Exception, HangError) as error:  # noqa: BLE001 - whatever it is, it was not declared
            self._failed(octets, error)
            return
        took = (time.process_time() - began) * 1000
        if took > self.slowest_ms:
            self._slow(octets, took)

    def _slow(self, octets: bytes, took: float) -> None:
        """What was slow once may have been the first of its kind, or the collector's turn."""
        for _ in range(3 if took > self.target.limit_ms / 4 else 0):
            took = min(took, cost_ms(self.target, octets))
        self.slowest_ms = max(self.slowest_ms, took)
        if took > self.target.limit_ms and "slow" not in self.failures:
            self.failures["slow"] = Failure(octets, f"{took:.0f} ms of processor time")

    def _failed(self, octets: bytes, error: BaseException) -> None:
        at = traceback.extract_tb(error.__traceback__)[-1]
        words = f"{type(error).__name__}: {error}"[:300]
        place = f"{Path(at.filename).name}:{at.lineno} {at.line}"
        if len(self.failures) < _MOST_FAILURES:
            self.failures.setdefault(place, Failure(octets, f"{place}: {words}"))


def cost_ms(target: Target, octets: bytes) -> float:
    """Processor time of one execution in which nothing is remembered from another."""
    forget()
    gc.collect()
    began = time.process_time()
    target.check(octets)
    return (time.process_time() - began) * 1000


def forget() -> None:
    """Empty what functions of the product keep; not what they load once."""
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and one.cache_parameters()["maxsize"] is not None:
            one.cache_clear()


def save(failures: dict[str, Failure], folder: Path, target: str) -> list[tuple[str, str]]:
    """The name of the file that each failing input is written to, and what failed."""
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for one in failures.values():
        path = folder / f"{target}-{hashlib.sha256(one.octets).hexdigest()[:12]}"
        path.write_bytes(one.octets)
        saved.append((str(path), one.words))
    return saved


@dataclass(frozen=True, slots=True)
class Seen:
    """What a process says of its part."""

    target: str
    executions: int
    seconds: float
    """Of its processor time."""
    slowest_ms: float
    failures: list[tuple[str, str]]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


class Alarm:
    """Ends what runs on for ever, by an exception where it stands; the clock is that of the processor."""

    def __init__(self, seconds: float = HANGS_AFTER_SECONDS) -> None:
        self._seconds = seconds

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGVTALRM, self._ring)
        self.wind()
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, self._before)

    def wind(self) -> None:
        """All is well; begin anew."""
        signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        raise HangError(f"no end within {self._seconds:g} s")
