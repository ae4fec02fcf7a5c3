"""Sessions by hand with scripted servers: TLS in place, what comes unasked, and what is injected."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import trio

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.probes.by_hand import ByHand

OFFER = "S: 220 mx\nC: EHLO\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\n"


@pytest.fixture
def session(nursery: trio.Nursery, make_config: Callable[..., Config], make_server: Callable[..., Any]) -> Any:
    async def hold(body: str, *typed: str, port: int = 25, **settings: Any) -> tuple[list[str], list[str]]:
        server = make_server(body, certificate="good")
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(partial(trio.serve_listeners, server.serve, [listener]))
        real_port = listener.socket.getsockname()[1]
        config = make_config(connect_to=(f"192.0.2.1:{port}:127.0.0.1:{real_port}",), **settings)
        shown: list[str] = []
        lines = iter(typed)

        async def read_line() -> str | None:
            await trio.sleep(0.05)
            return next(lines, None)

        endpoint = Endpoint("mx.example", "192.0.2.1", port)
        by_hand = ByHand(endpoint, Network.from_config(config), config, lambda who, text: shown.append(f"{who} {text}"))
        await by_hand.hold(read_line)
        return shown, server.visits[0].commands

    return hold


async def test_tls_begins_where_it_is_typed(session: Any) -> None:
    shown, commands = await session("SERVE", "EHLO me", "STARTTLS", "EHLO me")
    assert commands == ["EHLO me", "STARTTLS", "EHLO me", "QUIT"]
    assert any(line.startswith("* TLS: TLSv1.3") and line.endswith("certificate: trusted") for line in shown)
    assert shown.count("S 250 STARTTLS") == 1


async def test_tls_comes_first_where_it_is_implicit(session: Any) -> None:
    shown, commands = await session("STARTTLS\nSERVE", "NOOP", port=465)
    assert shown[1].startswith("* TLS: ")
    assert commands == ["NOOP", "QUIT"]


async def test_what_is_injected_before_the_handshake_ends_it(session: Any) -> None:
    with pytest.raises(ContactFailure, match="clear text stand before the handshake"):
        await session(OFFER + "RAW: 220 go\\r\\n250 injected\\r\\n\nHANG", "EHLO me", "STARTTLS")


async def test_a_message_is_typed_line_by_line(session: Any) -> None:
    body = "S: 220 mx\nC: DATA\nS: 354 go\nC: .\nS: 250 queued\n"
    shown, commands = await session(body, "DATA", "Subject: x", "..", ".", "/quit")
    assert commands == ["DATA", "Subject: x", "...", ".", "QUIT"]
    assert "* type the message; a line with a dot alone ends it" in shown


async def test_what_comes_unasked_is_shown_and_a_closed_session_ends(session: Any) -> None:
    shown, _ = await session("S: 220 mx\nWAIT: 0.01\nS: 421 idle too long\nEOF", "/help", "/help", "/help", "/help")
    assert "S 421 idle too long" in shown
    assert shown[-1] == "* the server has closed the connection"


async def test_silence_is_told_and_the_session_goes_on(session: Any) -> None:
    shown, commands = await session("S: 220 mx\nC: NOOP\nHANG", "NOOP", command_timeout=0.1, quit_timeout=0.1)
    assert "* no whole answer within 0.1 s" in shown
    assert commands[:1] == ["NOOP"]
