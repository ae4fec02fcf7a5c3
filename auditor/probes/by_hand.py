"""A session that a person holds, line by line, in clear text and inside TLS: what telnet cannot do."""

from collections.abc import Awaitable, Callable

import trio

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome
from auditor.net.channel import Channel
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.net.transcript import Transcript
from auditor.policy.exchange import server_name_of
from auditor.protocol.by_hand import Typing, as_reply
from auditor.protocol.explain import explain
from auditor.protocol.lines import LineBuffer, text_of

ReadLine = Callable[[], Awaitable[str | None]]
"""What the person types next; ``None`` when no more comes."""
Show = Callable[[str, str], None]
"""Shows who (``S``, ``C`` or ``*``) and what."""
_LEAVE = {"smtp": "QUIT", "imap": "bye LOGOUT", "pop3": "QUIT"}
HELP = (
    "What you type goes to the server as it stands; its answer is waited for, and explained.",
    "STARTTLS (IMAP: a STARTTLS, POP3: STLS) shakes hands in place.",
    "After DATA, a line with a dot alone ends the message.",
    "/help shows this, /quit takes leave. What stands behind AUTH, PASS and LOGIN is neither shown nor kept.",
)


class ByHand:
    """One session by hand."""

    def __init__(self, endpoint: Endpoint, network: Network, config: Config, show: Show) -> None:
        self._endpoint = endpoint
        self._network = network
        self._config = config
        self._show = show
        self._typing = Typing(str(endpoint.service.protocol))
        self._buffer = LineBuffer(network.bounds)
        self._in_tls = False
        self._closed = False

    async def hold(self, read_line: ReadLine) -> None:
        """From the connection to the end, whoever ends it.

        Raises:
            ContactFailure: the server cannot be reached, or the connection breaks.
        """
        async with self._network.slot(self._endpoint):
            with trio.move_on_after(self._config.connect_timeout) as scope:
                channel = await self._network.connect(self._endpoint, Transcript(trio.current_time))
            if scope.cancelled_caught:
                words = f"no connection within {self._config.connect_timeout:g} s"
                raise ContactFailure(Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN, words)
            self._show("*", f"connected to {self._endpoint.address} port {self._endpoint.port}; /help helps")
            try:
                await self._converse(channel, read_line)
            finally:
                await channel.aclose()

    async def _converse(self, channel: Channel, read_line: ReadLine) -> None:
        if self._endpoint.service.implicit_tls:
            await self._handshake(channel)
        alive = await self._answer(channel, self._config.greeting_timeout)
        while alive:
            line = await self._next_line(channel, read_line)
            if self._closed:
                return
            if line is None or line.strip() == "/quit":
                await self._say(channel, _LEAVE[self._typing.protocol])
                await self._answer(channel, self._config.quit_timeout)
                return
            if line.strip() == "/help":
                for words in HELP:
                    self._show("*", words)
                continue
            await self._say(channel, line)
            alive = not self._typing.answer_due() or await self._answer(channel, self._config.command_timeout)

    async def _next_line(self, channel: Channel, read_line: ReadLine) -> str | None:
        """What is typed next; meanwhile whatever the server says unasked is shown."""
        line: str | None = None
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._overhear, channel, nursery.cancel_scope)
            line = await read_line()
            nursery.cancel_scope.cancel()
        return line

    async def _overhear(self, channel: Channel, typing: trio.CancelScope) -> None:
        while octets := await channel.receive():
            self._buffer.feed(octets)
            while (raw := self._buffer.next_line()) is not None:
                self._show("S", text_of(raw))
        self._show("*", "the server has closed the connection")
        self._closed = True
        typing.cancel()

    async def _say(self, channel: Channel, line: str) -> None:
        shown = self._typing.typed(line)
        self._show("C", shown)
        if shown != line and not self._in_tls:
            self._show("*", "careful: this goes in clear text")
        stuffed = f".{line}" if self._typing.in_message and line.startswith(".") else line
        await channel.send(stuffed.encode("utf-8", "replace") + b"\r\n")

    async def _answer(self, channel: Channel, seconds: float) -> bool:
        """Wait for the whole answer, and show and explain it; whether the session goes on."""
        lines: list[str] = []
        with trio.move_on_after(seconds):
            while not self._typing.whole(lines):
                raw = self._buffer.next_line()
                if raw is not None:
                    lines.append(text_of(raw))
                    self._show("S", lines[-1])
                elif octets := await channel.receive():
                    self._buffer.feed(octets)
                else:
                    self._show("*", "the server has closed the connection")
                    return False
        if not self._typing.whole(lines):
            self._show("*", f"no whole answer within {seconds:g} s")
            return True
        await self._take(channel, lines)
        return True

    async def _take(self, channel: Channel, lines: list[str]) -> None:
        positive = self._typing.answered(lines)
        reply = as_reply(lines) if self._typing.protocol == "smtp" else None
        if reply is not None and (words := explain(reply)):
            self._show("*", words)
        if positive and self._typing.begins_tls and not self._in_tls:
            await self._handshake(channel)

    async def _handshake(self, channel: Channel) -> None:
        if self._buffer.partial or (not self._endpoint.service.implicit_tls and channel.has_octets()):
            raise ContactFailure(Outcome.TLS_FAILED, Blame.UNKNOWN, "octets in clear text stand before the handshake")
        with trio.move_on_after(self._config.tls_timeout) as scope:
            tls = await channel.start_tls(self._network.tls_context, server_name_of(self._endpoint.exchange))
        if scope.cancelled_caught:
            raise ContactFailure(
                Outcome.TLS_FAILED, Blame.UNKNOWN, f"no handshake within {self._config.tls_timeout:g} s"
            )
        self._buffer, self._in_tls = LineBuffer(self._network.bounds), True
        trust = "; ".join(dict.fromkeys(error.text for error in tls.verify_errors)) or "trusted"
        self._show("*", f"TLS: {tls.version} {tls.cipher} {tls.group}; certificate: {trust}")
