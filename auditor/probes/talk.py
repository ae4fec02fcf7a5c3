"""Holding a conversation with a server, whatever protocol is spoken: to its end, or up to where more is asked."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import TypeVar

import trio

from auditor.model.session import Blame, Outcome, Stage, Starttls, Timings
from auditor.net.channel import Channel
from auditor.net.failure import ContactFailure
from auditor.net.transcript import Transcript
from auditor.policy.certificate import read_certificate
from auditor.policy.exchange import server_name_of
from auditor.probes.spoken import Conversation, Link, Seen, Spoken
from auditor.protocol.lines import Deviation

logger = logging.getLogger(__name__)

Got = TypeVar("Got")


class Talk(Spoken[Seen, Link]):
    """A conversation under way, whatever protocol is spoken."""

    async def hold(self) -> Conversation[Seen]:
        """The whole conversation; never raises for what a server does.

        Waits for a place at the address first; the deadlines run from the dial, and taking leave comes on top.
        """
        async with self.network.slot(self.endpoint):
            self.transcript = Transcript(trio.current_time)  # its times are of the dial, not of the wait
            self.saw(started_at=datetime.now(UTC))
            try:
                with trio.move_on_after(self.config.session_timeout) as whole:
                    await self._hold(whole)
                if whole.cancelled_caught:
                    self.fail(self.timed_out(f"no end within {self.config.session_timeout:g} s"))
            except Exception as error:
                logger.exception("internal error while speaking to %s", self.endpoint)
                self.fail(ContactFailure(Outcome.INTERNAL_ERROR, Blame.OURS, f"{type(error).__name__}: {error}"))
            self._heed()
            return self._conversation()

    async def _hold(self, whole: trio.CancelScope) -> None:
        try:
            channel = await self._connect()
            try:
                await self._speak(channel)
                self.reached(Stage.DONE)
            finally:
                whole.deadline = inf  # all is seen: taking leave has a deadline of its own
                await self._leave_and_close(channel)
        except ContactFailure as failure:
            self.fail(failure)

    async def _leave_and_close(self, channel: Channel) -> None:
        try:
            with trio.move_on_after(self.config.quit_timeout):
                await self.leave()
        finally:
            await channel.aclose()

    async def _speak(self, channel: Channel) -> None:
        """From the greeting to the last question, in clear text and inside TLS."""
        connection = await self._approach(channel)
        if connection is None:
            return
        await self.handshake(connection)
        if self.endpoint.service.implicit_tls:
            await self.greet(connection)
        else:
            await self.ask_again(connection)

    async def _approach(self, channel: Channel) -> Link | None:
        """Go up to where the handshake begins: at once, or when asked for; nothing where that is not to be had."""
        connection = self.connection = self.open(channel)
        if self.endpoint.service.implicit_tls:
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

        async def look(channel: Channel) -> Got:
            if await self._approach(channel) is None:
                raise ContactFailure(Outcome.TLS_FAILED, Blame.UNKNOWN, "TLS was not to be had this time")
            with self.step(Stage.TLS, self.config.tls_timeout):
                return await do(channel)

        return await self._extra(look)

    async def at_ready(self, do: Callable[[Link], Awaitable[Got]], *, inside: bool) -> Got:
        """What ``do`` makes of a session in which commands may be sent, inside TLS if wanted and there is TLS.

        Raises:
            ContactFailure: it does not come to that, or the session cannot go on.
        """

        async def ask(channel: Channel) -> Got:
            connection = await self._made_ready(channel, inside=inside)
            try:
                return await do(connection)
            finally:
                with trio.move_on_after(self.config.quit_timeout):
                    await self.leave()

        return await self._extra(ask)

    async def _extra(self, do: Callable[[Channel], Awaitable[Got]]) -> Got:
        """What ``do`` makes of a connection beside the ordinary one, of which an address has one at a time."""
        async with self.network.slot_alone(self.endpoint):
            try:
                with trio.move_on_after(self.config.session_timeout):
                    channel = await self._connect()
                    try:
                        return await do(channel)
                    finally:
                        await channel.aclose()
            finally:
                self._heed()
        raise self.timed_out(f"no end within {self.config.session_timeout:g} s")

    async def _made_ready(self, channel: Channel, *, inside: bool) -> Link:
        connection = self.connection = self.open(channel)
        if inside or self.endpoint.service.implicit_tls:
            await self._speak(channel)
        else:
            await self.greet(connection)
        return self.connection

    def _heed(self) -> None:
        """Leave the address alone for a while if it wants to be."""
        if self.asked_for_less:
            self.network.limits.hold_off(self.endpoint.address)

    async def handshake(self, connection: Link) -> None:
        """Shake hands, as the endpoint's service has it: after STARTTLS, or before all else."""
        server_name = server_name_of(self.endpoint.exchange)
        implicit = self.endpoint.service.implicit_tls
        self.saw(starttls=self.starttls(Starttls.FAILED))
        with self.step(Stage.TLS, self.config.tls_timeout, "tls_ms"):
            try:
                tls = await connection.start_tls(self.network.tls_context, server_name, implicit=implicit)
            except ContactFailure as failure:
                raise ContactFailure(Outcome.TLS_FAILED, failure.blame, failure.words) from None
        tls = replace(tls, webpki=self.network.webpki.verdict(connection.channel.certificates))
        self.saw(tls=tls, starttls=self.starttls(Starttls.OK))

    async def nothing_early(self, connection: Link) -> None:
        """End here if octets came before the handshake: they are never part of the encrypted session."""
        early = connection.early_octets()
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

    async def _connect(self) -> Channel:
        """The connection, which the caller closes."""
        with self.step(Stage.CONNECT, self.config.connect_timeout, "connect_ms"):
            self._channel = await self.network.connect(self.endpoint, self.transcript)
        self.transcript.note(f"connected to {self.endpoint.address} port {self.endpoint.port}")
        assert self._channel is not None  # noqa: S101 - the step raises where there is none
        return self._channel

    def _conversation(self) -> Conversation[Seen]:
        """What was seen, frozen."""
        timings = Timings(**self._timings, total_ms=self.transcript.elapsed_ms())
        transcript, deviations = self.transcript.lines, self._deviations()
        session = replace(self.seen, timings=timings, transcript=transcript, deviations=deviations)
        chain = self._channel.certificates if self._channel is not None else ()
        return Conversation(session, tuple(dict.fromkeys(map(read_certificate, chain))))

    def _deviations(self) -> tuple[str, ...]:
        found = {str(deviation) for reply in self.replies() if reply is not None for deviation in reply.deviations}
        if self.unsolicited:
            found.add(str(Deviation.UNSOLICITED))
        return tuple(sorted(found))
