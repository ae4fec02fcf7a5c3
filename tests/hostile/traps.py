"""What listens at every address of this machine, on a port of its own, to see whether anybody comes."""

import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

_AT_ONCE = 64


class Traps:
    """Listeners in each family; whoever comes is counted, and sent away at once."""

    def __init__(self) -> None:
        self._listeners = [socket.create_server(("", 0), backlog=_AT_ONCE)]
        self.port: int = self._listeners[0].getsockname()[1]
        with suppress(OSError):  # a machine without IPv6
            self._listeners.append(socket.create_server(("::", self.port), family=socket.AF_INET6, backlog=_AT_ONCE))

    def knocks(self) -> int:
        """How many came since this was last asked."""
        return sum(map(_taken, self._listeners))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for one in self._listeners:
            one.close()


def _taken(listener: socket.socket) -> int:
    listener.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count
