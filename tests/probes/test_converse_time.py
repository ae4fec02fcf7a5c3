"""How long a conversation waits, on a virtual clock."""
# ruff: noqa: ARG001 - a test asks for the virtual clock by naming it

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, Stage, Starttls
from auditor.net.failure import ContactFailure
from auditor.net.limits import AddressLimits
from auditor.net.network import Network
from auditor.net.tls import make_context
from auditor.probes.conversations import converse

Talk = Callable[..., Awaitable[Any]]

GREETED = "S: 220 mx.example ESMTP\nC: EHLO\n"
OFFERED = GREETED + "S: 250-mx.example\nS: 250 STARTTLS\nC: STARTTLS\n"
READY = OFFERED + "S: 220 Go ahead\n"
INSIDE = READY + "STARTTLS\nC: EHLO\n"
TIMEOUTS = {
    "connect_timeout": 3,
    "greeting_timeout": 5,
    "command_timeout": 7,
    "tls_timeout": 11,
    "quit_timeout": 2,
    "session_timeout": 60,
}
HANGS = {
    "greeting": ("HANG", "", "reply-timeout", "greeting", "not-tested", 5),
    "greeting drips": ("DRIP: 1 220 mx.example", "", "reply-timeout", "greeting", "not-tested", 5),
    "greeting never ends": ("S: 220-mx\nHANG", "", "reply-timeout", "greeting", "not-tested", 5),
    "lines ended by CR": (r"RAW: 220 mx\r" + "\nHANG", "", "not-smtp", "greeting", "not-tested", 5),
    "EHLO": (GREETED + "HANG", "", "reply-timeout", "ehlo", "not-tested", 7),
    "EHLO and HELO together": (
        GREETED + "WAIT: 4\nS: 502 No\nC: HELO\nWAIT: 4\nS: 250 mx.example",
        *("", "reply-timeout", "ehlo", "not-tested", 7),
    ),
    "STARTTLS": (OFFERED + "HANG", "", "reply-timeout", "starttls", "not-tested", 7),
    "handshake": (READY + "HANG", "", "tls-failed", "tls", "failed", 11),
    "EHLO inside": (INSIDE + "HANG", "good", "reply-timeout", "ehlo-tls", "ok", 7),
    "QUIT": (GREETED + "S: 250 mx.example\nC: QUIT\nHANG", "", "completed", "done", "not-offered", 2),
}


@pytest.mark.parametrize("case", HANGS.values(), ids=HANGS.keys())
async def test_a_silent_server_is_left_at_the_deadline_of_the_stage(
    autojump_clock: MockClock, talk_timeless: Talk, case: tuple[Any, ...]
) -> None:
    script, certificate, outcome, stage, starttls, seconds = case
    began_at = trio.current_time()
    held = await talk_timeless(script, certificate=certificate, **TIMEOUTS)
    seen = held.session
    assert (seen.outcome, seen.stage, seen.starttls) == (outcome, stage, starttls)
    assert trio.current_time() - began_at == pytest.approx(seconds, abs=0.01)
    assert seen.timings.total_ms == pytest.approx(seconds * 1000, abs=10)
    expected = {"completed": "", "not-smtp": "theirs"}.get(outcome, "unknown")
    assert seen.blame == expected


async def test_half_a_line_of_a_silent_server_is_kept(autojump_clock: MockClock, talk_timeless: Talk) -> None:
    held = await talk_timeless(r"RAW: 220 mx.exam" + "\nHANG", **TIMEOUTS)
    assert held.said[1:] == ["S 220 mx.exam", f"* reply-timeout: {held.session.error}"]
    assert held.session.error == "nothing whole within 5 s at greeting"


async def test_a_slow_dial_is_given_up(autojump_clock: MockClock, talk_timeless: Talk) -> None:
    held = await talk_timeless("SERVE", dial_seconds=99, **TIMEOUTS)
    seen = held.session
    assert (seen.outcome, seen.stage, seen.blame) == (Outcome.CONNECT_TIMEOUT, Stage.CONNECT, Blame.UNKNOWN)
    assert seen.timings.total_ms == 3000


