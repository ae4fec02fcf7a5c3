"""A TCP connection, straight on its socket: octets that can be moved at once are, without a turn of the loop."""

import errno
import os
import socket

import trio

_CLOSED = "this connection was closed here"
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN}


class TcpStream(trio.abc.Stream):
    """A connected socket as a stream; it raises as trio's own streams do.

    Those give way to other tasks at each call, which costs as much as the call. Here only waiting gives way:
    what a server can send in a session is bounded, and so is what it can keep us busy with.
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self.socket = connected

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send all octets."""
        await trio.lowlevel.checkpoint_if_cancelled()
        self._must_be_open()
        left = memoryview(data)
        while left:
            try:
                left = left[self.socket.send(left) :]
            except BlockingIOError:
                await trio.lowlevel.wait_writable(self.socket)
            except OSError as error:
                raise self._broken(error) from error

    async def wait_send_all_might_not_block(self) -> None:
        """Wait until octets can be sent."""
        self._must_be_open()
        await trio.lowlevel.wait_writable(self.socket)

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Some octets, none at the end."""
        most = 65_536 if max_bytes is None else max_bytes
        if most < 1:
            raise ValueError("there must be room for an octet")
        # A turn for the others first: the octets have often come by then, and waiting for them costs more.
        await trio.lowlevel.checkpoint()
        while True:
            try:
                return self.socket.recv(most)
            except BlockingIOError:
                await trio.lowlevel.wait_readable(self.socket)
            except OSError as error:
                raise self._broken(error) from error

    async def aclose(self) -> None:
        """Close it; a second time does nothing."""
        if self.socket.fileno() >= 0:
            trio.lowlevel.notify_closing(self.socket)
            self.socket.close()
        await trio.lowlevel.checkpoint_if_cancelled()

    def _must_be_open(self) -> None:
        if self.socket.fileno() < 0:
            raise trio.ClosedResourceError(_CLOSED)

    def _broken(self, error: OSError) -> Exception:
        if self.socket.fileno() < 0:
            return trio.ClosedResourceError(_CLOSED)
        return trio.BrokenResourceError(f"connection broken: {error}")


async def connect(address: str, port: int, source: str | None = None) -> TcpStream:
    """A connection to an address, from the source address if one is given.

    Raises:
        OSError: there is none to be had.
    """
    one = _new_socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source is not None:
            one.bind((source, 0))
        await _connected(one, address, port)
    except BaseException:
        one.close()
        raise
    return TcpStream(one)


def _new_socket(family: socket.AddressFamily) -> socket.socket:
    return socket.socket(family, socket.SOCK_STREAM)


async def _connected(one: socket.socket, address: str, port: int) -> None:
    await trio.lowlevel.checkpoint_if_cancelled()
    error = one.connect_ex((address, port))
    if error in _UNDER_WAY:
        await trio.lowlevel.wait_writable(one)
        error = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, os.strerror(error))
