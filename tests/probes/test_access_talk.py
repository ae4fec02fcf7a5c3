"""Conversations in IMAP and POP3 with scripted servers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import trio

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import AccessSession
from auditor.net.network import Network
from auditor.policy.login import logins_in_clear
from auditor.probes.conversations import converse

IMAP = "S: * OK ready\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\nS: {tag} OK done\n"
IMAP_TLS = IMAP + "C: STARTTLS\nS: {tag} OK go\nSTARTTLS\nC: CAPABILITY\n"
IMAP_GOOD = IMAP_TLS + "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: {tag} OK done\nC: LOGOUT\nS: * BYE\nS: {tag} OK bye\n"
POP3 = "S: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: STLS\nS: .\n"
POP3_GOOD = POP3 + "C: STLS\nS: +OK go\nSTARTTLS\nC: CAPA\nS: +OK\nS: USER\nS: .\n"

INJECTED = IMAP + "C: STARTTLS\nRAW: a2 OK go\\r\\n* x\\r\\n\nHANG"
GONE = "S: * OK\nC: CAPABILITY\nS: * BYE\nEOF"

# port, script, outcome, stage, starttls, blame
CASES = {
    "imap": (143, IMAP_GOOD, "completed", "done", "ok", ""),
    "pop3": (110, POP3_GOOD, "completed", "done", "ok", ""),
    "imaps": (993, "STARTTLS\nS: * OK hi\nC: CAPABILITY\nS: {tag} OK done\n", "completed", "done", "implicit", ""),
    "pop3s": (995, "STARTTLS\nS: +OK hi\nC: CAPA\nS: -ERR what\n", "completed", "done", "implicit", ""),
    "imap bye": (143, "S: * BYE no\nEOF", "rejected", "greeting", "not-tested", "unknown"),
    "imap bye for now": (143, "S: * BYE [UNAVAILABLE] no\nEOF", "deferred", "greeting", "not-tested", "unknown"),
    "pop3 err": (110, "S: -ERR no\nEOF", "rejected", "greeting", "not-tested", "unknown"),
    "imap bye instead": (
        143,
        "S: * OK\nC: CAPABILITY\nS: * BYE\nEOF",
        "rejected",
        "capability",
        "not-tested",
        "unknown",
    ),
    "smtp on imap": (143, "S: 220 mx ESMTP", "not-imap", "greeting", "not-tested", "theirs"),
    "smtp on pop3": (110, "S: 220 mx ESMTP", "not-pop3", "greeting", "not-tested", "theirs"),
    "refused": (143, IMAP + "C: STARTTLS\nS: {tag} NO no", "completed", "done", "refused", ""),
    "not offered": (110, "S: +OK\nC: CAPA\nS: +OK\nS: USER\nS: .", "completed", "done", "not-offered", ""),
    "injected": (
        143,
        INJECTED,
        "tls-failed",
        "starttls",
        "failed",
        "unknown",
    ),
    "lost inside": (143, IMAP_TLS + "EOF", "closed", "capability-tls", "ok", "theirs"),
    "no tls": (110, POP3 + "C: STLS\nS: +OK go\nEOF", "tls-failed", "tls", "failed", "theirs"),
}


@pytest.fixture
def look(nursery: trio.Nursery, make_config: Callable[..., Config], make_server: Callable[..., Any]) -> Any:
    async def at(port: int, body: str, **settings: Any) -> AccessSession:
        server = make_server(body, certificate="good")
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(partial(trio.serve_listeners, server.serve, [listener]))
        real_port = listener.socket.getsockname()[1]
        config = make_config(connect_to=(f"192.0.2.1:{port}:127.0.0.1:{real_port}",), **settings)
        endpoint = Endpoint("mx.example", "192.0.2.1", port)
        session = (await converse(endpoint, Network.from_config(config), config)).session
        assert isinstance(session, AccessSession)
        return session

    return at


@pytest.mark.parametrize("name", CASES)
async def test_conversation(look: Any, name: str) -> None:
    port, script, outcome, stage, starttls, blame = CASES[name]
    seen = await look(port, script)
    assert (seen.outcome, seen.stage, seen.starttls, seen.blame) == (outcome, stage, starttls, blame)


async def test_all_is_taken_down(look: Any) -> None:
    seen = await look(143, IMAP_GOOD)
    assert [f"{line.who}: {line.text}" for line in seen.transcript if line.who != "*"] == [
        "S: * OK ready",
        "C: a1 CAPABILITY",
        "S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED",
        "S: a1 OK done",
        "C: a2 STARTTLS",
        "S: a2 OK go",
        "C: a3 CAPABILITY",
        "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN",
        "S: a3 OK done",
        "C: a4 LOGOUT",
        "S: * BYE",
        "S: a4 OK bye",
    ]
    assert seen.tls.version == "TLSv1.3"
    assert (seen.deviations, seen.plaintext_after_starttls, logins_in_clear(seen)) == ((), False, ())


async def test_a_silent_server_is_given_up(look: Any) -> None:
    seen = await look(110, "S: +OK\nC: CAPA\nHANG", command_timeout=0.1)
    assert (seen.outcome, seen.stage) == ("reply-timeout", "capability")


async def test_lines_that_never_end_are_none_of_the_protocol(look: Any) -> None:
    seen = await look(143, "RAW: * OK ready\\r\nHANG", greeting_timeout=0.1)
    assert (seen.outcome, seen.blame) == ("not-imap", "theirs")


@pytest.mark.parametrize(
    ("port", "script", "ways"),
    [
        (143, IMAP_GOOD, ()),
        (143, "S: * OK\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: {tag} OK", ("AUTH=PLAIN", "LOGIN")),
        (110, POP3_GOOD, ("USER",)),
        (110, "S: +OK\nC: CAPA\nS: -ERR", None),
        (993, "STARTTLS\nS: * OK\nC: CAPABILITY\nS: {tag} OK", None),
    ],
)
async def test_logins_before_tls(look: Any, port: int, script: str, ways: tuple[str, ...] | None) -> None:
    assert logins_in_clear(await look(port, script)) == ways
