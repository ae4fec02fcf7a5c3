"""The lab's mail server does what its script says, and is decent otherwise."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from auditor.lab import mail_server as mail_server_module
from auditor.lab.certificates import Authority
from auditor.lab.mail_server import MailServer

MakeServer = Callable[..., MailServer]


@asynccontextmanager
async def visiting(server: MailServer) -> AsyncIterator[trio.SocketStream]:
    """A client's end of a connection to the server, which has left when the block ends."""
    ours, theirs = trio.socket.socketpair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.serve, trio.SocketStream(theirs))
        async with trio.SocketStream(ours) as stream:
            yield stream


async def whole(stream: trio.abc.ReceiveStream) -> bytes:
    return b"".join([bytes(some) async for some in stream])


async def said_by(server: MailServer, octets: bytes = b"") -> bytes:
    """All that the server says to a client that sends octets and then nothing more."""
    async with visiting(server) as stream:
        await stream.send_all(octets)
        await stream.send_eof()
        return await whole(stream)


async def test_a_decent_server(make_server: MakeServer) -> None:
    server = make_server("SERVE", heading="keywords: SIZE 1000")
    said = await said_by(server, b"EHLO me\r\nHELO me\r\nNOOP\r\nrset\r\nVRFY you\r\nSTARTTLS\r\nQUIT\r\nNOOP\r\n")
    assert said.decode().splitlines() == [
        "220 mx.example ESMTP",
        "250-mx.example at your service",
        "250 SIZE 1000",
        "250 mx.example",
        "250 2.0.0 OK",
        "250 2.0.0 OK",
        "252 2.0.0 Send some mail, and see",
        "503 5.5.1 Not now",
        "221 2.0.0 Bye",
    ]
    (visit,) = server.visits
    assert (visit.server, visit.address, visit.handshakes) == ("mx.example", "192.0.2.1", 0)
    assert visit.commands == ["EHLO me", "HELO me", "NOOP", "rset", "VRFY you", "STARTTLS", "QUIT"]


async def test_it_says_what_it_is_told_to(make_server: MakeServer) -> None:
    server = make_server("S: 220 na\\xefve\nC: EHLO\nRAW: 250-mx\\n\nS: 250 \\\\o/\nC: QUIT\nEOF")
    assert await said_by(server, b"EHLO me\nQUIT\n") == b"220 na\xefve\r\n250-mx\n250 \\o/\r\n"


async def test_what_comes_out_of_turn_is_answered(make_server: MakeServer) -> None:
    server = make_server("C: HELO\nS: 250 at last")
    said = await said_by(server, b"EHLO me\r\nNOOP\r\nhelo me\r\nQUIT\r\n")
    assert said == b"503 5.5.1 Not now\r\n250 2.0.0 OK\r\n250 at last\r\n221 2.0.0 Bye\r\n"


async def test_the_greeting_is_not_said_twice(make_server: MakeServer) -> None:
    assert await said_by(make_server("S: 220 my own\nSERVE"), b"QUIT\r\n") == b"220 my own\r\n221 2.0.0 Bye\r\n"


async def test_the_first_visit_may_differ(make_server: MakeServer) -> None:
    server = make_server("S: 421 Later\nEOF\nAGAIN\nS: 220 mx\nEOF")
    assert [await said_by(server) for _ in range(3)] == [b"421 Later\r\n", b"220 mx\r\n", b"220 mx\r\n"]


async def test_waits_and_drips_take_their_time(make_server: MakeServer, autojump_clock: MockClock) -> None:
    began_at = autojump_clock.current_time()
    assert await said_by(make_server("WAIT: 2.5\nDRIP: 0.5 220\\n\nEOF")) == b"220\n"
    assert autojump_clock.current_time() - began_at == pytest.approx(4.5)