@pytest.mark.parametrize(
    ("script", "outcome", "stage", "starttls"),
    [
        ("WAIT: 4\n" + GREETED + "HANG", Outcome.REPLY_TIMEOUT, Stage.EHLO, Starttls.NOT_TESTED),
        ("WAIT: 4\n" + READY + "HANG", Outcome.TLS_FAILED, Stage.TLS, Starttls.FAILED),
    ],
)
async def test_the_whole_conversation_has_a_deadline(
    autojump_clock: MockClock, talk_timeless: Talk, script: str, outcome: Outcome, stage: Stage, starttls: Starttls
) -> None:
    held = await talk_timeless(script, **{**TIMEOUTS, "session_timeout": 9})
    seen = held.session
    assert (seen.outcome, seen.stage, seen.starttls) == (outcome, stage, starttls)
    assert seen.error == "no end within 9 s"
    assert seen.timings.total_ms == pytest.approx(9000, abs=10)
    assert seen.greeting.code == 220


async def test_the_deadline_of_the_whole_holds_for_the_dial(autojump_clock: MockClock, talk_timeless: Talk) -> None:
    held = await talk_timeless("SERVE", dial_seconds=99, **{**TIMEOUTS, "session_timeout": 2})
    assert (held.session.outcome, held.session.error) == (Outcome.CONNECT_TIMEOUT, "no end within 2 s")


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("WAIT: 4\n" + GREETED + "WAIT: 4\nS: 250 mx\nC: QUIT\nHANG", Outcome.COMPLETED),
        ("WAIT: 4\n" + GREETED + "WAIT: 4\nS: 550 No\nC: QUIT\nHANG", Outcome.REJECTED),
    ],
)
async def test_an_unanswered_quit_changes_nothing_at_the_deadline(
    autojump_clock: MockClock, talk_timeless: Talk, script: str, outcome: Outcome
) -> None:
    held = await talk_timeless(script, **{**TIMEOUTS, "session_timeout": 9})
    assert held.session.outcome == outcome
    assert held.session.timings.total_ms <= 10_010


async def test_a_slow_server_in_time_is_a_good_one(autojump_clock: MockClock, talk_timeless: Talk) -> None:
    held = await talk_timeless("WAIT: 4\nDRIP: 0.01 220 mx\\r\\n\nC: EHLO\nWAIT: 6\nS: 250 mx", **TIMEOUTS)
    seen = held.session
    assert seen.outcome == Outcome.COMPLETED
    assert seen.timings.greeting_ms == pytest.approx(4080, abs=10)
    assert seen.timings.ehlo_ms == pytest.approx(6000, abs=10)


async def test_waiting_for_a_place_costs_no_patience(
    autojump_clock: MockClock, make_config: Callable[..., Config], nursery: trio.Nursery
) -> None:
    config = make_config(session_timeout=5)

    async def dial(_: Endpoint) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        raise ContactFailure(Outcome.SKIPPED, Blame.NOBODY, "no")

    network = Network(dial=dial, tls_context=make_context(config), limits=AddressLimits(1, 0, 0), own_name="")
    endpoint = Endpoint("mx.example", "192.0.2.1", 25)

    async def neighbour(task_status: trio.TaskStatus[None]) -> None:
        async with network.slot(endpoint):
            task_status.started()
            await trio.sleep(20)

    await nursery.start(neighbour)
    seen = (await converse(endpoint, network, config)).session
    assert trio.current_time() >= 20
    assert (seen.outcome, seen.timings.total_ms) == (Outcome.SKIPPED, 0)


async def test_cancelling_from_outside_closes_the_connection(autojump_clock: MockClock, talk_timeless: Talk) -> None:
    with trio.move_on_after(1) as scope:
        await talk_timeless(GREETED + "HANG", **TIMEOUTS)
    assert scope.cancelled_caught


async def test_hanging_up_after_the_220_injects_nothing(autojump_clock: MockClock, talk_timeless: Talk) -> None:
    held = await talk_timeless(READY + "EOF")
    seen = held.session
    assert seen.plaintext_after_starttls is False
    assert (seen.outcome, seen.stage, seen.blame) == (Outcome.TLS_FAILED, Stage.TLS, Blame.THEIRS)
