"""What is connected to, what is not, and what a failure to connect is taken for."""

import errno
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
import trio
from trio.testing import MockClock

from auditor.errors import UsageError
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome
from auditor.net import tcp
from auditor.net.dial import Dialer, parse_connect_to
from auditor.net.failure import ContactFailure
from auditor.policy.contact import RoutePolicy

ANYWHERE = RoutePolicy(allow_private=True)
ELSEWHERE = Endpoint("mx.example", "192.0.2.1", 25)


class Sockets:
    """Hands out sockets, failing as it is told before it does; counts what it was asked for."""

    def __init__(self) -> None:
        self.failures: list[int] = []
        self.opened = 0

    def socket(self, family: socket.AddressFamily) -> socket.socket:
        self.opened += 1
        if self.failures:
            number = self.failures.pop(0)
            raise OSError(number, os.strerror(number))
        return socket.socket(family, socket.SOCK_STREAM)


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    factory = Sockets()
    monkeypatch.setattr(tcp, "_new_socket", factory.socket)
    return factory


@dataclass
class Listening:
    endpoint: Endpoint
    clients: list[str] = field(default_factory=list)


Listen = Callable[..., Awaitable[Listening]]


@pytest.fixture
def listen(nursery: trio.Nursery) -> Listen:
    async def start(host: str = "127.0.0.1") -> Listening:
        (listener,) = await trio.open_tcp_listeners(0, host=host)
        listening = Listening(Endpoint("mx.example", host, listener.socket.getsockname()[1]))

        async def serve(stream: trio.SocketStream) -> None:
            listening.clients.append(stream.socket.getpeername()[0])
            await stream.send_all(b"220")

        nursery.start_soon(trio.serve_listeners, serve, [listener])
        return listening

    return start


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is bound and not listened on: connections to it are refused."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


async def failure_of(dialer: Dialer, endpoint: Endpoint = ELSEWHERE) -> tuple[Outcome, Blame, str]:
    with pytest.raises(ContactFailure) as caught:
        await dialer.dial(endpoint)
    return caught.value.outcome, caught.value.blame, caught.value.words


async def greeting(stream: trio.abc.Stream) -> bytes:
    async with stream:
        return bytes(await stream.receive_some(3))


async def test_a_connection_is_made(listen: Listen) -> None:
    server = await listen()
    assert await greeting(await Dialer(policy=ANYWHERE).dial(server.endpoint)) == b"220"


async def test_a_closed_port_refuses(closed_port: int) -> None:
    endpoint = Endpoint("mx.example", "127.0.0.1", closed_port)
    outcome, blame, words = await failure_of(Dialer(policy=ANYWHERE), endpoint)
    assert (outcome, blame) == (Outcome.REFUSED, Blame.THEIRS)
    assert words.startswith("ECONNREFUSED: ")


async def test_a_broadcast_address_is_unreachable() -> None:
    outcome, _, words = await failure_of(Dialer(policy=ANYWHERE), Endpoint("mx.example", "255.255.255.255", 9))
    assert outcome == Outcome.UNREACHABLE
    assert words


