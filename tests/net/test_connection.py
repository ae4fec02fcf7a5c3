"""Moving octets between a server and the protocol, and what every way of breaking is taken for."""

import errno
import socket
import ssl
from collections.abc import Callable

import pytest
import trio
import trio.testing
from trio.testing import memory_stream_pair

from auditor.model.session import Blame, Outcome
from auditor.net.channel import Channel
from auditor.net.connection import SmtpConnection
from auditor.net.failure import ContactFailure, from_os_error, translated
from auditor.net.tcp import TcpStream, connect
from auditor.net.transcript import Transcript
from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import RemoteProtocolError
from auditor.protocol.smtp import Verb


def connection_over(stream: trio.abc.Stream, bounds: Bounds = USUAL) -> SmtpConnection:
    return SmtpConnection(Channel(stream, Transcript(trio.current_time), bounds))


async def greeted() -> tuple[SmtpConnection, trio.abc.Stream]:
    ours, theirs = memory_stream_pair()
    await theirs.send_all(b"220 mx\r\n")
    connection = connection_over(ours)
    assert (await connection.reply()).code == 220
    return connection, theirs


async def ready_for_tls() -> tuple[SmtpConnection, trio.SocketStream]:
    """A connection over connected sockets whose STARTTLS was answered by 220."""
    one, other = socket.socketpair()
    theirs, connection = trio.SocketStream(trio.socket.from_stdlib_socket(other)), connection_over(TcpStream(one))
    await theirs.send_all(b"220 mx\r\n")
    await connection.reply()
    for verb, answer in ((Verb.EHLO, b"250-mx\r\n250 STARTTLS\r\n"), (Verb.STARTTLS, b"220 Go\r\n")):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(connection.command, verb)
            await theirs.receive_some()
            await theirs.send_all(answer)
    return connection, theirs


def lines(connection: SmtpConnection) -> list[str]:
    return [f"{line.who} {line.text}" for line in connection.transcript.lines]


async def test_a_command_is_sent_and_its_reply_is_read_in_pieces(nursery: trio.Nursery) -> None:
    connection, theirs = await greeted()

    async def answer() -> None:
        assert await theirs.receive_some() == b"EHLO me\r\n"
        for octet in b"250-mx\r\n250 SIZE\r\n":
            await theirs.send_all(bytes((octet,)))

    nursery.start_soon(answer)
    reply = await connection.command(Verb.EHLO, "me")
    assert reply.lines == ("mx", "SIZE")
    assert lines(connection) == ["S 220 mx", "C EHLO me", "S 250-mx", "S 250 SIZE"]


@pytest.mark.parametrize(
    ("octets", "outcome", "kept"),
    [
        (b"", Outcome.CLOSED, []),
        (b"220 m", Outcome.CLOSED, ["S 220 m"]),
        (b"\x00hello\r\n", Outcome.NOT_SMTP, []),
        (b"220 " + b"x" * 4096, Outcome.OVERSIZED, ["S 220 " + "x" * 508]),
        (b"220-mx\r\n" * 129, Outcome.OVERSIZED, []),
    ],
)
async def test_what_is_no_reply_ends_the_session(octets: bytes, outcome: Outcome, kept: list[str]) -> None:
    ours, theirs = memory_stream_pair()
    await theirs.send_all(octets)
    await theirs.aclose()
    connection = connection_over(ours)
    with pytest.raises(ContactFailure) as caught:
        await connection.reply()
    assert (caught.value.outcome, caught.value.blame) == (outcome, Blame.THEIRS)
    assert lines(connection) == kept


async def test_a_session_has_only_so_many_octets() -> None:
    ours, theirs = memory_stream_pair()
    await theirs.send_all(b"220 mx.example\r\n")
    with pytest.raises(ContactFailure) as caught:
        await connection_over(ours, Bounds(session_octets=10)).reply()
    assert caught.value.outcome == Outcome.OVERSIZED
    assert caught.value.words == "over 10 octets in one session"


async def test_writing_into_a_closed_connection_is_a_reset() -> None:
    connection, theirs = await greeted()
    await theirs.aclose()
    with pytest.raises(ContactFailure) as caught:
        await connection.command(Verb.EHLO, "me")
    assert (caught.value.outcome, caught.value.words) == (Outcome.RESET, "the connection broke")


