"""What is accepted of a client that offers little: trials with scripted servers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import trio

from auditor.config import Config
from auditor.lab.certificates import Authority
from auditor.lab.mail_server import MailServer
from auditor.lab.script import parse_scripts
from auditor.lab.world import context_of
from auditor.model.endpoint import Endpoint
from auditor.model.session import Session
from auditor.model.tls_trial import TlsOffer
from auditor.net.limits import AddressLimits
from auditor.net.network import Network
from auditor.probes.conversations import converse

pytestmark = pytest.mark.slow

IMAP = (
    "S: * OK\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: {tag} OK\nC: STARTTLS\nS: {tag} OK\nSTARTTLS\n"
    "C: CAPABILITY\nS: {tag} OK\n"
)
IMAPS = "STARTTLS\nS: * OK\nC: CAPABILITY\nS: {tag} OK"


@pytest.fixture
def look(nursery: trio.Nursery, make_config: Callable[..., Config], authority: Authority) -> Any:
    async def at(heading: str, body: str = "SERVE", port: int = 25) -> tuple[Session, MailServer]:
        (script,) = parse_scripts(f"=== mx.example\naddresses: 192.0.2.1\n{heading}\n{body}", "inline")
        server = MailServer(script, "192.0.2.1", context_of(script, authority))
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(partial(trio.serve_listeners, server.serve, [listener]))
        real_port = listener.socket.getsockname()[1]
        config = make_config(
            connect_to=(f"192.0.2.1:{port}:127.0.0.1:{real_port}",), tls_versions=True, command_timeout=0.5
        )
        endpoint = Endpoint("mx.example", "192.0.2.1", port)
        return (await converse(endpoint, Network.from_config(config), config)).session, server

    return at


def accepted(session: Session) -> set[str]:
    return {str(trial.offer) for trial in session.tls_trials if trial.accepted}


def refused(session: Session) -> set[str]:
    return {str(trial.offer) for trial in session.tls_trials if trial.accepted is False}


CASES = {
    "decent": ("certificate: good", {"TLSv1.2", "no-sni"}),
    "all versions": ("certificate: good\ntls: 1.0 1.3\nciphers: ECDHE+AES", {"TLSv1", "TLSv1.1", "TLSv1.2", "no-sni"}),
    "1.2 alone": ("certificate: good\ntls: 1.2", {"no-sni"}),
    "static": ("certificate: rsa\nciphers: kRSA+AES", {"TLSv1.2", "no-sni", "no-forward-secrecy"}),
    "without encryption": ("certificate: rsa\ntls: 1.2\nciphers: ECDHE+AES:eNULL", {"no-sni", "weak-suites"}),
    "anonymous": ("certificate: good\ntls: 1.2\nciphers: ECDHE+AES:aNULL", {"no-sni", "weak-suites"}),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_a_server_accepts(look: Any, name: str) -> None:
    heading, wanted = CASES[name]
    session, server = await look(heading)
    assert accepted(session) == wanted
    assert accepted(session) | refused(session) == {str(trial.offer) for trial in session.tls_trials}
    assert len(session.tls_trials) == 8
    assert len(server.visits) == 9
    (without_name,) = [trial for trial in session.tls_trials if trial.offer is TlsOffer.NO_NAME]
    assert without_name.leaf == session.tls.leaf


async def test_another_certificate_without_name(look: Any) -> None:
    session, _ = await look("certificate: good\nnames: other.example\nsni: mx.example=good")
    (without_name,) = [trial for trial in session.tls_trials if trial.offer is TlsOffer.NO_NAME]
    assert without_name.leaf not in {"", session.tls.leaf}


@pytest.mark.parametrize(
    ("port", "body"), [(143, IMAP), (465, "STARTTLS\nSERVE"), (993, "STARTTLS\nS: * OK\nC: CAPABILITY\nS: {tag} OK")]
)
async def test_every_protocol_is_walked_to_its_handshake(look: Any, port: int, body: str) -> None:
    session, _ = await look("certificate: good", body, port)
    assert accepted(session) == {"TLSv1.2", "no-sni"}


async def test_a_server_that_sends_us_away_is_left_alone(look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    let_alone: list[str] = []
    monkeypatch.setattr(AddressLimits, "hold_off", lambda _, address: let_alone.append(address))
    session, server = await look("certificate: good", "SERVE\nAGAIN\nS: 421 too many connections")
    assert session.outcome == "completed"
    assert {trial.accepted for trial in session.tls_trials} == {None}
    assert len(server.visits) == 2
    assert let_alone == ["192.0.2.1"]
    assert session.tls_trials[-1].words == "not tried, for before it: deferred: 421 too many connections"


async def test_silence_is_no_refusal(look: Any) -> None:
    session, _ = await look("certificate: good", "SERVE\nAGAIN\nS: 220 mx\nC: EHLO\nS: 250-mx\nS: 250 STARTTLS\nHANG")
    assert {trial.accepted for trial in session.tls_trials} == {None}


async def test_without_tls_nothing_is_tried(look: Any) -> None:
    session, server = await look("certificate: good", "S: 220 mx\nC: EHLO\nS: 250 mx")
    assert session.tls_trials == ()
    assert len(server.visits) == 1
