"""Sockets below ``auditor.net`` of which one call fails; the lab's own, in the same process, are not touched."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Self, cast

import trio

Put = Callable[[Any, str, Any], None]
"""As ``monkeypatch.setattr`` is."""
MODULES = ("tcp", "dns_udp", "dns_wire", "local", "nameservers")
"""Those of ``auditor.net`` that open sockets."""


@dataclass
class Plan:
    """Which call fails, with which errno; every call is counted, also where none fails."""

    nth: int = 0
    """The first is 1; 0 for none."""
    errno: int = 0
    and_on: bool = False
    """Whether every later call fails too."""
    calls: list[str] = field(default_factory=list)
    """What was called, such as ``tcp send 127.0.0.1:2525``."""
    armed: bool = True
    struck: list[str] = field(default_factory=list)

    def take(self, name: str) -> int:
        """The errno with which this call is to fail; 0 where it may pass."""
        if not self.armed:
            return 0
        self.calls.append(name)
        number = len(self.calls)
        if not self.nth or not (number == self.nth or (self.and_on and number > self.nth)):
            return 0
        self.struck.append(name)
        return self.errno

    def strike(self, name: str) -> None:
        """Raise the error with which this call is to fail, if it is."""
        if number := self.take(name):
            raise OSError(number, os.strerror(number))


_NO_PLAN = Plan(armed=False)


class FaultySocket(socket.socket):
    """A socket whose calls go by a plan."""

    plan = _NO_PLAN

    def __init__(self, family: int, kind: int) -> None:
        self.to = ""
        self.kind = {socket.SOCK_DGRAM: "udp", socket.SOCK_STREAM: "tcp"}[socket.SocketKind(kind)]
        self.plan.strike(f"{self.kind} socket")
        super().__init__(family, kind)

    def _strike(self, call: str) -> None:
        self.plan.strike(f"{self.kind} {call} {self.to}")

    def connect(self, address: Any) -> None:
        self.to = f"{address[0]}:{address[1]}"
        self._strike("connect")
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        self.to = f"{address[0]}:{address[1]}"
        return self.plan.take(f"{self.kind} connect {self.to}") or super().connect_ex(address)

    def bind(self, address: Any) -> None:
        self._strike("bind")
        super().bind(address)

    def getsockname(self) -> Any:
        self._strike("getsockname")
        return super().getsockname()

    def setsockopt(self, *options: Any) -> None:
        self._strike("setsockopt")
        super().setsockopt(*options)

    def getsockopt(self, *options: Any) -> Any:
        asked = options == (socket.SOL_SOCKET, socket.SO_ERROR)
        error = self.plan.take(f"{self.kind} SO_ERROR {self.to}") if asked else 0
        return error or super().getsockopt(*options)

    def send(self, data: Any, flags: int = 0) -> int:
        self._strike("send")
        return super().send(data, flags)

    def recv(self, size: int, flags: int = 0) -> bytes:
        self._strike("recv")
        return super().recv(size, flags)


class FaultyTrioSocket(trio.socket.SocketType):
    """What trio's streams need of a socket, with the same plan: DNS over TCP."""

    def __init__(self, family: int, kind: int) -> None:
        FaultySocket.plan.strike("tcp-dns socket")
        self._one = trio.socket.socket(family, kind)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._one.close()

    def __getattribute__(self, name: str) -> Any:
        mine = {"_one", "connect", "send", "recv", "__class__"}
        return object.__getattribute__(self, name) if name in mine else getattr(self._one, name)

    async def connect(self, address: Any) -> None:
        FaultySocket.plan.strike("tcp-dns connect")
        await self._one.connect(address)

    async def send(self, data: Any, flags: int = 0) -> int:
        FaultySocket.plan.strike("tcp-dns send")
        return await self._one.send(data, flags)

    async def recv(self, size: int, flags: int = 0) -> bytes:
        FaultySocket.plan.strike("tcp-dns recv")
        return await self._one.recv(size, flags)


class _Instead:
    """A module in which some names mean something else."""

    def __init__(self, real: Any, **others: Any) -> None:
        self._real = real
        self.__dict__.update(others)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@contextmanager
def injected(put: Put) -> Iterator[Callable[[Plan], None]]:
    """Has the sockets of ``auditor.net`` go by a plan, which may be changed."""
    sockets = _Instead(socket, socket=FaultySocket)
    trios = _Instead(trio, socket=_Instead(trio.socket, socket=FaultyTrioSocket))
    for name in MODULES:
        module = import_module(f"auditor.net.{name}")
        put(module, "trio" if name == "dns_wire" else "socket", trios if name == "dns_wire" else sockets)

    def set_plan(plan: Plan) -> None:
        cast("Any", FaultySocket).plan = plan

    try:
        yield set_plan
    finally:
        set_plan(_NO_PLAN)
