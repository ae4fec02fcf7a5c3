"""Which conversations serve other names at the same place (ADR 2)."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from hashlib import sha256
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.engine.campaign import run_campaign
from auditor.journal.sharing import MAX_LOOKED_AT, Sharing, serves, shared
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome, Starttls

PLACE = "192.0.2.1"
A = Endpoint("a.mail.example", PLACE, 25)
COVERED = ("*.mail.example",)


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        ({"names": COVERED}, True),
        ({"names": ("a.mail.example", "b.mail.example")}, True),
        ({"names": ("a.mail.example",)}, False),
        ({"names": ("*.example",)}, False),
        ({"names": COVERED, "trusted": False}, False),
        ({"names": COVERED, "outcome": Outcome.RESET}, False),
        ({}, False),
        ({"starttls": Starttls.NOT_OFFERED}, False),
        ({"outcome": Outcome.REFUSED}, True),
        ({"outcome": Outcome.CONNECT_TIMEOUT}, True),
        ({"outcome": Outcome.REPLY_TIMEOUT}, True),
        ({"outcome": Outcome.REJECTED}, True),
        ({"outcome": Outcome.NOT_SMTP}, True),
        ({"outcome": Outcome.TLS_FAILED, "starttls": Starttls.FAILED}, False),
        ({"outcome": Outcome.RESET, "starttls": Starttls.IMPLICIT}, False),
        ({"outcome": Outcome.SKIPPED}, False),
        ({"outcome": Outcome.INTERNAL_ERROR}, False),
    ],
    ids=str,
)
def test_what_serves_another_name(make: Any, look: dict[str, Any], expected: bool) -> None:
    talk = make.Look(**look).conversation(A)
    assert serves(talk.session, next(iter(talk.certificates), None), "b.mail.example") is expected


SHOWN = sha256(b"\xff").hexdigest()  # of the certificate that every look of this folder shows
OTHER = "00" * 32


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), True),
        ((f"3 0 1 {SHOWN}",), True),
        ((f"3 0 1 {OTHER}", f"3 0 1 {SHOWN}"), True),
        ((f"3 0 1 {OTHER}",), False),
        ((f"3 0 1 {SHOWN}", f"3 0 2 {OTHER * 2}"), False),
        ((f"1 0 1 {OTHER}",), True),
        (("gibberish",), True),
    ],
    ids=str,
)
def test_no_name_is_served_by_what_its_tlsa_records_do_not_ask_for(
    make: Any, world: Any, record: Any, records: tuple[str, ...], expected: bool
) -> None:
    b = Endpoint("b.mail.example", PLACE, 25)
    talk = make.Look(names=COVERED).conversation(A)
    journal = record(world)
    journal.certificate_seen(*talk.certificates)
    journal.session_ended(talk.session, settled=True)
    status = DnsStatus.ANSWERED if records else DnsStatus.NXDOMAIN
    journal.answer_came(Answer(question=Question(f"_25._tcp.{b.exchange}", "TLSA"), status=status, records=records))
    sharing = Sharing(journal)
    assert sharing.serves(talk.session, b) is expected
    assert sharing.held_for(b) == (talk.session if expected else None)


def test_what_failed_before_a_name_was_sent_serves_whatever_is_pinned(make: Any, world: Any, record: Any) -> None:
    b = Endpoint("b.mail.example", PLACE, 25)
    talk = make.Look(outcome=Outcome.REFUSED).conversation(A)
    journal = record(world)
    question = Question(f"_25._tcp.{b.exchange}", "TLSA")
    journal.answer_came(Answer(question=question, status=DnsStatus.ANSWERED, records=(f"3 0 1 {OTHER}",)))
    assert Sharing(journal).serves(talk.session, b)


def test_an_address_that_is_only_sought_is_not_spoken_to_again(make: Any, world: Any, record: Any) -> None:
    talk = make.Look(names=("other.example",)).conversation(A)
    journal = record(world)
    journal.certificate_seen(*talk.certificates)
    journal.session_ended(talk.session, settled=True)
    sought = Endpoint(PLACE, PLACE, 25, sought=True)
    assert Sharing(journal).held_for(sought) == talk.session
    assert Sharing(journal).held_for(Endpoint(PLACE, PLACE, 25)) is None


def test_a_shared_row_has_the_facts_and_names_whose_they_are(make: Any) -> None:
    session = make.Look(names=COVERED).conversation(A).session
    second, third = Endpoint("b.mail.example", PLACE, 25), Endpoint("c.mail.example", PLACE, 25)
    copy = shared(shared(session, second), third)
    assert (copy.endpoint, copy.shared_from, copy.transcript) == (third, A, ())
    assert (copy.tls, copy.outcome) == (session.tls, session.outcome)


async def test_names_at_a_place_wait_for_the_conversation_under_way(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    names = [f"{n}.mail.example" for n in range(8)]
    for number, name in enumerate(names):
        world.domain(f"d{number}.example", name)
        world.server(name, PLACE, make.Look(names=COVERED))
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert world.looks.total() == 1
    (spoken,) = world.looks
    rows = {one.endpoint: one.shared_from for one in journal.sessions()}
    assert rows == {Endpoint(name, PLACE, 25): None if name == spoken.exchange else spoken for name in names}
    assert all(one.transcript for one in journal.sessions() if one.shared_from is None)
    assert journal.counts() | {} == {**journal.counts(), "targets_done": 8, "certificates": 1}


async def test_names_that_are_not_served_are_spoken_to_one_after_another(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    for number in range(5):
        world.domain(f"d{number}.example", f"mx{number}.example")
        world.server(f"mx{number}.example", PLACE, make.Look(names=(f"mx{number}.example",)))
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert all(count == 1 for count in world.looks.values())
    assert len(world.looks) == 5
    assert world.open_most[PLACE, 25] == 1
    assert all(one.shared_from is None for one in journal.sessions())


async def test_another_port_or_address_is_another_place(make: Any, record: Any, autojump_clock: MockClock) -> None:
    world = make.World(make.World().config.model_copy(update={"port": (25, 587)}))
    world.domain("d.example", "a.mail.example", "b.mail.example")
    for name in ("a.mail.example", "b.mail.example"):
        for port in (25, 587):
            world.server(name, PLACE, make.Look(names=COVERED), port=port)
            world.server(name, "192.0.2.2", make.Look(names=COVERED), port=port)
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert sorted((one.address, one.port) for one in world.looks) == [
        (PLACE, 25),
        (PLACE, 587),
        ("192.0.2.2", 25),
        ("192.0.2.2", 587),
    ]
    assert journal.counts()["sessions"] == 8


async def test_a_conversation_held_before_is_found_behind_many_rows_that_share(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    """Names known only later, when the first conversation there has long ended."""
    crowd = [f"{n}.crowd.example" for n in range(3 * MAX_LOOKED_AT)]
    world.domain("early.example", *crowd[:10])
    world.domain("early2.example", *crowd[10:])
    world.domain("own.example", "z.mail.example")
    for name in crowd:
        world.server(name, PLACE, make.Look(names=("*.crowd.example",)))
    world.server("z.mail.example", PLACE, make.Look(names=COVERED))
    world.domain("late.example", "a.mail.example", "late.crowd.example")
    world.server("a.mail.example", PLACE, make.Look(names=COVERED))
    world.server("late.crowd.example", PLACE, make.Look(names=("*.crowd.example",)))
    world.dns_seconds = lambda question: 100.0 if question.name == "late.example" else 0.25
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert world.looks.total() == 2
    assert {one.exchange for one in world.looks}.isdisjoint({"a.mail.example", "late.crowd.example"})


async def test_a_tarpit_is_asked_for_one_of_its_names_only(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    for number in range(50):
        world.domain(f"d{number}.example", f"mx{number}.example")
        world.server(f"mx{number}.example", PLACE, make.Look(Outcome.REPLY_TIMEOUT))
    world.seconds = lambda _: 30.0
    began = trio.current_time()
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert world.looks.total() == 2, "one endpoint, looked at twice"
    assert trio.current_time() - began < 100
    assert {one.attempts for one in journal.sessions()} == {2}


async def test_a_name_waits_for_the_second_look_at_its_place(
    make: Any, world: Any, record: Any, autojump_clock: MockClock
) -> None:
    world.domain("d.example", "a.mail.example", "b.mail.example")
    for name in ("a.mail.example", "b.mail.example"):
        world.server(name, PLACE, make.Look(Outcome.DEFERRED), make.Look(names=COVERED))
    journal = record(world)
    await run_campaign(journal, world.config, world.backend())
    assert len(world.looks) == 1
    assert {one.outcome for one in journal.sessions()} == {Outcome.COMPLETED}
