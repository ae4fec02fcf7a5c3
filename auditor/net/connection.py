"""Moving octets between the SMTP client and a stream, with a transcript of what passed."""

import select
import socket
from typing import Protocol

import trio
from OpenSSL import SSL

from auditor.model.certificate import TlsHandshake
from auditor.model.session import Blame, Outcome
from auditor.net.failure import ContactFailure, translated
from auditor.net.tls import TlsStream
from auditor.net.transcript import Transcript
from auditor.protocol.replies import Reply
from auditor.protocol.smtp import SmtpClient, Verb, Waiting

MAX_SESSION_OCTETS = 262_144  # from the server, in clear text and inside TLS
_READ_OCTETS = 4096


class OctetStream(Protocol):
    """What a connection needs of a stream: trio's streams have it, and so has TLS over one."""

    async def send_all(self, data: bytes) -> None:
        """Send all octets."""

    async def receive_some(self, max_bytes: int) -> bytes | bytearray:
        """Some octets, none at the end of the stream."""

    async def aclose(self) -> None:
        """Close it."""


class Connection:
    """A session in progress with one server.

    Every method raises :class:`ContactFailure` when the session cannot go on.
    """

    def __init__(self, stream: trio.abc.Stream, transcript: Transcript) -> None:
        self.client = SmtpClient()
        self.transcript = transcript
        self.certificates: tuple[bytes, ...] = ()
        """The chain as sent, in DER form, once TLS has started."""
        self._clear = stream
        self._stream: OctetStream = stream
        self._received_octets = 0

    async def reply(self) -> Reply:
        """The next reply, whole."""
        with translated():
            try:
                while not isinstance(event := self.client.next_event(), Reply):
                    await self._more(event)
            except BaseException:
                self.transcript.garbage(self.client.partial)
                raise
        self.transcript.reply(event)
        return event

    async def command(self, verb: Verb, argument: str = "") -> Reply:
        """The reply to a command."""
        octets = self.client.send(verb, argument)
        self.transcript.command(octets)
        with translated():
            await self._stream.send_all(octets)
        return await self.reply()

    async def early_octets(self) -> bool:
        """Whether octets stand there that nobody asked for, before the handshake (RFC 3207 §4.2, CVE-2011-0411)."""
        return bool(self.client.early_octets()) or await _has_octets(self._clear)

    async def start_tls(self, context: SSL.Context, server_name: str, *, implicit: bool = False) -> TlsHandshake:
        """Shake hands, after STARTTLS or before any greeting, and begin anew inside."""
        stream = TlsStream(self._clear, context, server_name)
        with translated():
            handshake = await stream.handshake()
        self.certificates = stream.chain()
        self._stream = stream
        if not implicit:
            self.client.tls_started()
        self.transcript.note(f"TLS: {handshake.version} {handshake.cipher} {handshake.group}".rstrip())
        return handshake

    async def _more(self, event: Waiting) -> None:
        if event is Waiting.EOF:
            raise ContactFailure(Outcome.CLOSED, Blame.THEIRS, "the server closed the connection before its reply")
        octets = bytes(await self._stream.receive_some(_READ_OCTETS))
        self._received_octets += len(octets)
        if self._received_octets > MAX_SESSION_OCTETS:
            raise ContactFailure(Outcome.OVERSIZED, Blame.THEIRS, f"over {MAX_SESSION_OCTETS} octets in one session")
        if octets:
            self.client.receive_data(octets)
        else:
            self.client.receive_eof()

    def local_address(self) -> str:
        """The address of this end; the unspecified one where the stream has none."""
        if isinstance(self._clear, trio.SocketStream):
            return str(self._clear.socket.getsockname()[0])
        return "0.0.0.0"  # noqa: S104 - said, not listened on

    async def aclose(self) -> None:
        """Close without waiting for anything."""
        with trio.CancelScope(shield=True, deadline=trio.current_time() + 1):
            await self._stream.aclose()


async def _has_octets(stream: trio.abc.Stream) -> bool:
    """Whether a socket has octets to be read at once, its end being none; one look, no wait."""
    if not isinstance(stream, trio.SocketStream) or not _readable(stream.socket.fileno()):
        return False
    try:
        return bool(await stream.socket.recv(1, socket.MSG_PEEK))
    except OSError:  # it broke: the handshake will say so
        return False


def _readable(descriptor: int) -> bool:
    if not hasattr(select, "poll"):  # pragma: no cover - Windows
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return any(event & select.POLLIN for _, event in poll.poll(0))
