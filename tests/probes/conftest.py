"""Scripted mail servers to hold conversations with, on loopback or on the virtual clock."""

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio

from auditor.config import Config
from auditor.lab.certificates import Authority
from auditor.lab.mail_server import MailServer, Visit
from auditor.lab.script import parse_scripts
from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint
from auditor.model.session import Session, SmtpSession
from auditor.net.limits import AddressLimits
from auditor.net.network import Network
from auditor.net.tcp import TcpStream
from auditor.net.tls import make_context
from auditor.probes.conversations import converse


@dataclass(frozen=True)
class Held:
    """A conversation that was held, as both ends saw it."""

    session: SmtpSession
    certificates: tuple[Certificate, ...]
    visit: Visit

    @property
    def verbs(self) -> list[str]:
        """The commands that reached the server."""
        return [command.partition(" ")[0] for command in self.visit.commands]

    @property
    def codes(self) -> tuple[int | None, ...]:
        """Of the greeting, EHLO, HELO, STARTTLS and EHLO inside TLS."""
        seen = self.session
        replies = (seen.greeting, seen.ehlo, seen.helo, seen.starttls_reply, seen.ehlo_tls)
        return tuple(reply.code if reply is not None else None for reply in replies)

    @property
    def said(self) -> list[str]:
        """The transcript without its times."""
        return [f"{line.who} {line.text}" for line in self.session.transcript]


def smtp(session: Session) -> SmtpSession:
    """The session, which is one in SMTP."""
    assert isinstance(session, SmtpSession)
    return session


Talk = Callable[..., Awaitable[Held]]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def ca_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    path.write_bytes(authority.root.pem())
    return path


@pytest.fixture
def make_config(ca_file: Path) -> Callable[..., Config]:
    def make(**settings: Any) -> Config:
        values = {"ca_file": ca_file, "only_ca_file": True, "helo": "auditor.example", "rate": 0.0, **settings}
        return Config.model_validate(values)

    return make


@pytest.fixture
def make_server(authority: Authority) -> Callable[..., MailServer]:
    """Makes a server from the body of a script; ``heading`` are further lines of its header."""

    def make(body: str, *, certificate: str = "", heading: str = "", address: str = "192.0.2.1") -> MailServer:
        text = f"=== mx.example\naddresses: {address}\ncertificate: {certificate}\n{heading}\n{body}"
        (script,) = parse_scripts(text, "inline")
        context = authority.server_context(certificate, script.names, script.tls) if certificate else None
        return MailServer(script, address, context)

    return make


@pytest.fixture
def talk(nursery: trio.Nursery, make_config: Callable[..., Config], make_server: Callable[..., MailServer]) -> Talk:
    """Holds a conversation over loopback TCP, the settings' redirection leading to the server."""

    async def hold(
        body: str,
        *,
        certificate: str = "",
        heading: str = "",
        exchange: str = "mx.example",
        port: int = 25,
        **more: Any,
    ) -> Held:
        server = make_server(body, certificate=certificate, heading=heading)
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(partial(trio.serve_listeners, server.serve, [listener]))
        real_port = listener.socket.getsockname()[1]
        config = make_config(connect_to=(f"192.0.2.1:{port}:127.0.0.1:{real_port}",), **more)
        conversation = await converse(Endpoint(exchange, "192.0.2.1", port), Network.from_config(config), config)
        return Held(smtp(conversation.session), conversation.certificates, server.visits[0])

    return hold


@pytest.fixture
def talk_timeless(
    nursery: trio.Nursery, make_config: Callable[..., Config], make_server: Callable[..., MailServer]
) -> Talk:
    """Holds a conversation over a pair of connected sockets, whose octets take no time at all."""

    async def hold(body: str, *, certificate: str = "", dial_seconds: float = 0, **more: Any) -> Held:
        server = make_server(body, certificate=certificate)
        config = make_config(**more)

        async def dial(_: Endpoint) -> TcpStream:
            await trio.sleep(dial_seconds)
            ours, theirs = socket.socketpair()
            nursery.start_soon(_serve, server, trio.SocketStream(trio.socket.from_stdlib_socket(theirs)))
            return TcpStream(ours)

        network = Network(
            dial=dial, tls_context=make_context(config), limits=AddressLimits(0, 0, 0), own_name="auditor.example"
        )
        conversation = await converse(Endpoint("mx.example", "192.0.2.1", 25), network, config)
        visit = server.visits[0] if server.visits else Visit("mx.example", "192.0.2.1")
        return Held(smtp(conversation.session), conversation.certificates, visit)

    return hold


async def _serve(server: MailServer, stream: trio.SocketStream) -> None:
    async with stream:
        await server.serve(stream)
