"""One conversation with a mail server, top to bottom as RFC 5321 appendix D has it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf

import trio

from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint, Service
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls
from auditor.net.connection import Connection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.net.transcript import Transcript
from auditor.policy.certificate import read_certificate
from auditor.policy.exchange import is_address
from auditor.protocol.keywords import find
from auditor.protocol.replies import Deviation, Reply
from auditor.protocol.smtp import READY_FOR_TLS, Verb

logger = logging.getLogger(__name__)

# A server that does not know EHLO answers it with 500 or 502, some with 501, 503 or 504
# (RFC 5321 §3.2, §4.2.4); any other 5yz refuses us, and HELO would be refused too.
_EHLO_UNKNOWN = range(500, 505)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was seen, and the certificates that were shown."""

    session: SmtpSession
    certificates: tuple[Certificate, ...] = ()


async def converse(endpoint: Endpoint, network: Network, config: Config) -> Conversation:
    """Hold one conversation with the endpoint; never raises for what a server does.

    Waits for a place at the address first; the deadlines run from the dial, and QUIT comes on top.
    """
    async with network.slot(endpoint):
        talk = _Talk(endpoint, network, config)
        try:
            with trio.move_on_after(config.session_timeout) as whole:
                await talk.hold(whole)
            if whole.cancelled_caught:
                talk.fail(talk.timed_out(f"no end within {config.session_timeout:g} s"))
        except Exception as error:
            logger.exception("internal error while speaking to %s", endpoint)
            talk.fail(ContactFailure(Outcome.INTERNAL_ERROR, Blame.OURS, f"{type(error).__name__}: {error}"))
        return talk.conversation()