@pytest.mark.parametrize(
    ("number", "address", "expected"),
    [
        (errno.EHOSTUNREACH, "192.0.2.1", (Outcome.UNREACHABLE, Blame.PATH)),
        (errno.ENETUNREACH, "192.0.2.1", (Outcome.UNREACHABLE, Blame.OURS)),
        (errno.ENETUNREACH, "2001:db8::1", (Outcome.SKIPPED, Blame.OURS)),
        (errno.EHOSTUNREACH, "2001:db8::1", (Outcome.UNREACHABLE, Blame.PATH)),
        (errno.ETIMEDOUT, "192.0.2.1", (Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN)),
        (errno.EPERM, "192.0.2.1", (Outcome.UNREACHABLE, Blame.OURS)),
        (errno.EADDRNOTAVAIL, "192.0.2.1", (Outcome.UNREACHABLE, Blame.OURS)),
        (errno.ECONNRESET, "192.0.2.1", (Outcome.RESET, Blame.THEIRS)),
        (errno.EPROTO, "192.0.2.1", (Outcome.UNREACHABLE, Blame.UNKNOWN)),
    ],
)
async def test_errors_of_the_system_are_told_apart(
    sockets: Sockets, number: int, address: str, expected: tuple[Outcome, Blame]
) -> None:
    sockets.failures = [number]
    outcome, blame, words = await failure_of(Dialer(policy=ANYWHERE), Endpoint("mx.example", address, 25))
    assert (outcome, blame) == expected
    assert words == "no IPv6 route from here" or words.startswith(errno.errorcode[number])


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
async def test_it_waits_for_a_descriptor(sockets: Sockets, autojump_clock: MockClock, number: int) -> None:
    sockets.failures = [number, number, errno.ECONNREFUSED]
    began_at = autojump_clock.current_time()
    outcome, _, _ = await failure_of(Dialer(policy=ANYWHERE))
    assert outcome == Outcome.REFUSED
    assert sockets.opened == 3
    assert autojump_clock.current_time() - began_at == 1


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("10.1.2.3", "private use"),
        ("192.0.2.1", "documentation"),
        ("::1", "loopback"),
        ("::ffff:10.0.0.1", "IPv4-mapped of 10.0.0.1: private use"),
        ("fe80::1", "link-local"),
    ],
)
async def test_no_packet_goes_to_an_address_that_is_not_public(sockets: Sockets, address: str, reason: str) -> None:
    dialer = Dialer(policy=RoutePolicy(allow_nets=(ip_network("172.16.0.0/12"),)))
    outcome, blame, words = await failure_of(dialer, Endpoint("mx.example", address, 25))
    assert (outcome, blame) == (Outcome.SKIPPED, Blame.NOBODY)
    assert words.startswith(reason)
    assert sockets.opened == 0


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "localhost", "127.1", ""])
async def test_what_systems_take_for_another_address_is_never_connected_to(sockets: Sockets, address: str) -> None:
    everything = RoutePolicy(allow_private=True, allow_nets=(ip_network("0.0.0.0/0"), ip_network("::/0")))
    outcome, blame, _ = await failure_of(Dialer(policy=everything), Endpoint("mx.example", address, 25))
    assert (outcome, blame, sockets.opened) == (Outcome.SKIPPED, Blame.NOBODY, 0)


async def test_a_network_may_be_allowed(listen: Listen) -> None:
    server = await listen()
    dialer = Dialer(policy=RoutePolicy(allow_nets=(ip_network("127.0.0.0/30"),)))
    assert await greeting(await dialer.dial(server.endpoint)) == b"220"
    outcome, _, _ = await failure_of(dialer, Endpoint("mx.example", "127.0.0.5", server.endpoint.port))
    assert outcome == Outcome.SKIPPED


@pytest.mark.parametrize("host", ["mx.example", "192.0.2.1"])
async def test_it_can_be_redirected_by_name_and_by_address(listen: Listen, host: str) -> None:
    server = await listen()
    dialer = Dialer(policy=RoutePolicy(), connect_to={(host, 25): ("127.0.0.1", server.endpoint.port)})
    assert await greeting(await dialer.dial(ELSEWHERE)) == b"220"


@pytest.mark.parametrize("other", [Endpoint("mx.example", "192.0.2.1", 587), Endpoint("other", "192.0.2.2", 25)])
async def test_a_redirection_holds_for_its_host_and_port(sockets: Sockets, other: Endpoint) -> None:
    places = {("mx.example", 25): ("127.0.0.1", 9), ("192.0.2.1", 25): ("127.0.0.1", 9)}
    outcome, _, _ = await failure_of(Dialer(policy=RoutePolicy(), connect_to=places), other)
    assert (outcome, sockets.opened) == (Outcome.SKIPPED, 0)


async def test_the_name_is_redirected_before_the_address(listen: Listen, closed_port: int) -> None:
    server = await listen()
    places = {("192.0.2.1", 25): ("127.0.0.1", closed_port), ("mx.example", 25): ("127.0.0.1", server.endpoint.port)}
    assert await greeting(await Dialer(policy=RoutePolicy(), connect_to=places).dial(ELSEWHERE)) == b"220"


@dataclass(frozen=True)
class Refusals:
    host: str = ""
    address: str = ""

    def blocks_host(self, name: str) -> str | None:
        return "line 1: host" if name == self.host else None

    def blocks_address(self, text: str) -> str | None:
        return "line 2: address" if text == self.address else None


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [(Refusals(host="mx.example"), "line 1: host"), (Refusals(address="192.0.2.1"), "line 2: address")],
)
async def test_who_asked_not_to_be_contacted_is_not(sockets: Sockets, blocks: Refusals, reason: str) -> None:
    dialer = Dialer(policy=ANYWHERE, blocks=blocks, connect_to={("mx.example", 25): ("127.0.0.1", 9)})
    assert await failure_of(dialer) == (Outcome.SKIPPED, Blame.NOBODY, reason)
    assert sockets.opened == 0


async def test_who_did_not_ask_is(listen: Listen) -> None:
    server = await listen()
    dialer = Dialer(policy=ANYWHERE, blocks=Refusals("other.example", "192.0.2.9"))
    assert await greeting(await dialer.dial(server.endpoint)) == b"220"