async def test_our_own_end_may_be_closed_already() -> None:
    connection, _ = await greeted()
    await connection.channel.aclose()
    with pytest.raises(ContactFailure) as caught:
        await connection.command(Verb.QUIT)
    assert caught.value.outcome == Outcome.CLOSED


async def test_octets_that_stand_before_the_handshake_are_seen() -> None:
    connection, theirs = await ready_for_tls()
    async with theirs:
        assert not connection.early_octets()
        await theirs.send_all(b"2")
        assert connection.early_octets()
        assert connection.early_octets(), "a look takes nothing away"
    await connection.channel.aclose()


async def test_the_end_of_the_connection_is_no_octet() -> None:
    connection, theirs = await ready_for_tls()
    await theirs.aclose()
    assert not connection.early_octets()
    await connection.channel.aclose()


async def test_a_broken_connection_has_no_octets() -> None:
    listener, *_ = await trio.open_tcp_listeners(0, host="127.0.0.1")
    stream = await trio.open_tcp_stream("127.0.0.1", listener.socket.getsockname()[1])
    theirs = await listener.accept()
    connection = connection_over(stream)
    await stream.send_all(b"unread")
    await trio.testing.wait_all_tasks_blocked(0.01)
    await trio.aclose_forcefully(theirs)  # with octets unread: the peer gets RST
    await trio.testing.wait_all_tasks_blocked(0.01)
    assert not connection.early_octets()
    await connection.channel.aclose()
    await listener.aclose()


async def test_it_knows_its_own_address() -> None:
    listener, *_ = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener, await connect("127.0.0.1", listener.socket.getsockname()[1]) as stream:
        assert connection_over(stream).channel.local_address() == "127.0.0.1"
    assert connection_over(memory_stream_pair()[0]).channel.local_address() == "0.0.0.0"


def broken_by(cause: BaseException | None) -> trio.BrokenResourceError:
    error = trio.BrokenResourceError("broken")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("raised", "outcome", "blame", "words"),
    [
        (broken_by(None), "reset", "theirs", "the connection broke"),
        (broken_by(ssl.SSLError("odd")), "reset", "theirs", "the connection broke"),
        (
            broken_by(OSError(errno.ECONNRESET, "by peer")),
            "reset",
            "theirs",
            "ECONNRESET: Connection reset by peer",
        ),
        (trio.ClosedResourceError(), "closed", "theirs", "the connection is closed"),
        (OSError(errno.EPIPE, "pipe"), "reset", "theirs", "EPIPE: Broken pipe"),
        (RemoteProtocolError("not-smtp", b"HTTP\r"), "not-smtp", "theirs", r"no SMTP reply: HTTP\x0d"),
        (RemoteProtocolError("line-too-long", b"x"), "oversized", "theirs", "a line is too long: x"),
        (RemoteProtocolError("too-many-lines", b"x"), "oversized", "theirs", "a reply has too many lines: x"),
    ],
)
def test_whatever_breaks_is_told_in_one_way(raised: Exception, outcome: str, blame: str, words: str) -> None:
    with pytest.raises(ContactFailure) as caught, translated():
        raise raised
    assert (caught.value.outcome, caught.value.blame, caught.value.words) == (outcome, blame, words)
    assert str(caught.value) == f"{outcome}: {words}"


def test_a_failure_of_contact_passes_unchanged() -> None:
    failure = ContactFailure(Outcome.SKIPPED, Blame.NOBODY, "why")
    with pytest.raises(ContactFailure) as caught, translated():
        raise failure
    assert caught.value is failure


@pytest.mark.parametrize("make", [lambda: OSError("plain words"), lambda: OSError(99_999, "unheard of")])
def test_an_error_never_heard_of_leaves_the_blame_open(make: Callable[[], OSError]) -> None:
    failure = from_os_error(make())
    assert (failure.outcome, failure.blame) == (Outcome.UNREACHABLE, Blame.UNKNOWN)
    assert failure.words in {"OSError: plain words", "OSError: Unknown error 99999"}