class _Talk:
    """A conversation under way: whatever ends it, what was seen before is kept."""

    def __init__(self, endpoint: Endpoint, network: Network, config: Config) -> None:
        self._network = network
        self._config = config
        self._transcript = Transcript(trio.current_time)
        self._connection: Connection | None = None
        self._seen = SmtpSession(
            endpoint=endpoint, outcome=Outcome.COMPLETED, stage=Stage.CONNECT, started_at=datetime.now(UTC)
        )

    async def hold(self, whole: trio.CancelScope) -> None:
        """The whole conversation; a failure of contact ends it, and is kept."""
        try:
            async with self._connected() as connection:
                try:
                    await self._speak(connection)
                    self._saw(stage=Stage.DONE)
                finally:
                    whole.deadline = inf  # all is seen: QUIT has a deadline of its own
                    await self._quit(connection)
        except ContactFailure as failure:
            self.fail(failure)

    def fail(self, failure: ContactFailure) -> None:
        """Take down how it ended, at the stage that was reached."""
        self._saw(outcome=failure.outcome, blame=failure.blame, error=failure.words)
        self._transcript.note(f"{failure.outcome}: {failure.words}")

    def timed_out(self, words: str) -> ContactFailure:
        """The failure that waiting too long at this stage is."""
        if self._seen.stage is Stage.CONNECT:
            return ContactFailure(Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN, words)
        if self._seen.stage is Stage.TLS:
            self._saw(starttls=self._starttls(Starttls.FAILED))
            return ContactFailure(Outcome.TLS_FAILED, Blame.UNKNOWN, words)
        if self._connection is not None and _never_a_line(self._connection.client.partial):
            return ContactFailure(Outcome.NOT_SMTP, Blame.THEIRS, f"no line end, and {words}")
        return ContactFailure(Outcome.REPLY_TIMEOUT, Blame.UNKNOWN, words)

    def conversation(self) -> Conversation:
        """What was seen, frozen."""
        connection = self._connection
        timings = replace(self._seen.timings, total_ms=self._transcript.elapsed_ms())
        session = replace(self._seen, timings=timings, transcript=self._transcript.lines, deviations=self._deviations())
        chain = connection.certificates if connection is not None else ()
        return Conversation(session, tuple(dict.fromkeys(map(read_certificate, chain))))

    async def _speak(self, connection: Connection) -> None:
        implicit = self._seen.endpoint.service is Service.SUBMISSIONS
        if implicit:
            await self._handshake(connection, implicit=True)
        async with self._step(Stage.GREETING, self._config.greeting_timeout, "greeting_ms"):
            greeting = await connection.reply()
        self._saw(greeting=greeting)
        self._accepted(greeting)
        async with self._step(Stage.EHLO, self._config.command_timeout, "ehlo_ms"):
            await self._hello(connection)
        if implicit:
            return
        if find(connection.client.keywords, Verb.STARTTLS) is None:
            self._saw(starttls=Starttls.NOT_OFFERED)
        elif await self._starttls_accepted(connection):
            await self._handshake(connection)
            async with self._step(Stage.EHLO_TLS, self._config.command_timeout):
                self._saw(ehlo_tls=await connection.command(Verb.EHLO, self._own_name(connection)))
            self._accepted(self._seen.ehlo_tls)

    async def _hello(self, connection: Connection) -> None:
        own_name = self._own_name(connection)
        reply = await connection.command(Verb.EHLO, own_name)
        self._saw(ehlo=reply)
        if reply.code in _EHLO_UNKNOWN:
            reply = await connection.command(Verb.HELO, own_name)
            self._saw(helo=reply)
        self._accepted(reply)

    async def _starttls_accepted(self, connection: Connection) -> bool:
        async with self._step(Stage.STARTTLS, self._config.command_timeout):
            reply = await connection.command(Verb.STARTTLS)
        self._saw(starttls_reply=reply)
        if reply.code != READY_FOR_TLS:
            self._saw(starttls=Starttls.REFUSED)
            if not connection.client.may(Verb.NOOP):
                self._accepted(reply)  # 421: the server is about to close
            return False
        early = await connection.early_octets()
        self._saw(plaintext_after_starttls=early)
        if early:
            self._saw(starttls=Starttls.FAILED)
            raise ContactFailure(
                Outcome.TLS_FAILED, Blame.UNKNOWN, "octets in clear text between the 220 to STARTTLS and the handshake"
            )
        return True

    async def _handshake(self, connection: Connection, *, implicit: bool = False) -> None:
        exchange = self._seen.endpoint.exchange
        server_name = "" if is_address(exchange) else exchange  # RFC 6066 §3: no literal addresses
        self._saw(starttls=self._starttls(Starttls.FAILED))
        async with self._step(Stage.TLS, self._config.tls_timeout, "tls_ms"):
            try:
                tls = await connection.start_tls(self._network.tls_context, server_name, implicit=implicit)
            except ContactFailure as failure:
                raise ContactFailure(Outcome.TLS_FAILED, failure.blame, failure.words) from None
        self._saw(tls=tls, starttls=self._starttls(Starttls.OK))

    async def _quit(self, connection: Connection) -> None:
        """Say goodbye where it may be said; what becomes of it changes nothing."""
        if not connection.client.may(Verb.QUIT):
            return
        with trio.move_on_after(self._config.quit_timeout):
            try:
                self._saw(quit=await connection.command(Verb.QUIT))
            except ContactFailure as failure:
                self._transcript.note(f"after QUIT: {failure.words}")

    def _accepted(self, reply: Reply | None) -> None:
        """End here if the reply does not let us go on; decided by its code alone."""
        if reply is None or reply.positive:
            return
        words = f"{reply.code} {reply.text}"
        if reply.transient:
            raise ContactFailure(Outcome.DEFERRED, Blame.UNKNOWN, words)
        if reply.permanent:
            raise ContactFailure(Outcome.REJECTED, Blame.UNKNOWN, words)
        raise ContactFailure(Outcome.NOT_SMTP, Blame.THEIRS, words)

    def _own_name(self, connection: Connection) -> str:
        """The name for EHLO, or this end's address as a literal (RFC 5321 §4.1.4)."""
        if self._network.own_name:
            return self._network.own_name
        address = connection.local_address()
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def _starttls(self, outcome: Starttls) -> Starttls:
        return Starttls.IMPLICIT if self._seen.endpoint.service is Service.SUBMISSIONS else outcome

    def _deviations(self) -> tuple[str, ...]:
        seen = self._seen
        replies = (seen.greeting, seen.ehlo, seen.helo, seen.starttls_reply, seen.ehlo_tls, seen.quit)
        found = {str(deviation) for reply in replies if reply is not None for deviation in reply.deviations}
        if self._connection is not None and self._connection.client.unsolicited:
            found.add(str(Deviation.UNSOLICITED))
        return tuple(sorted(found))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        endpoint = self._seen.endpoint
        async with self._step(Stage.CONNECT, self._config.connect_timeout, "connect_ms"):
            self._connection = await self._network.connect(endpoint, self._transcript)
        self._transcript.note(f"connected to {endpoint.address} port {endpoint.port}")
        try:
            yield self._connection
        finally:
            await self._connection.aclose()

    @asynccontextmanager
    async def _step(self, stage: Stage, seconds: float, timing: str = "") -> AsyncIterator[None]:
        """One stage under its deadline, its duration taken down when it is through."""
        self._saw(stage=stage)
        began_at = trio.current_time()
        with trio.move_on_after(seconds) as scope:
            yield
        if scope.cancelled_caught:
            raise self.timed_out(f"nothing whole within {seconds:g} s at {stage}")
        if timing:
            elapsed_ms = round((trio.current_time() - began_at) * 1000, 3)
            self._saw(timings=replace(self._seen.timings, **{timing: elapsed_ms}))

    def _saw(self, **facts: object) -> None:
        self._seen = replace(self._seen, **facts)  # type: ignore[arg-type]


def _never_a_line(partial: bytes) -> bool:
    """Whether a peer that ends its lines with CR alone has spoken: that is no reply, however long one waits."""
    return b"\r" in partial
