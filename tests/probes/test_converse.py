"""What a conversation makes of every kind of server."""

import errno
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import memory_stream_pair

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls
from auditor.net.failure import ContactFailure, from_os_error
from auditor.net.limits import AddressLimits
from auditor.net.network import Network
from auditor.net.tls import make_context
from auditor.probes.conversations import converse

Talk = Callable[..., Awaitable[Any]]

GREETED = "S: 220 mx.example ESMTP\nC: EHLO\n"
OFFERED = GREETED + "S: 250-mx.example\nS: 250 STARTTLS\nC: STARTTLS\n"
READY = OFFERED + "S: 220 Go ahead\n"
INSIDE = READY + "STARTTLS\nC: EHLO\n"
SPOKEN = "EHLO STARTTLS EHLO QUIT"

# script, certificate, outcome, stage, blame, starttls, codes, commands that the server saw
CASES = {
    "a good server": ("SERVE", "good", "completed", "done", "", "ok", (220, 250, None, 220, 250), SPOKEN),
    "no TLS": ("SERVE", "", "completed", "done", "", "not-offered", (220, 250, None, None, None), "EHLO QUIT"),
    "greeting 554": ("S: 554 No", "", "rejected", "greeting", "unknown", "not-tested", (554,), "QUIT"),
    "greeting 421": ("S: 421 Busy", "", "deferred", "greeting", "unknown", "not-tested", (421,), "QUIT"),
    "greeting 450": ("S: 450 Later", "", "deferred", "greeting", "unknown", "not-tested", (450,), "QUIT"),
    "greeting 354": ("S: 354 Go", "", "not-smtp", "greeting", "theirs", "not-tested", (354,), "QUIT"),
    "closed at once": ("EOF", "", "closed", "greeting", "theirs", "not-tested", (), ""),
    "reset at once": ("RESET", "", "reset", "greeting", "theirs", "not-tested", (), ""),
    "closed in mid-line": ("RAW: 220 mx\nEOF", "", "closed", "greeting", "theirs", "not-tested", (), ""),
    "a web server": ("S: HTTP/1.1 400 Bad Request", "", "not-smtp", "greeting", "theirs", "not-tested", (), ""),
    "TLS where SMTP is due": (
        r"RAW: \x15\x03\x01\x00\x02\n",
        "",
        "not-smtp",
        "greeting",
        "theirs",
        "not-tested",
        (),
        "",
    ),
    "classes mixed": ("S: 220-mx\nS: 554 No", "", "not-smtp", "greeting", "theirs", "not-tested", (), ""),
    "EHLO 550": (GREETED + "S: 550 No", "", "rejected", "ehlo", "unknown", "not-tested", (220, 550), "EHLO QUIT"),
    "EHLO 505": (GREETED + "S: 505 No", "", "rejected", "ehlo", "unknown", "not-tested", (220, 505), "EHLO QUIT"),
    "EHLO 421": (GREETED + "S: 421 No", "", "deferred", "ehlo", "unknown", "not-tested", (220, 421), "EHLO QUIT"),
    "EHLO 451": (GREETED + "S: 451 No", "", "deferred", "ehlo", "unknown", "not-tested", (220, 451), "EHLO QUIT"),
    "EHLO 354": (GREETED + "S: 354 Go", "", "not-smtp", "ehlo", "theirs", "not-tested", (220, 354), "EHLO QUIT"),
    "EHLO gibberish": (GREETED + "S: Hello", "", "not-smtp", "ehlo", "theirs", "not-tested", (220,), "EHLO"),
    "EHLO closed": (GREETED + "EOF", "", "closed", "ehlo", "theirs", "not-tested", (220,), "EHLO"),
    "EHLO reset": (GREETED + "RESET", "", "reset", "ehlo", "theirs", "not-tested", (220,), "EHLO"),
    "HELO 550": (
        GREETED + "S: 502 What\nC: HELO\nS: 550 No",
        *("", "rejected", "ehlo", "unknown", "not-tested", (220, 502, 550), "EHLO HELO QUIT"),
    ),
    "HELO 421": (
        GREETED + "S: 502 What\nC: HELO\nS: 421 No",
        *("", "deferred", "ehlo", "unknown", "not-tested", (220, 502, 421), "EHLO HELO QUIT"),
    ),
    "HELO closed": (
        GREETED + "S: 502 What\nC: HELO\nEOF",
        *("", "closed", "ehlo", "theirs", "not-tested", (220, 502), "EHLO HELO"),
    ),
    "STARTTLS 454": (
        OFFERED + "S: 454 TLS not available",
        *("", "completed", "done", "", "refused", (220, 250, None, 454), "EHLO STARTTLS QUIT"),
    ),
    "STARTTLS 501": (
        OFFERED + "S: 501 No",
        *("", "completed", "done", "", "refused", (220, 250, None, 501), "EHLO STARTTLS QUIT"),
    ),
    "STARTTLS 250": (
        OFFERED + "S: 250 Go",
        *("", "completed", "done", "", "refused", (220, 250, None, 250), "EHLO STARTTLS QUIT"),
    ),
    "STARTTLS 421": (
        OFFERED + "S: 421 Busy",
        *("", "deferred", "starttls", "unknown", "refused", (220, 250, None, 421), "EHLO STARTTLS QUIT"),
    ),
    "STARTTLS closed": (
        OFFERED + "EOF",
        *("", "closed", "starttls", "theirs", "not-tested", (220, 250), "EHLO STARTTLS"),
    ),
    "STARTTLS gibberish": (
        OFFERED + "S: What?",
        *("", "not-smtp", "starttls", "theirs", "not-tested", (220, 250), "EHLO STARTTLS"),
    ),
    "handshake of garbage": (
        READY + "WAIT: 0.03\nS: 250 this is no TLS\nHANG",
        *("", "tls-failed", "tls", "theirs", "failed", (220, 250, None, 220), "EHLO STARTTLS"),
    ),
    "handshake closed": (
        READY + "WAIT: 0.03\nEOF",
        *("", "tls-failed", "tls", "theirs", "failed", (220, 250, None, 220), "EHLO STARTTLS"),
    ),
    "handshake reset": (
        READY + "WAIT: 0.03\nRESET",
        *("", "tls-failed", "tls", "theirs", "failed", (220, 250, None, 220), "EHLO STARTTLS"),
    ),
    "EHLO inside 550": (
        INSIDE + "S: 550 No",
        *("good", "rejected", "ehlo-tls", "unknown", "ok", (220, 250, None, 220, 550), SPOKEN),
    ),
    "EHLO inside 502": (
        INSIDE + "S: 502 No",
        *("good", "rejected", "ehlo-tls", "unknown", "ok", (220, 250, None, 220, 502), SPOKEN),
    ),
    "EHLO inside 421": (
        INSIDE + "S: 421 No",
        *("good", "deferred", "ehlo-tls", "unknown", "ok", (220, 250, None, 220, 421), SPOKEN),
    ),
    "closed inside": (
        INSIDE + "EOF",
        *("good", "closed", "ehlo-tls", "theirs", "ok", (220, 250, None, 220), "EHLO STARTTLS EHLO"),
    ),
    "reset inside": (
        INSIDE + "RESET",
        *("good", "reset", "ehlo-tls", "theirs", "ok", (220, 250, None, 220), "EHLO STARTTLS EHLO"),
    ),
    "gibberish inside": (
        INSIDE + "S: Hello",
        *("good", "not-smtp", "ehlo-tls", "theirs", "ok", (220, 250, None, 220), "EHLO STARTTLS EHLO"),
    ),
    "closed at QUIT": (
        GREETED + "S: 250 mx.example\nC: QUIT\nEOF",
        *("", "completed", "done", "", "not-offered", (220, 250), "EHLO QUIT"),
    ),
    "reset at QUIT": (
        GREETED + "S: 250 mx.example\nC: QUIT\nRESET",
        *("", "completed", "done", "", "not-offered", (220, 250), "EHLO QUIT"),
    ),
    "421 at QUIT": (
        GREETED + "S: 250 mx.example\nC: QUIT\nS: 421 Too late",
        *("", "completed", "done", "", "not-offered", (220, 250), "EHLO QUIT"),
    ),
    "gibberish at QUIT": (
        GREETED + "S: 250 mx.example\nC: QUIT\nS: Bye!",
        *("", "completed", "done", "", "not-offered", (220, 250), "EHLO QUIT"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_conversation_ends_as_the_server_has_it(talk: Talk, case: tuple[Any, ...]) -> None:
    script, certificate, outcome, stage, blame, starttls, codes, commands = case
    held = await talk(script, certificate=certificate)
    seen = held.session
    assert (seen.outcome, seen.stage, seen.blame, seen.starttls) == (outcome, stage, blame, starttls)
    assert held.codes == (*codes, *(None,) * (5 - len(codes)))
    assert held.verbs == commands.split()
    assert bool(seen.error) == (outcome != "completed")
    times = [line.at_ms for line in seen.transcript]
    assert times == sorted(times)
    assert seen.timings.total_ms is not None
    assert times[-1] <= seen.timings.total_ms
    assert held.said[0] == "* connected to 192.0.2.1 port 25"
    assert (held.said[-1] == f"* {outcome}: {seen.error}") == (outcome != "completed")


@pytest.mark.parametrize("code", range(500, 505))
async def test_helo_is_said_only_where_ehlo_is_not_known(talk: Talk, code: int) -> None:
    held = await talk(GREETED + f"S: {code} What?\nC: HELO\nS: 250 mx.example")
    assert held.visit.commands == ["EHLO auditor.example", "HELO auditor.example", "QUIT"]
    assert held.codes == (220, code, 250, None, None)
    assert (held.session.outcome, held.session.starttls) == (Outcome.COMPLETED, Starttls.NOT_OFFERED)


async def test_a_good_conversation_is_taken_down_whole(talk: Talk) -> None:
    held = await talk("SERVE", certificate="good", heading="keywords: SIZE 1000")
    seen = held.session
    assert held.said == [
        "* connected to 192.0.2.1 port 25",
        "S 220 mx.example ESMTP",
        "C EHLO auditor.example",
        "S 250-mx.example at your service",
        "S 250-SIZE 1000",
        "S 250 STARTTLS",
        "C STARTTLS",
        "S 220 2.0.0 Ready to start TLS",
        f"* TLS: TLSv1.3 {seen.tls.cipher} {seen.tls.group}",
        "C EHLO auditor.example",
        "S 250-mx.example at your service",
        "S 250 SIZE 1000",
        "C QUIT",
        "S 221 2.0.0 Bye",
    ]
    assert seen.quit.code == 221
    assert seen.plaintext_after_starttls is False
    assert seen.deviations == ()
    assert seen.tls.server_name == "mx.example"
    assert seen.tls.verify_errors == ()
    assert tuple(certificate.sha256 for certificate in held.certificates) == seen.tls.chain
    assert held.visit.handshakes == 1
    timings = seen.timings
    assert None not in (timings.connect_ms, timings.greeting_ms, timings.ehlo_ms, timings.tls_ms, timings.total_ms)
    assert seen.started_at is not None
    assert seen.started_at.tzinfo is not None


async def test_what_was_seen_in_clear_text_outlives_a_failed_handshake(talk: Talk) -> None:
    held = await talk(READY + "WAIT: 0.03\nS: 250 this is no TLS\nHANG")
    seen = held.session
    assert seen.greeting.text == "mx.example ESMTP"
    assert seen.ehlo.lines == ("mx.example", "STARTTLS")
    assert seen.starttls_reply.text == "Go ahead"
    assert (seen.tls, seen.ehlo_tls, seen.plaintext_after_starttls) == (None, None, False)
    assert held.certificates == ()
    assert held.said[-2] == "S 220 Go ahead"


@pytest.mark.parametrize(
    "script",
    [
        OFFERED + r"RAW: 220 Go ahead\r\n250 injected\r\n",
        OFFERED + r"RAW: 220 Go ahead\r\n250 inj",
    ],
    ids=["a line", "half a line"],
)
async def test_octets_between_the_220_and_the_handshake_are_reported(talk: Talk, script: str) -> None:
    held = await talk(script + "\nHANG")
    seen = held.session
    assert seen.plaintext_after_starttls is True
    assert (seen.outcome, seen.stage, seen.starttls) == (Outcome.TLS_FAILED, Stage.STARTTLS, Starttls.FAILED)
    assert "clear text between" in seen.error
    assert held.verbs == ["EHLO", "STARTTLS"]


async def test_nothing_is_asked_that_only_mail_would_need(talk: Talk) -> None:
    held = await talk("SERVE", certificate="good", heading="add: VRFY, AUTH PLAIN, ETRN")
    assert set(held.verbs) == {"EHLO", "STARTTLS", "QUIT"}


@pytest.mark.parametrize(("offers", "starttls"), [("startTLS", "refused"), ("X-STARTTLS", "not-offered")])
async def test_the_keyword_decides_whether_starttls_is_asked_for(talk: Talk, offers: str, starttls: str) -> None:
    held = await talk(GREETED + f"S: 250-mx.example\nS: 250 {offers}\nC: STARTTLS\nS: 454 No")
    assert held.session.starttls == starttls


@pytest.mark.parametrize(
    ("script", "deviations"),
    [
        (r"RAW: 220 mx.example\n", {"bare-lf"}),
        ("S: 220 mx.example" + "x" * 600, {"long-line"}),
        (r"S: 220 na\xc3\xafve", {"non-ascii"}),
        (r"S: 220 mx\x07", {"control-characters"}),
        ("S: 220-mx\nS: hello\nS: 220 mx", {"unprefixed-line"}),
        ("S: 220-mx\nS: 250 mx", {"mixed-codes"}),
        (r"RAW: 220 mx\r\n250 too soon\r\n", {"unsolicited"}),
        (r"RAW: 220 na\xefve\n250 too soon\r\n", {"bare-lf", "non-ascii", "unsolicited"}),
        ("S: 220 mx", set()),
    ],
)
async def test_departures_are_tolerated_and_named(talk: Talk, script: str, deviations: set[str]) -> None:
    held = await talk(script + "\nC: EHLO\nS: 250 mx.example")
    assert held.session.deviations == tuple(sorted(deviations))
    assert held.session.outcome == Outcome.COMPLETED
    assert held.session.ehlo.lines == ("mx.example",)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("FLOOD: 220", "a line is too long"),
        (r"FLOOD: 220-mx\r\n", "too many lines"),
        ("FLOOD: 220-" + "x" * 4000 + r"\r\n", "octets in one session"),
    ],
)
async def test_a_flood_is_cut_off(talk: Talk, script: str, words: str) -> None:
    held = await talk(script)
    assert (held.session.outcome, held.session.blame) == (Outcome.OVERSIZED, Blame.THEIRS)
    assert words in held.session.error
    assert sum(len(line) for line in held.said) < 70_000


async def test_implicit_tls_comes_before_the_greeting(talk: Talk) -> None:
    held = await talk("STARTTLS\nSERVE", certificate="good", port=465)
    seen = held.session
    assert (seen.outcome, seen.stage, seen.starttls) == (Outcome.COMPLETED, Stage.DONE, Starttls.IMPLICIT)
    assert held.codes == (220, 250, None, None, None)
    assert held.verbs == ["EHLO", "QUIT"]
    assert seen.tls.server_name == "mx.example"
    assert len(held.certificates) == 2
    assert held.said[1].startswith("* TLS: TLSv1.3")


async def test_implicit_tls_that_fails_has_no_greeting(talk: Talk) -> None:
    held = await talk("SERVE", port=465)
    seen = held.session
    assert (seen.outcome, seen.stage, seen.starttls) == (Outcome.TLS_FAILED, Stage.TLS, Starttls.IMPLICIT)
    assert (seen.greeting, seen.tls) == (None, None)


async def test_submission_speaks_starttls(talk: Talk) -> None:
    held = await talk("SERVE", certificate="good", port=587)
    assert (held.session.starttls, held.session.outcome) == (Starttls.OK, Outcome.COMPLETED)


@pytest.mark.parametrize(
    ("exchange", "server_name"), [("mx.example", "mx.example"), ("192.0.2.1", ""), ("2001:db8::1", "")]
)
async def test_a_name_is_asked_for_by_sni_and_an_address_is_not(talk: Talk, exchange: str, server_name: str) -> None:
    heading = "sni: mx.example=expired"
    held = await talk("SERVE", certificate="good", heading=heading, exchange=exchange)
    assert held.session.tls.server_name == server_name


async def test_without_a_name_of_its_own_it_gives_its_address(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda: "localhost")
    held = await talk("SERVE", helo=None)
    assert held.visit.commands == ["EHLO [127.0.0.1]", "QUIT"]


def dialing(failure: Exception) -> Callable[[Endpoint], Awaitable[trio.abc.Stream]]:
    async def dial(_: Endpoint) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        raise failure

    return dial


def network_of(dial: Callable[[Endpoint], Awaitable[trio.abc.Stream]], config: Config) -> Network:
    return Network(dial=dial, tls_context=make_context(config), limits=AddressLimits(0, 0, 0), own_name="")


@pytest.mark.parametrize(
    ("failure", "outcome", "blame"),
    [
        (from_os_error(OSError(errno.ECONNREFUSED, "no")), Outcome.REFUSED, Blame.THEIRS),
        (from_os_error(OSError(errno.EHOSTUNREACH, "no")), Outcome.UNREACHABLE, Blame.PATH),
        (from_os_error(OSError(errno.ENETUNREACH, "no")), Outcome.UNREACHABLE, Blame.OURS),
        (from_os_error(OSError(errno.ETIMEDOUT, "no")), Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN),
        (ContactFailure(Outcome.SKIPPED, Blame.NOBODY, "not public"), Outcome.SKIPPED, Blame.NOBODY),
    ],
)
async def test_who_cannot_be_reached_is_not_spoken_to(
    make_config: Callable[..., Config], failure: ContactFailure, outcome: Outcome, blame: Blame
) -> None:
    config = make_config()
    conversation = await converse(Endpoint("mx.example", "192.0.2.1", 25), network_of(dialing(failure), config), config)
    seen = conversation.session
    assert isinstance(seen, SmtpSession)
    assert (seen.outcome, seen.stage, seen.blame, seen.error) == (outcome, Stage.CONNECT, blame, failure.words)
    assert [line.text for line in seen.transcript] == [f"{outcome}: {failure.words}"]
    assert (seen.greeting, seen.timings.connect_ms, conversation.certificates) == (None, None, ())


async def test_an_error_of_our_own_is_a_row_and_not_the_end(
    make_config: Callable[..., Config], caplog: pytest.LogCaptureFixture
) -> None:
    config = make_config()
    network = network_of(dialing(ZeroDivisionError("oops")), config)
    with caplog.at_level(logging.ERROR):
        seen = (await converse(Endpoint("mx.example", "192.0.2.1", 25), network, config)).session
    assert (seen.outcome, seen.blame, seen.error) == (Outcome.INTERNAL_ERROR, Blame.OURS, "ZeroDivisionError: oops")
    assert "mx.example/192.0.2.1:25" in caplog.text
    assert "Traceback" in caplog.text


async def test_a_plain_memory_stream_will_do(make_config: Callable[..., Config], nursery: trio.Nursery) -> None:
    ours, theirs = memory_stream_pair()

    async def dial(_: Endpoint) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        return ours

    async def serve() -> None:
        await theirs.send_all(b"220 mx\r\n")
        assert await theirs.receive_some() == b"EHLO [0.0.0.0]\r\n"
        await theirs.send_all(b"250-mx\r\n250 STARTTLS\r\n")
        assert await theirs.receive_some() == b"STARTTLS\r\n"
        await theirs.send_all(b"220 Go\r\n")
        assert (await theirs.receive_some())[:1] == b"\x16"
        await theirs.aclose()

    nursery.start_soon(serve)
    config = make_config()
    seen = (await converse(Endpoint("mx.example", "192.0.2.1", 25), network_of(dial, config), config)).session
    assert (seen.outcome, seen.stage, seen.plaintext_after_starttls) == (Outcome.TLS_FAILED, Stage.TLS, False)


def test_every_outcome_has_its_case() -> None:
    others = {"refused", "unreachable", "connect-timeout", "skipped", "internal-error", "oversized", "reply-timeout"}
    others |= {"not-imap", "not-pop3"}  # of other protocols: see test_access_talk
    assert {str(outcome) for outcome in Outcome} == {case[2] for case in CASES.values()} | others
