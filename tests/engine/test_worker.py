"""The worker by itself, and the backend of one process."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from auditor.config import Config
from auditor.engine.backends.in_process import InProcess
from auditor.engine.campaign import run_campaign
from auditor.engine.jobs import ContactJob, DomainJob, DomainSurveyed, Observation
from auditor.engine.stop import StopReason
from auditor.errors import UsageError
from auditor.journal import Journal
from auditor.journal.codec import decode
from auditor.model.dns import Answer
from auditor.model.session import Outcome
from auditor.model.target import Target
from auditor.policy.drive import replay
from auditor.policy.route import mail_route
from auditor.targets.blocklist import Blocklist


async def observed(world: Any, on_each: Callable[[Observation], None]) -> None:
    """Everything that a worker says when it is given a world's domains, slowly taken."""
    to_survey, domains = trio.open_memory_channel[DomainJob](0)
    to_contact, contacts = trio.open_memory_channel[ContactJob](0)
    seen, observations = trio.open_memory_channel[Observation](0)
    to_contact.close()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(world.backend().run, domains, contacts, seen)

        async def feed() -> None:
            async with to_survey:
                for target in world.targets:
                    await to_survey.send(DomainJob(target))

        nursery.start_soon(feed)
        async for observation in observations:
            await trio.sleep(0.1)
            on_each(observation)


async def test_every_survey_comes_after_or_with_the_answers_it_rests_on(world: Any, autojump_clock: MockClock) -> None:
    """At each moment what was told makes the route of whatever was told to be surveyed."""
    world.domains_at_once = 20
    for number in range(60):
        world.domain(f"d{number}.example", f"mx{number % 7}.example", f"mx{number % 5}.example")
    for number in range(7):
        world.server(f"mx{number}.example", f"192.0.2.{number}")
    world.dns_seconds = lambda question: 0.01 * (hash_of(question.name) % 40)
    answers: dict[Any, Any] = {}
    surveyed: list[str] = []

    def check(observation: Observation) -> None:
        assert isinstance(observation, DomainSurveyed)
        for row in observation.answers:
            answer = decode(Answer, row.record)
            assert answer.question not in answers, "an answer is told once"
            answers[answer.question] = answer
        target = next(one for one in world.targets if one.key == observation.key)
        route = replay(mail_route(target, world.config.route_policy()), answers.get)
        assert route is not None
        assert route.endpoints == observation.subjects
        surveyed.append(observation.key)

    await observed(world, check)
    assert sorted(surveyed) == sorted(world.zones)
    assert set(answers) == set(world.asked)


def hash_of(name: str) -> int:
    return sum(name.encode())


async def test_lookups_that_gave_no_fact_are_doubtful(make: Any, world: Any, autojump_clock: MockClock) -> None:
    world.domain("lame.example", make.FAILS)
    world.domain("broken.example", ".")
    world.domain("null.example", ".")
    world.bugs.add("broken.example")
    found: dict[str, tuple[bool, str]] = {}

    def note(observation: Observation) -> None:
        assert isinstance(observation, DomainSurveyed)
        found[observation.key] = (observation.doubtful, observation.fault)

    await observed(world, note)
    assert found == {
        "lame.example": (True, ""),
        "broken.example": (True, "RuntimeError: a bug of ours"),
        "null.example": (False, ""),
    }


def local(**more: Any) -> Config:
    """Settings under which no packet leaves this host."""
    return Config.model_validate({"resolver": ["127.0.0.1:9"], "dns_timeout": 0.05, "dns_tries": 1, **more})


async def run_in_process(folder: Path, config: Config, target: Target, make: Any, block: str = "") -> Journal:
    (folder / "block.txt").write_text(block)
    journal = Journal.create(folder / "run", config, make.BEGAN)
    journal.add_list([target])
    backend = InProcess(config, make.BEGAN, Blocklist.read(folder / "block.txt"))
    assert await run_campaign(journal, config, backend) is StopReason.DONE
    return journal


def server_at(address: str) -> Target:
    return Target(
        domain=address, domain_unicode=address, input=address, input_line=1, source="list", direct=True, port=25
    )


@pytest.mark.parametrize(
    ("address", "block", "reason"),
    [("192.0.2.77", "192.0.2.0/24\n", "blocked by 192.0.2.0/24"), ("10.0.0.1", "", "private")],
)
async def test_who_must_not_be_contacted_is_a_row_with_the_reason(
    make: Any, tmp_path: Path, address: str, block: str, reason: str
) -> None:
    config = local(allow_private=bool(block))
    journal = await run_in_process(tmp_path, config, server_at(address), make, block)
    rows = list(journal.sessions())
    journal.close()
    assert [one.outcome for one in rows] == [Outcome.SKIPPED]
    assert reason in rows[0].error


async def test_a_closed_port_on_loopback_is_refused_and_done(make: Any, tmp_path: Path) -> None:
    with trio.socket.socket() as taken:
        await taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets it, nobody answers
        config = local(connect_to=[f"127.0.0.1:25:127.0.0.1:{taken.getsockname()[1]}"], allow_private=True)
        journal = await run_in_process(tmp_path, config, server_at("127.0.0.1"), make)
    assert [one.outcome for one in journal.sessions()] == [Outcome.REFUSED]
    assert journal.counts()["targets_done"] == 1
    journal.close()


def test_what_is_wrong_with_the_settings_is_said_before_anything_begins(make: Any) -> None:
    with pytest.raises(UsageError):
        InProcess(local(resolver=["not an address"]), make.BEGAN)
    backend = InProcess(local(helo="probe.example"), make.BEGAN)
    assert backend.resolvers == ("127.0.0.1#9",)
    assert backend.own_name == "probe.example"
