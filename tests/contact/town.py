"""What there is in the namespace, all of it at every address: mail servers, a policy host, and a resolver of its own.

Run as a program there, it is told by a JSON file (:class:`Plan`), and answers each line of its standard input with
the visits since the last one, a JSON list of :class:`Visit`.
"""

import json
import ssl
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
import trio

from auditor.lab.certificates import Authority
from auditor.lab.nameserver import Nameserver, load_zone

RESOLVER = "10.53.0.53"
NAMESERVER = "9.53.0.53"
"""That of ``example.``"""
_APEX = f"$TTL 60\n@ SOA ns root 1 1 1 1 1\n@ NS ns\nns A {NAMESERVER}\n"
SMTP_PORTS = (25, 26, 27)
"""Those at which somebody speaks SMTP."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the town is."""

    zone: str
    """Records of ``example.``"""
    turning: dict[str, str] = field(default_factory=dict)
    """Names whose address is another one from the second question on."""
    nameservers: tuple[str, ...] = ()
    """Addresses at which the zone is served without recursion."""
    dns_seconds: float = 0.0
    """How long each answer takes."""
    smtp_seconds: float = 0.0
    """How long a greeting takes."""
    busy: dict[str, int] = field(default_factory=dict)
    """Addresses that say 421 to so many of the first to come."""
    redirect: str = ""
    """Where policy hosts send whoever asks them for a policy."""
    names: tuple[str, ...] = ()
    """Those in the policy host's certificate."""


@dataclass(slots=True)
class Visit:
    """One connection to a mail server."""

    address: str
    port: int
    client: int
    """The port it came from."""
    commands: list[str] = field(default_factory=list)
    greeted: bool = False


class _Answers(Nameserver):
    """A nameserver that takes its time, and some of whose answers change."""

    plan: Plan

    def _answer(
        self, query: dns.message.Message, question: dns.rrset.RRset, fault: str, *, first: bool
    ) -> dns.message.Message:
        reply = super()._answer(query, question, fault, first=first)
        other = self.plan.turning.get(question.name.to_text(omit_final_dot=True).lower())
        if other and reply.answer and not first:
            reply.answer = [dns.rrset.from_text(question.name, 0, "IN", reply.answer[0].rdtype, other)]
        return reply

    async def serve_udp(self, socket: trio.socket.SocketType) -> None:
        async with trio.open_nursery() as nursery:
            while True:
                octets, client = await socket.recvfrom(65_535)
                nursery.start_soon(self._reply, socket, octets, client)

    async def _reply(self, socket: trio.socket.SocketType, octets: bytes, client: Any) -> None:
        await trio.sleep(self.plan.dns_seconds)
        for reply in self._replies(octets, over_tcp=False):
            await socket.sendto(reply, client)


@dataclass
class Town:
    plan: Plan
    visits: list[Visit] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)

    async def speak(self, stream: trio.SocketStream) -> None:
        """Be a mail server, without TLS."""
        address, port = stream.socket.getsockname()[:2]
        visit = Visit(address, port, stream.socket.getpeername()[1])
        self.visits.append(visit)
        self.came[visit.address] += 1
        async with stream:
            try:
                await self._converse(stream, visit)
            except trio.BrokenResourceError:
                visit.commands.append("gone")

    async def _converse(self, stream: trio.SocketStream, visit: Visit) -> None:
        if self.came[visit.address] <= self.plan.busy.get(visit.address, 0):
            await stream.send_all(b"421 mx.example come back later\r\n")
            return
        await trio.sleep(self.plan.smtp_seconds)
        await stream.send_all(b"220 mx.example ESMTP\r\n")
        visit.greeted = True
        async for line in _lines(stream):
            visit.commands.append(line)
            if line.upper() == "QUIT":
                await stream.send_all(b"221 2.0.0 bye\r\n")
                return
            await stream.send_all(b"250 mx.example\r\n")

    async def redirect(self, stream: trio.SSLStream[trio.SocketStream]) -> None:
        """Be a policy host that has moved."""
        try:
            await stream.receive_some(4096)
            head = f"HTTP/1.1 302 Found\r\nLocation: {self.plan.redirect}\r\nContent-Length: 0\r\n\r\n"
            await stream.send_all(head.encode())
        except trio.BrokenResourceError:
            await stream.aclose()

    async def open(self, nursery: trio.Nursery, folder: Path) -> None:
        for port in SMTP_PORTS:
            for host in ("0.0.0.0", "::"):
                (listener,) = await trio.open_tcp_listeners(port, host=host, backlog=1024)
                nursery.start_soon(partial(trio.serve_listeners, self.speak, [listener]))
        await self._policy_hosts(nursery, folder)
        answers = _Answers(load_zone(_APEX + self.plan.zone, "example."))
        answers.plan = self.plan
        for address in (RESOLVER, NAMESERVER, *self.plan.nameservers):
            family = trio.socket.AF_INET6 if ":" in address else trio.socket.AF_INET
            udp = trio.socket.socket(family, trio.socket.SOCK_DGRAM)
            await udp.bind((address, 53))
            nursery.start_soon(answers.serve_udp, udp)

    async def _policy_hosts(self, nursery: trio.Nursery, folder: Path) -> None:
        authority = Authority()
        (folder / "ca.pem").write_bytes(authority.root.pem())
        context: ssl.SSLContext = authority.server_context(
            "good", self.plan.names or ("mta-sts.example",), ("1.2", "1.3")
        )
        for host in ("0.0.0.0", "::"):
            listeners = await trio.open_ssl_over_tcp_listeners(443, context, host=host)
            nursery.start_soon(partial(trio.serve_listeners, self.redirect, listeners))


async def _lines(stream: trio.SocketStream) -> Any:
    octets = bytearray()
    async for some in stream:
        octets += some
        while b"\r\n" in octets:
            line, _, octets = octets.partition(b"\r\n")
            yield line.decode("latin-1")


async def main(folder: Path) -> None:
    town = Town(Plan(**json.loads((folder / "plan.json").read_text())))
    async with trio.open_nursery() as nursery:
        await town.open(nursery, folder)
        sys.stdout.write("up\n")
        sys.stdout.flush()
        while await trio.to_thread.run_sync(sys.stdin.readline):
            sys.stdout.write(f"{json.dumps([asdict(visit) for visit in town.visits])}\n")
            sys.stdout.flush()
            town.visits.clear()
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main, Path(sys.argv[1]))
