"""What every conversation with a server is, whatever protocol is spoken: its stages, deadlines, failures and end."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from typing import Any, Generic, Protocol, TypeVar

import trio

from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, Session, Stage, Starttls
from auditor.net.channel import Channel
from auditor.net.connection import Connection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.net.transcript import Transcript
from auditor.policy.certificate import read_certificate
from auditor.policy.exchange import server_name_of
from auditor.protocol.lines import Deviation

logger = logging.getLogger(__name__)

Got = TypeVar("Got")
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


class Talk(Generic[Seen, Link]):
    """A conversation under way: whatever ends it, what was seen before is kept.

    A protocol says how one greets, asks for TLS, asks again inside it, and takes leave.
    """

    def __init__(self, kind: type[Seen], endpoint: Endpoint, network: Network, config: Config) -> None:
        self.network = network
        self.config = config
        self.transcript = Transcript(trio.current_time)
        self.connection: Link | None = None
        self._channel: Channel | None = None
        self.seen: Seen = kind(endpoint=endpoint, outcome=Outcome.COMPLETED, stage=Stage.CONNECT)

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

    # Holding it

    async def hold(self) -> Conversation[Seen]:
        """The whole conversation; never raises for what a server does.

        Waits for a place at the address first; the deadlines run from the dial, and taking leave comes on top.
        """
        async with self.network.slot(self.seen.endpoint):
            self.transcript = Transcript(trio.current_time)  # its times are of the dial, not of the wait
            self.saw(started_at=datetime.now(UTC))
            try:
                with trio.move_on_after(self.config.session_timeout) as whole:
                    await self._hold(whole)
                if whole.cancelled_caught:
                    self.fail(self.timed_out(f"no end within {self.config.session_timeout:g} s"))
            except Exception as error:
                logger.exception("internal error while speaking to %s", self.seen.endpoint)
                self.fail(ContactFailure(Outcome.INTERNAL_ERROR, Blame.OURS, f"{type(error).__name__}: {error}"))
            self._heed()
            return self._conversation()

    async def _hold(self, whole: trio.CancelScope) -> None:
        try:
            async with self._connected() as channel:
                try:
                    await self._speak(channel)
                    self.saw(stage=Stage.DONE)
                finally:
                    whole.deadline = inf  # all is seen: taking leave has a deadline of its own
                    with trio.move_on_after(self.config.quit_timeout):
                        await self.leave()
        except ContactFailure as failure:
            self.fail(failure)

    async def _speak(self, channel: Channel) -> None:
        """From the greeting to the last question, in clear text and inside TLS."""
        connection = await self._approach(channel)
        if connection is None:
            return
        await self.handshake(connection)
        if self.seen.endpoint.service.implicit_tls:
            await self.greet(connection)
        else:
            await self.ask_again(connection)

    async def _approach(self, channel: Channel) -> Link | None:
        """Go up to where the handshake begins: at once, or when asked for; nothing where that is not to be had."""
        connection = self.connection = self.open(channel)
        if self.seen.endpoint.service.implicit_tls:
            return connection
        await self.greet(connection)
        if not self.offers_tls():
            self.saw(starttls=Starttls.NOT_OFFERED)
            return None
        return connection if await self.starttls_accepted(connection) else None

    async def at_handshake(self, do: Callable[[Channel], Awaitable[Got]]) -> Got:
        """What ``do`` makes of a connection on which a handshake is due; it is closed then, without a word.

        Raises:
            ContactFailure: it does not come to that.
        """
        async with self.network.slot_alone(self.seen.endpoint):
            try:
                with trio.move_on_after(self.config.session_timeout):
                    async with self._connected() as channel:
                        if await self._approach(channel) is None:
                            raise ContactFailure(Outcome.TLS_FAILED, Blame.UNKNOWN, "TLS was not to be had this time")
                        async with self.step(Stage.TLS, self.config.tls_timeout):
                            return await do(channel)
            finally:
                self._heed()
        raise self.timed_out(f"no end within {self.config.session_timeout:g} s")

    async def at_ready(self, do: Callable[[Link], Awaitable[Got]], *, inside: bool) -> Got:
        """What ``do`` makes of a session in which commands may be sent, inside TLS if wanted and there is TLS.

        Raises:
            ContactFailure: it does not come to that, or the session cannot go on.
        """
        async with self.network.slot_alone(self.seen.endpoint):
            try:
                with trio.move_on_after(self.config.session_timeout):
                    async with self._connected() as channel:
                        connection = await self._made_ready(channel, inside=inside)
                        try:
                            return await do(connection)
                        finally:
                            with trio.move_on_after(self.config.quit_timeout):
                                await self.leave()
            finally:
                self._heed()
        raise self.timed_out(f"no end within {self.config.session_timeout:g} s")

    async def _made_ready(self, channel: Channel, *, inside: bool) -> Link:
        connection = self.connection = self.open(channel)
        if inside or self.seen.endpoint.service.implicit_tls:
            await self._speak(channel)
        else:
            await self.greet(connection)
        return self.connection

    def _heed(self) -> None:
        """Leave the address alone for a while if it wants to be."""
        if self.asked_for_less:
            self.network.limits.hold_off(self.seen.endpoint.address)

    def fail(self, failure: ContactFailure) -> None:
        """Take down how it ended, at the stage that was reached."""
        self.saw(outcome=failure.outcome, blame=failure.blame, error=failure.words)
        self.transcript.note(f"{failure.outcome}: {failure.words}")

    def timed_out(self, words: str) -> ContactFailure:
        """The failure that waiting too long at this stage is."""
        if self.seen.stage is Stage.CONNECT:
            return ContactFailure(Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN, words)
        if self.seen.stage is Stage.TLS:
            self.saw(starttls=self.starttls(Starttls.FAILED))
            return ContactFailure(Outcome.TLS_FAILED, Blame.UNKNOWN, words)
        if self.connection is not None and _never_a_line(self.connection.partial):
            return ContactFailure(self.not_spoken, Blame.THEIRS, f"no line end, and {words}")
        return ContactFailure(Outcome.REPLY_TIMEOUT, Blame.UNKNOWN, words)

    async def handshake(self, connection: Link) -> None:
        """Shake hands, as the endpoint's service has it: after STARTTLS, or before all else."""
        server_name = server_name_of(self.seen.endpoint.exchange)
        implicit = self.seen.endpoint.service.implicit_tls
        self.saw(starttls=self.starttls(Starttls.FAILED))
        async with self.step(Stage.TLS, self.config.tls_timeout, "tls_ms"):
            try:
                tls = await connection.start_tls(self.network.tls_context, server_name, implicit=implicit)
            except ContactFailure as failure:
                raise ContactFailure(Outcome.TLS_FAILED, failure.blame, failure.words) from None
        tls = replace(tls, webpki=self.network.webpki.verdict(connection.channel.certificates))
        self.saw(tls=tls, starttls=self.starttls(Starttls.OK))

    async def nothing_early(self, connection: Link) -> None:
        """End here if octets came before the handshake: they are never part of the encrypted session."""
        early = await connection.early_octets()
        self.saw(plaintext_after_starttls=early)
        if early:
            self.saw(starttls=Starttls.FAILED)
            raise ContactFailure(
                Outcome.TLS_FAILED,
                Blame.UNKNOWN,
                "octets in clear text between the answer to STARTTLS and the handshake",
            )

    def own_name(self, channel: Channel) -> str:
        """The name for EHLO, or this end's address as a literal (RFC 5321 §4.1.4)."""
        if self.network.own_name:
            return self.network.own_name
        address = channel.local_address()
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def starttls(self, outcome: Starttls) -> Starttls:
        """What is to be said of STARTTLS at a port where TLS may come first."""
        return Starttls.IMPLICIT if self.seen.endpoint.service.implicit_tls else outcome

    def saw(self, **facts: object) -> None:
        """Take down what was seen."""
        self.seen = replace(self.seen, **facts)  # type: ignore[arg-type]

    @asynccontextmanager
    async def step(self, stage: Stage, seconds: float, timing: str = "") -> AsyncIterator[None]:
        """One stage under its deadline, its duration taken down when it is through."""
        self.saw(stage=stage)
        began_at = trio.current_time()
        with trio.move_on_after(seconds) as scope:
            yield
        if scope.cancelled_caught:
            raise self.timed_out(f"nothing whole within {seconds:g} s at {stage}")
        if timing:
            elapsed_ms = round((trio.current_time() - began_at) * 1000, 3)
            self.saw(timings=replace(self.seen.timings, **{timing: elapsed_ms}))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Channel]:
        endpoint = self.seen.endpoint
        async with self.step(Stage.CONNECT, self.config.connect_timeout, "connect_ms"):
            self._channel = await self.network.connect(endpoint, self.transcript)
        self.transcript.note(f"connected to {endpoint.address} port {endpoint.port}")
        try:
            yield self._channel
        finally:
            await self._channel.aclose()

    def _conversation(self) -> Conversation[Seen]:
        """What was seen, frozen."""
        timings = replace(self.seen.timings, total_ms=self.transcript.elapsed_ms())
        session = replace(self.seen, timings=timings, transcript=self.transcript.lines, deviations=self._deviations())
        chain = self._channel.certificates if self._channel is not None else ()
        return Conversation(session, tuple(dict.fromkeys(map(read_certificate, chain))))

    def _deviations(self) -> tuple[str, ...]:
        found = {str(deviation) for reply in self.replies() if reply is not None for deviation in reply.deviations}
        if self.unsolicited:
            found.add(str(Deviation.UNSOLICITED))
        return tuple(sorted(found))


def _never_a_line(partial: bytes) -> bool:
    """Whether a peer that ends its lines with CR alone has spoken: that is no reply, however long one waits."""
    return b"\r" in partial
