"""A mail server that follows its script, on a loopback address."""

import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import trio

from auditor.lab.mailbox import mail_answer
from auditor.lab.script import ServerScript, Step

MAX_LINE_OCTETS = 4096
FLOOD_OCTETS = 4_000_000  # a flood ends by itself, should nobody close
_DEFAULTS = {"NOOP": "250 2.0.0 OK", "RSET": "250 2.0.0 OK", "QUIT": "221 2.0.0 Bye"}


@dataclass(slots=True)
class Visit:
    """One connection that a server saw."""

    server: str
    address: str
    """Of the server, as the zone has it."""
    commands: list[str] = field(default_factory=list)
    handshakes: int = 0
    client: str = ""
    """The address it came from; empty where that has none."""
    sent_octets: int = 0
    """What the system took of what it was to send, less what is inside TLS costs more."""
    seconds: float = 0.0
    """From the connection to its end."""


def _peer(stream: trio.SocketStream) -> str:
    with suppress(OSError):
        if stream.socket.family in {socket.AF_INET, socket.AF_INET6}:
            return str(stream.socket.getpeername()[0])
    return ""


class _Gone(Exception):  # noqa: N818 - the way out of a script, not an error
    """The session is over."""


class MailServer:
    """Serves one script at one of its addresses."""

    def __init__(self, script: ServerScript, address: str, context: ssl.SSLContext | None) -> None:
        self.script = script
        self.address = address
        self.visits: list[Visit] = []
        self._context = context

    async def serve(self, stream: trio.SocketStream) -> None:
        """Follow the script once; whatever the client does ends the session at worst."""
        visit = Visit(self.script.name, self.address, client=_peer(stream))
        first = not self.visits
        self.visits.append(visit)
        session = _Session(self.script, stream, self._context, visit)
        steps = self.script.first if first and self.script.first else self.script.steps
        began_at = trio.current_time()
        try:
            with suppress(_Gone, trio.BrokenResourceError, trio.ClosedResourceError, ssl.SSLError, OSError):
                await session.follow(steps)
        finally:
            visit.seconds = trio.current_time() - began_at
        await trio.aclose_forcefully(session.stream)


class _Session:
    def __init__(
        self, script: ServerScript, stream: trio.SocketStream, context: ssl.SSLContext | None, visit: Visit
    ) -> None:
        self.stream: trio.abc.Stream = stream
        self._script = script
        self._socket = stream.socket
        self._context = context
        self._visit = visit
        self._buffer = bytearray()
        self._greeted = False
        self._tag = b"*"

    async def follow(self, steps: Sequence[Step]) -> None:
        """Do step after step, then behave until the client goes."""
        for step in steps:
            await self._do(step)
        while True:
            await self._default(await self._command())

    async def _do(self, step: Step) -> None:
        doing: dict[str, Callable[[Step], Awaitable[None]]] = {
            "S": lambda step: self._say(step.octets.replace(b"{tag}", self._tag) + b"\r\n"),
            "RAW": lambda step: self._say(step.octets),
            "C": self._expect,
            "WAIT": self._wait,
            "DRIP": self._drip,
            "FLOOD": self._flood,
            "STARTTLS": lambda _: self._start_tls(),
            "SERVE": lambda _: self._serve(),
            "HANG": self._hang,
            "EOF": lambda _: self._leave(),
            "CUT": lambda _: self._cut(),
            "RESET": lambda _: self._reset(),
        }
        await doing[step.verb](step)

    async def _say(self, octets: bytes) -> None:
        self._greeted = True
        await self.stream.send_all(octets)
        self._visit.sent_octets += len(octets)

    async def _drip(self, step: Step) -> None:
        """Octet by octet, after as many seconds as the first word says."""
        seconds, _, text = step.text.partition(" ")
        for octet in Step("DRIP", text).octets:
            await trio.sleep(float(seconds))
            await self._say(bytes((octet,)))

    async def _flood(self, step: Step) -> None:
        chunk = step.octets * (1 + 65_536 // max(1, len(step.octets)))
        for _ in range(FLOOD_OCTETS // len(chunk)):
            await self._say(chunk)

    async def _expect(self, step: Step) -> None:
        """Wait for a command; what comes out of turn is answered as it would be elsewhere."""
        while (command := await self._command()) and not self._is(command, step.text):
            await self._default(command)

    def _is(self, command: str, wanted: str) -> bool:
        """Whether it is the command waited for; in IMAP a tag stands before it, which the answer repeats."""
        tag, _, rest = command.partition(" ")
        if rest.upper() == wanted:
            self._tag = tag.encode()
        return wanted in {_verb(command), rest.upper()}

    async def _default(self, command: str) -> None:
        verb = _verb(command)
        inside = isinstance(self.stream, trio.SSLStream)
        reply = mail_answer(command, self._script.quirks, inside=inside) or _DEFAULTS.get(verb, "503 5.5.1 Not now")
        await self._say(f"{reply}\r\n".encode())
        if verb == "QUIT":
            raise _Gone

    async def _serve(self) -> None:
        """A decent server from here on."""
        if not self._greeted:
            await self._say(f"220 {self._script.name} ESMTP\r\n".encode())
        while True:
            command = await self._command()
            verb = _verb(command)
            if verb == "EHLO":
                await self._say(b"".join(self._hello()))
            elif verb == "HELO":
                await self._say(f"250 {self._script.name}\r\n".encode())
            elif verb == "STARTTLS" and self._offers_tls():
                await self._say(b"220 2.0.0 Ready to start TLS\r\n")
                await self._start_tls()
            else:
                await self._default(command)

    def _hello(self) -> Iterator[bytes]:
        keywords = (*self._script.keywords, *(("STARTTLS",) if self._offers_tls() else ()))
        lines = (f"{self._script.name} at your service", *keywords)
        for number, line in enumerate(lines, start=1):
            yield f"250{' ' if number == len(lines) else '-'}{line}\r\n".encode()

    def _offers_tls(self) -> bool:
        return self._context is not None and not isinstance(self.stream, trio.SSLStream)

    async def _start_tls(self) -> None:
        if self._context is None:
            raise _Gone
        if "keeps-buffer" not in self._script.quirks:
            self._buffer.clear()
        stream = trio.SSLStream(self.stream, self._context, server_side=True)
        await stream.do_handshake()
        self.stream = stream
        self._visit.handshakes += 1

    async def _command(self) -> str:
        """The next line of the client; the end of the stream ends the session."""
        while (end := self._buffer.find(b"\n")) < 0:
            octets = await self.stream.receive_some(MAX_LINE_OCTETS)
            if not octets or len(self._buffer) > MAX_LINE_OCTETS:
                raise _Gone
            self._buffer += octets
        line = bytes(self._buffer[:end]).rstrip(b"\r").decode("ascii", "replace")
        del self._buffer[: end + 1]
        self._visit.commands.append(line)
        return line

    async def _wait(self, step: Step) -> None:
        await trio.sleep(float(step.text))

    async def _hang(self, _: Step) -> None:
        await trio.sleep_forever()

    async def _leave(self) -> None:
        """Close in good order: inside TLS, its end is said before."""
        await self.stream.aclose()
        raise _Gone

    async def _cut(self) -> None:
        """Close as if the server had died: TLS does not say its end."""
        raise _Gone

    async def _reset(self) -> None:
        """Close with RST instead of FIN: no lingering, nothing delivered."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        raise _Gone


def _verb(command: str) -> str:
    return command.partition(" ")[0].upper()
