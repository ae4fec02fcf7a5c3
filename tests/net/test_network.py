"""What every conversation of a run shares, as the settings have it."""

import pytest
import trio
from trio.testing import MockClock

from auditor.config import Config
from auditor.errors import UsageError
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.net.own_name import own_name
from auditor.net.transcript import Transcript

ENDPOINT = Endpoint("mx.example", "192.0.2.1", 25)


@pytest.fixture
def transcript() -> Transcript:
    return Transcript(lambda: 0.0)


async def test_the_redirections_of_the_settings_are_followed(nursery: trio.Nursery, transcript: Transcript) -> None:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")

    async def serve(stream: trio.SocketStream) -> None:
        await stream.send_all(b"220 mx\r\n")

    nursery.start_soon(trio.serve_listeners, serve, [listener])
    port = listener.socket.getsockname()[1]
    network = Network.from_config(Config.model_validate({"connect_to": (f"MX.example:25:127.0.0.1:{port}",)}))
    channel = await network.connect(ENDPOINT, transcript)
    assert await channel.receive() == b"220 mx\r\n"
    await channel.aclose()


async def test_an_address_that_is_not_public_needs_leave(transcript: Transcript) -> None:
    with pytest.raises(ContactFailure) as caught:
        await Network.from_config(Config.model_validate({})).connect(ENDPOINT, transcript)
    assert caught.value.outcome == Outcome.SKIPPED


async def test_those_who_asked_are_blocked(transcript: Transcript) -> None:
    class Blocks:
        def blocks_host(self, name: str) -> str | None:
            return f"asked not to: {name}"

        def blocks_address(self, text: str) -> str | None:
            return f"nor there: {text}"

    network = Network.from_config(Config.model_validate({"allow_private": True}), Blocks())
    with pytest.raises(ContactFailure, match=r"^skipped: asked not to: mx\.example$"):
        await network.connect(ENDPOINT, transcript)


@pytest.mark.parametrize("settings", [{"connect_to": ("mx.example",)}, {"ca_file": "no/such/file"}])
def test_settings_that_will_not_do_are_errors_of_use(settings: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Network.from_config(Config.model_validate(settings))


async def test_places_are_those_of_the_address(autojump_clock: MockClock) -> None:
    network = Network.from_config(Config.model_validate({"per_host": 1, "per_prefix": 0, "rate": 0}))

    async def hold(endpoint: Endpoint) -> None:
        async with network.slot(endpoint):
            await trio.sleep(1)

    began_at = autojump_clock.current_time()
    async with trio.open_nursery() as nursery:
        for exchange in ("mx.example", "other.example"):
            for port in (25, 587):
                nursery.start_soon(hold, Endpoint(exchange, "192.0.2.1", port))
    assert autojump_clock.current_time() - began_at == 4


@pytest.mark.parametrize(
    ("full_name", "expected"),
    [
        ("Mail.Example.COM.", "mail.example.com"),
        ("mail.example.com", "mail.example.com"),
        ("localhost", ""),
        ("", ""),
        ("localhost.localdomain", ""),
        ("1.0.0.127.in-addr.arpa", ""),
    ],
)
def test_it_gives_its_full_name_or_none(monkeypatch: pytest.MonkeyPatch, full_name: str, expected: str) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda: full_name)
    assert own_name() == expected
    assert Network.from_config(Config.model_validate({"only_ca_file": True})).own_name == expected
    named = Config.model_validate({"only_ca_file": True, "helo": "given.example"})
    assert Network.from_config(named).own_name == "given.example"