@pytest.mark.parametrize(("source", "client"), [("127.0.0.1", "127.0.0.1"), ("::1", "127.0.0.1"), (None, "127.0.0.1")])
async def test_it_connects_from_the_given_address_of_that_family(
    listen: Listen, source: str | None, client: str
) -> None:
    server = await listen()
    assert await greeting(await Dialer(policy=ANYWHERE, source_ip=source).dial(server.endpoint)) == b"220"
    assert server.clients == [client]


async def test_an_address_that_is_not_ours_is_our_fault(listen: Listen) -> None:
    server = await listen()
    outcome, blame, _ = await failure_of(Dialer(policy=ANYWHERE, source_ip="192.0.2.7"), server.endpoint)
    assert (outcome, blame) == (Outcome.UNREACHABLE, Blame.OURS)


async def test_ipv6_is_spoken(listen: Listen) -> None:
    try:
        server = await listen("::1")
    except OSError:
        pytest.skip("no IPv6 here")
    assert await greeting(await Dialer(policy=ANYWHERE).dial(server.endpoint)) == b"220"
    assert server.clients == ["::1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mx.example:25:127.0.0.1:2525", (("mx.example", 25), ("127.0.0.1", 2525))),
        ("MX.Example.:25:127.0.0.1:2525", (("mx.example", 25), ("127.0.0.1", 2525))),
        ("192.0.2.1:25:127.0.0.1:2525", (("192.0.2.1", 25), ("127.0.0.1", 2525))),
        ("[2001:DB8::0:1]:25:[0::1]:2525", (("2001:db8::1", 25), ("::1", 2525))),
        ("[::FFFF:192.0.2.1]:25:127.0.0.1:2525", (("::ffff:c000:201", 25), ("127.0.0.1", 2525))),
        ("[fe80::1%lo]:25:127.0.0.1:2525", (("fe80::1%lo", 25), ("127.0.0.1", 2525))),
        ("bücher.example:25:127.0.0.1:2525", (("xn--bcher-kva.example", 25), ("127.0.0.1", 2525))),
        ("mx.example:25:[::1]:65535", (("mx.example", 25), ("::1", 65535))),
    ],
)
def test_redirections_are_read(text: str, expected: tuple[tuple[str, int], tuple[str, int]]) -> None:
    assert parse_connect_to(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mx.example",
        "mx.example:25",
        "mx.example:25:127.0.0.1",
        "mx.example:25:127.0.0.1:",
        "mx.example:25:127.0.0.1:0",
        "mx.example:25:127.0.0.1:65536",
        "mx.example:0:127.0.0.1:25",
        "mx.example:25:127.0.0.1:2525:",
        "mx.example:25:127.0.0.1:2525:1",
        "mx.example:25:localhost:2525",
        "mx.example:25:::1:2525",
        "mx.example:smtp:127.0.0.1:25",
        ":25:127.0.0.1:2525",
        "[2001:db8::1:25:127.0.0.1:2525",
        "[2001:db8::1]25:127.0.0.1:2525",
        "[]:25:127.0.0.1:2525",
        "mx.example:+25:127.0.0.1:2_5",
        "mx.example: 25:127.0.0.1:25",
        "mx.example:２５:127.0.0.1:25",
        # Addresses in other spellings, which would be names that nobody has.
        "127.1:25:192.0.2.9:25",
        "0177.0.0.1:25:192.0.2.9:25",
        "0x7f000001:25:192.0.2.9:25",
        "2130706433:25:192.0.2.9:25",
        "[192.0.2.0/24]:25:192.0.2.9:25",
        "[mx.example]:25:192.0.2.9:25",
        "mx.example:25:127.1:25",
        "mx.example:25:2130706433:25",
    ],
)
def test_what_is_no_redirection_is_an_error_of_use(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--connect-to .*HOST:PORT:ADDR:PORT"):
        parse_connect_to(text)


async def test_nothing_else_is_contacted_where_only_redirections_are(sockets: Sockets) -> None:
    to = {("mx.example", 25): ("127.0.0.1", 9)}
    dialer = Dialer(policy=RoutePolicy(allow_private=True), connect_to=to, only_connect_to=True)
    assert dialer.destination(Endpoint("mx.example", "192.0.2.1", 25)) == ("127.0.0.1", 9)
    outcome, _, words = await failure_of(dialer, Endpoint("mx.example", "192.0.2.1", 143))
    assert (outcome, words) == (Outcome.SKIPPED, "--connect-to does not lead it anywhere")
    assert sockets.opened == 0