async def test_a_server_that_hangs_says_nothing_more(make_server: MakeServer, autojump_clock: MockClock) -> None:
    ours, theirs = trio.socket.socketpair()
    async with trio.open_nursery() as nursery, trio.SocketStream(theirs) as stream:
        nursery.start_soon(make_server("S: 220 mx\nHANG").serve, stream)
        client = trio.SocketStream(ours)
        assert await client.receive_some() == b"220 mx\r\n"
        with trio.move_on_after(1000):
            await client.receive_some()
        assert autojump_clock.current_time() >= 1000
        await client.aclose()
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("text", ["220-x\\r\\n", "x"])
async def test_a_flood_ends_by_itself(make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(mail_server_module, "FLOOD_OCTETS", 200_000)
    said = await said_by(make_server(f"FLOOD: {text}\nEOF"))
    assert 100_000 < len(said) <= 200_000


async def test_a_reset_is_a_reset(make_server: MakeServer, nursery: trio.Nursery) -> None:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, make_server("C: EHLO\nRESET").serve, [listener])
    async with await trio.open_tcp_stream("127.0.0.1", listener.socket.getsockname()[1]) as stream:
        await stream.send_all(b"EHLO me\r\n")
        with pytest.raises(trio.BrokenResourceError) as caught:
            await stream.receive_some()
    assert isinstance(caught.value.__cause__, ConnectionResetError)


async def test_starttls_is_offered_once(make_server: MakeServer, authority: Authority) -> None:
    server = make_server("SERVE", certificate="good", heading="keywords: SIZE")
    context = ssl.create_default_context(cadata=authority.root.pem().decode())

    async def ask(stream: trio.abc.Stream, command: bytes) -> bytes:
        await stream.send_all(command + b"\r\n")
        return bytes(await stream.receive_some())

    async with visiting(server) as stream:
        assert await stream.receive_some() == b"220 mx.example ESMTP\r\n"
        assert (await ask(stream, b"EHLO me")).endswith(b"250-SIZE\r\n250 STARTTLS\r\n")
        assert await ask(stream, b"STARTTLS") == b"220 2.0.0 Ready to start TLS\r\n"
        inside = trio.SSLStream(stream, context, server_hostname="mx.example", https_compatible=True)
        assert (await ask(inside, b"EHLO me")).endswith(b"250 SIZE\r\n")
        assert await ask(inside, b"STARTTLS") == b"503 5.5.1 Not now\r\n"
        assert await ask(inside, b"QUIT") == b"221 2.0.0 Bye\r\n"
    assert server.visits[0].handshakes == 1
    assert server.visits[0].commands == ["EHLO me", "STARTTLS", "EHLO me", "STARTTLS", "QUIT"]


async def test_without_a_certificate_there_is_no_handshake(make_server: MakeServer) -> None:
    assert await said_by(make_server("S: 220 mx\nSTARTTLS\nS: never")) == b"220 mx\r\n"


async def test_a_failed_handshake_ends_the_visit(make_server: MakeServer) -> None:
    server = make_server("STARTTLS\nS: never", certificate="good")
    assert b"never" not in await said_by(server, b"this is no TLS\r\n")
    assert server.visits[0].handshakes == 0


async def test_a_line_has_its_bounds(make_server: MakeServer) -> None:
    assert await said_by(make_server("SERVE"), b"x" * 9000) == b"220 mx.example ESMTP\r\n"


async def test_a_client_that_is_gone_ends_the_visit(make_server: MakeServer) -> None:
    server = make_server("FLOOD: x")
    async with visiting(server) as stream:
        await stream.receive_some(10)
    assert len(server.visits) == 1


async def test_how_much_it_sent_and_for_how_long(make_server: MakeServer, autojump_clock: MockClock) -> None:
    began_at = autojump_clock.current_time()
    server = make_server("S: 220 mx\nWAIT: 3\nRAW: abc\nEOF")
    await said_by(server)
    (visit,) = server.visits
    assert visit.sent_octets == 11
    assert visit.seconds == pytest.approx(autojump_clock.current_time() - began_at) == 3.0
