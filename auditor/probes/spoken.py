"""What a protocol says of a conversation, and what is taken down of it, stage by stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import trio

from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, Session, Stage, Starttls, Timings
from auditor.net.channel import Channel
from auditor.net.connection import Connection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.net.transcript import Transcript
from auditor.protocol.lines import Deviation

Seen = TypeVar("Seen", bound=Session, covariant=True)  # noqa: PLC0105 - a name for people
Link = TypeVar("Link", bound=Connection[Any])


class Deviating(Protocol):
    """What may depart from its standard."""

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """How it does."""


@dataclass(frozen=True, slots=True)
class Conversation(Generic[Seen]):
    """What was seen, and the certificates that were shown."""

    session: Seen
    certificates: tuple[Certificate, ...] = ()


class Spoken(Generic[Seen, Link]):
    """A conversation as it is taken down: whatever ends it, what was seen before is kept.

    A protocol says how one greets, asks for TLS, asks again inside it, and takes leave.
    """

    def __init__(self, kind: type[Seen], endpoint: Endpoint, network: Network, config: Config) -> None:
        self.endpoint = endpoint
        self.network = network
        self.config = config
        self.stage = Stage.CONNECT
        """The furthest that was reached."""
        self.transcript = Transcript(trio.current_time)
        self.connection: Link | None = None
        self._channel: Channel | None = None
        self._seen: Seen = kind(endpoint=endpoint, outcome=Outcome.COMPLETED, stage=Stage.CONNECT)
        self._facts: dict[str, object] = {}
        self._timings: dict[str, float] = {}
        self._changed = False

    @property
    def seen(self) -> Seen:
        """What was seen so far; made anew only when it is asked for, since a copy costs as much as a packet."""
        if self._changed:
            facts = {**self._facts, "stage": self.stage, "timings": Timings(**self._timings)}
            self._seen = replace(self._seen, **facts)  # type: ignore[arg-type]
            self._facts.clear()
            self._changed = False
        return self._seen

    # What a protocol says

    @property
    def not_spoken(self) -> Outcome:
        """What it is called when the server does not speak it."""
        return Outcome.NOT_SMTP

    @property
    def asked_for_less(self) -> bool:
        """Whether the server wants to be left alone for a while."""
        return self.seen.outcome is Outcome.DEFERRED

    def open(self, channel: Channel) -> Link:
        """The session on a channel that was just opened."""
        raise NotImplementedError

    async def greet(self, connection: Link) -> None:
        """Wait for the greeting, and ask what the server can do."""
        raise NotImplementedError

    def offers_tls(self) -> bool:
        """Whether the server said that TLS can be begun."""
        raise NotImplementedError

    async def starttls_accepted(self, connection: Link) -> bool:
        """Ask for TLS; whether the handshake may begin."""
        raise NotImplementedError

    async def ask_again(self, connection: Link) -> None:
        """Ask inside TLS what the server can do: nothing learnt in clear text is kept."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Say goodbye where it may be said; what becomes of it changes nothing."""
        raise NotImplementedError

    @property
    def unsolicited(self) -> bytes:
        """Octets that came when none were due."""
        return self.connection.unsolicited if self.connection is not None else b""

    def replies(self) -> tuple[Deviating | None, ...]:
        """The answers that were heard, whose departures from the standard count."""
        raise NotImplementedError

    # Taking down

    def fail(self, failure: ContactFailure) -> None:
        """Take down how it ended, at the stage that was reached."""
        self.saw(outcome=failure.outcome, blame=failure.blame, error=failure.words)
        self.transcript.note(f"{failure.outcome}: {failure.words}")

    def timed_out(self, words: str) -> ContactFailure:
        """The failure that waiting too long at this stage is."""
        if self.stage is Stage.CONNECT:
            return ContactFailure(Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN, words)
        if self.stage is Stage.TLS:
            self.saw(starttls=self.starttls(Starttls.FAILED))
            return ContactFailure(Outcome.TLS_FAILED, Blame.UNKNOWN, words)
        if self.connection is not None and _never_a_line(self.connection.partial):
            return ContactFailure(self.not_spoken, Blame.THEIRS, f"no line end, and {words}")
        return ContactFailure(Outcome.REPLY_TIMEOUT, Blame.UNKNOWN, words)

    def starttls(self, outcome: Starttls) -> Starttls:
        """What is to be said of STARTTLS at a port where TLS may come first."""
        return Starttls.IMPLICIT if self.endpoint.service.implicit_tls else outcome

    def saw(self, **facts: object) -> None:
        """Take down what was seen."""
        self._facts.update(facts)
        self._changed = True

    @contextmanager
    def step(self, stage: Stage, seconds: float, timing: str = "") -> Iterator[None]:
        """One stage under its deadline, its duration taken down when it is through."""
        self.reached(stage)
        began_at = trio.current_time()
        with trio.move_on_after(seconds) as scope:
            yield
        if scope.cancelled_caught:
            raise self.timed_out(f"nothing whole within {seconds:g} s at {stage}")
        if timing:
            self.took(timing, trio.current_time() - began_at)

    def reached(self, stage: Stage) -> None:
        """Take down that the conversation came to a stage."""
        self.stage = stage
        self._changed = True

    def took(self, timing: str, seconds: float) -> None:
        """Take down how long something took."""
        self._timings[timing] = round(seconds * 1000, 3)
        self._changed = True


def _never_a_line(partial: bytes) -> bool:
    """Whether a peer that ends its lines with CR alone has spoken: that is no reply, however long one waits."""
    return b"\r" in partial
