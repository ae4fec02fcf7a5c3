"""Octets to and from one server, in clear text and then inside TLS, whatever protocol they are of."""

import socket
from typing import Protocol

import trio
from OpenSSL import SSL

from auditor.model.certificate import TlsHandshake
from auditor.model.session import Blame, Outcome
from auditor.net.failure import ContactFailure, translated
from auditor.net.tcp import TcpStream
from auditor.net.tls import TlsStream
from auditor.net.transcript import Transcript
from auditor.protocol.bounds import USUAL, Bounds

_READ_OCTETS = 4096


class OctetStream(Protocol):
    """What is needed of a stream: trio's streams have it, and so has TLS over one."""

    async def send_all(self, data: bytes) -> None:
        """Send all octets."""

    async def receive_some(self, max_bytes: int) -> bytes | bytearray:
        """Some octets, none at the end of the stream."""

    async def aclose(self) -> None:
        """Close it."""


class Channel:
    """A connection to one server, bounded in what is read of it.

    Every method that moves octets raises :class:`ContactFailure` when the session cannot go on.
    """

    def __init__(self, stream: trio.abc.Stream, transcript: Transcript, bounds: Bounds = USUAL) -> None:
        self.transcript = transcript
        self.bounds = bounds
        self.certificates: tuple[bytes, ...] = ()
        """The chain as sent, in DER form, once TLS has started."""
        self._clear = stream
        self._stream: OctetStream = stream
        self._received_octets = 0

    async def send(self, octets: bytes) -> None:
        """Send all octets."""
        with translated():
            await self._stream.send_all(octets)

    async def receive(self) -> bytes:
        """Some octets, none at the end of the stream."""
        with translated():
            octets = bytes(await self._stream.receive_some(_READ_OCTETS))
        self._received_octets += len(octets)
        most = self.bounds.session_octets
        if self._received_octets > most:
            raise ContactFailure(Outcome.OVERSIZED, Blame.THEIRS, f"over {most} octets in one session")
        return octets

    async def start_tls(self, context: SSL.Context, server_name: str) -> TlsHandshake:
        """Shake hands; from then on, octets go inside TLS."""
        stream = TlsStream(self._clear, context, server_name)
        with translated():
            handshake = await stream.handshake()
        self.certificates = stream.chain()
        self._stream = stream
        self.transcript.note(f"TLS: {handshake.version} {handshake.cipher} {handshake.group}".rstrip())
        return handshake

    def has_octets(self) -> bool:
        """Whether octets stand there to be read in clear text at once, the end being none; one look, no wait."""
        clear = self._clear
        if not isinstance(clear, TcpStream):
            return False
        try:
            return bool(clear.socket.recv(1, socket.MSG_PEEK))
        except OSError:  # nothing is there, or it broke: the handshake will say so
            return False

    def local_address(self) -> str:
        """The address of this end; the unspecified one where the stream has none."""
        if isinstance(self._clear, TcpStream):
            return str(self._clear.socket.getsockname()[0])
        return "0.0.0.0"  # noqa: S104 - said, not listened on

    async def aclose(self) -> None:
        """Close without waiting for anything."""
        with trio.CancelScope(shield=True, deadline=trio.current_time() + 1):
            await self._stream.aclose()
