"""The campaign against a world of fakes, on a virtual clock."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from auditor.config import Config
from auditor.engine.campaign import run_campaign
from auditor.engine.jobs import ContactJob, DomainJob, Observation
from auditor.engine.progress import Progress
from auditor.engine.stop import StopReason
from auditor.engine.worker import Probes, Worker
from auditor.journal import Journal
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import PolicyHost
from auditor.model.route import MailRoute, MxStatus
from auditor.model.session import Blame, Outcome, Session, SmtpSession, Stage
from auditor.model.target import Target
from auditor.net.resolver import Recorded
from auditor.probes.policy_fetch import Fetched
from auditor.probes.spoken import Conversation
from auditor.probes.survey import Surveyed

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOREVER = 1e9


def at(exchange: str, address: str = "192.0.2.1") -> Endpoint:
    return Endpoint(exchange, address, 25)


@dataclass
class World:
    """Domains and their endpoints, and how each endpoint answers, look by look."""

    routes: Mapping[str, tuple[Endpoint, ...]]
    outcomes: Mapping[Endpoint, tuple[Outcome, ...]] = field(default_factory=dict)
    names: Mapping[Endpoint, tuple[str, ...]] = field(default_factory=dict)
    """Names in the certificate that an endpoint shows; one that is not here has no TLS."""
    seconds: float = 1.0
    looks: Counter[Endpoint] = field(default_factory=Counter)
    surveys: Counter[str] = field(default_factory=Counter)
    times: dict[Endpoint, list[float]] = field(default_factory=dict)
    open_now: int = 0
    open_most: int = 0
    recalls: bool = False

    async def survey(self, target: Target) -> Surveyed:
        self.surveys[target.domain] += 1
        await trio.sleep(self.seconds)
        if target.domain == "broken.example":
            raise RuntimeError("a bug of ours")
        return Surveyed(MailRoute(domain=target.domain, status=MxStatus.MX, endpoints=self.routes[target.domain]))

    async def converse(self, endpoint: Endpoint, _: Sequence[str] = ()) -> Conversation[Session]:
        self.looks[endpoint] += 1
        self.times.setdefault(endpoint, []).append(trio.current_time())
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        await trio.sleep(self.seconds)
        self.open_now -= 1
        outcomes = self.outcomes.get(endpoint, (Outcome.COMPLETED,))
        outcome = outcomes[min(self.looks[endpoint], len(outcomes)) - 1]
        stage = Stage.DONE if outcome is Outcome.COMPLETED else Stage.GREETING
        session = SmtpSession(endpoint=endpoint, outcome=outcome, stage=stage)
        names = self.names.get(endpoint)
        if not names:
            return Conversation(session)
        leaf = Certificate(sha256=f"of {endpoint}", der=b"x", names=names)
        tls = TlsHandshake(version="TLSv1.3", cipher="x", chain=(leaf.sha256,))
        return Conversation(replace(session, tls=tls), (leaf,))

    async def fetch_policy(self, host: PolicyHost) -> Fetched:
        raise AssertionError(f"no domain of this world has a policy, nor has {host.domain}")

    def recall(self, recorded: Recorded, *, always: bool) -> None:
        self.recorded, self.recalls = recorded, always

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        probes = Probes(survey=self.survey, converse=self.converse, fetch_policy=self.fetch_policy)
        worker = Worker(probes, domains_at_once=3, conversations_at_once=4)
        self.answered = worker.answer_came
        await worker.run(domains, contacts, observations)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as one:
        yield one


def listed(journal: Journal, *domains: str) -> None:
    journal.add_list(
        Target(domain=name, domain_unicode=name, input=name, input_line=n, source="")
        for n, name in enumerate(domains, 1)
    )


async def campaign(journal: Journal, world: World, **settings: object) -> StopReason:
    listed(journal, *world.routes)
    config = Config.model_validate({"retry_wait": 15, **settings})
    return await run_campaign(journal, config, world)


def outcomes(journal: Journal) -> dict[str, tuple[str, int]]:
    return {one.endpoint.exchange: (str(one.outcome), one.attempts) for one in journal.sessions()}


async def test_each_endpoint_is_spoken_to_once_however_many_share_it(
    journal: Journal, autojump_clock: MockClock
) -> None:
    shared = (at("mx1.example"), at("mx2.example", "192.0.2.2"))
    world = World({f"d{n}.example": shared for n in range(20)})
    assert await campaign(journal, world) is StopReason.DONE
    assert world.looks == dict.fromkeys(shared, 1)
    assert journal.counts()["targets_done"] == 20


async def test_limits_on_jobs_at_once_hold(journal: Journal, autojump_clock: MockClock) -> None:
    ends = {f"d{n}.example": tuple(at(f"mx{n}.example", f"192.0.{n}.{m}") for m in range(9)) for n in range(9)}
    world = World(ends)
    await campaign(journal, world)
    assert world.open_most == 4
    assert sum(world.looks.values()) == 81


async def test_domains_without_endpoints_are_done_too(journal: Journal, autojump_clock: MockClock) -> None:
    await campaign(journal, World({"null.example": (), "other.example": ()}))
    assert journal.counts()["targets_done"] == 2


async def test_a_conversation_serves_other_names_of_its_certificate(
    journal: Journal, autojump_clock: MockClock
) -> None:
    first, second, third = at("a.mail.example"), at("b.mail.example"), at("c.mail.example")
    world = World(
        {"one.example": (first, second), "two.example": (third,)},
        names=dict.fromkeys((first, second, third), ("*.mail.example",)),
    )
    await campaign(journal, world)
    assert sum(world.looks.values()) == 1
    rows = {one.endpoint: one.shared_from for one in journal.sessions()}
    (spoken,) = world.looks
    assert rows == {one: None if one == spoken else spoken for one in (first, second, third)}
    assert journal.counts()["targets_done"] == 2


async def test_no_share_speaks_to_every_name(journal: Journal, autojump_clock: MockClock) -> None:
    names = {at("a.mail.example"): ("*.mail.example",), at("b.mail.example"): ("*.mail.example",)}
    world = World({"one.example": tuple(names)}, names=names)
    await campaign(journal, world, no_share=True)
    assert world.looks == dict.fromkeys(names, 1)


async def test_names_with_certificates_of_their_own_are_not_shared(journal: Journal, autojump_clock: MockClock) -> None:
    names = {at("in-a.example"): ("in-a.example",), at("in-b.example"): ("in-b.example",)}
    world = World({"one.example": tuple(names)}, names=names)
    await campaign(journal, world)
    assert world.looks == dict.fromkeys(names, 1)
    assert all(one.shared_from is None for one in journal.sessions())


async def test_without_tls_only_a_failed_connection_is_shared(journal: Journal, autojump_clock: MockClock) -> None:
    plain, refused = (at("a.example"), at("b.example")), (at("c.example", "192.0.2.9"), at("d.example", "192.0.2.9"))
    world = World({"one.example": (*plain, *refused)}, outcomes=dict.fromkeys(refused, (Outcome.REFUSED,)))
    await campaign(journal, world)
    assert sum(world.looks[one] for one in plain) == 2
    assert sum(world.looks[one] for one in refused) == 1


async def test_a_passing_failure_gets_one_later_look(journal: Journal, autojump_clock: MockClock) -> None:
    busy = at("mx.example")
    world = World({"one.example": (busy,)}, outcomes={busy: (Outcome.DEFERRED, Outcome.COMPLETED)})
    await campaign(journal, world)
    first, second = world.times[busy]
    assert second - first >= 15
    assert outcomes(journal) == {"mx.example": ("completed", 2)}


async def test_a_second_look_that_sees_less_does_not_lose_the_first(
    journal: Journal, autojump_clock: MockClock
) -> None:
    busy = at("mx.example")
    world = World({"one.example": (busy,)}, outcomes={busy: (Outcome.DEFERRED, Outcome.DEFERRED)})
    await campaign(journal, world)
    assert outcomes(journal) == {"mx.example": ("deferred", 2)}


async def test_retries_can_be_turned_off(journal: Journal, autojump_clock: MockClock) -> None:
    busy = at("mx.example")
    world = World({"one.example": (busy,)}, outcomes={busy: (Outcome.RESET,)})
    await campaign(journal, world, retries=0)
    assert world.looks[busy] == 1


async def test_when_nothing_gets_through_the_path_is_blamed(journal: Journal, autojump_clock: MockClock) -> None:
    ends = {f"d{n}.example": (at(f"mx{n}.example", f"192.0.2.{n}"),) for n in range(40)}
    world = World(ends, outcomes={one: (Outcome.CONNECT_TIMEOUT,) for (one,) in ends.values()})
    assert await campaign(journal, world, vantage_guard=6) is StopReason.VANTAGE
    assert sum(world.looks.values()) < 40
    assert sum(one.blame is Blame.PATH for one in journal.sessions()) >= 6
    assert journal.counts()["targets_done"] == 0


async def test_one_that_gets_through_clears_the_path(journal: Journal, autojump_clock: MockClock) -> None:
    ends = {f"d{n}.example": (at(f"mx{n}.example", f"192.0.2.{n}"),) for n in range(10)}
    silent = {one: (Outcome.CONNECT_TIMEOUT,) for (one,) in list(ends.values())[1:]}
    assert await campaign(journal, World(ends, outcomes=silent), vantage_guard=10) is StopReason.DONE
    assert journal.meta("vantage_note") == ""


async def test_a_short_list_that_comes_to_nothing_gets_a_note(journal: Journal, autojump_clock: MockClock) -> None:
    ends = {f"d{n}.example": (at(f"mx{n}.example", f"192.0.2.{n}"),) for n in range(3)}
    world = World(ends, outcomes={one: (Outcome.CONNECT_TIMEOUT,) for (one,) in ends.values()})
    assert await campaign(journal, world) is StopReason.DONE
    assert "port 25 may be closed" in journal.meta("vantage_note")


async def test_a_bug_of_ours_ends_one_domain_not_the_run(
    journal: Journal, caplog: pytest.LogCaptureFixture, autojump_clock: MockClock
) -> None:
    await campaign(journal, World({"broken.example": (), "good.example": (at("mx.example"),)}))
    assert journal.counts()["targets_done"] == 2
    assert journal.meta("fault:broken.example") == "RuntimeError: a bug of ours"
    assert "internal error while surveying broken.example" in caplog.text


async def test_the_end_comes_within_seconds_of_being_asked_for(journal: Journal, autojump_clock: MockClock) -> None:
    world = World({f"d{n}.example": (at(f"mx{n}.example", f"192.0.2.{n}"),) for n in range(9)}, seconds=FOREVER)
    listed(journal, *world.routes)
    stop, began_at = trio.Event(), trio.current_time()
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            await trio.sleep(30)
            stop.set()

        nursery.start_soon(ask)
        reason = await run_campaign(journal, Config(), world, stop=stop)
    assert reason is StopReason.INTERRUPTED
    assert trio.current_time() - began_at <= 35
    assert journal.counts()["targets_done"] == 0


async def test_the_deadline_ends_the_run(journal: Journal, autojump_clock: MockClock) -> None:
    world = World({"one.example": (at("mx.example"),)}, seconds=FOREVER)
    past = datetime.now(UTC) - timedelta(minutes=1)
    assert await campaign(journal, world, deadline=past) is StopReason.DEADLINE


async def test_a_resumed_run_asks_for_nothing_that_is_settled(journal: Journal, autojump_clock: MockClock) -> None:
    ends = {f"d{n}.example": (at(f"mx{n}.example", f"192.0.2.{n}"),) for n in range(6)}
    known = Answer(question=Question("d0.example", "MX"), status=DnsStatus.NODATA)
    journal.answer_came(known)
    first = World(ends)
    await campaign(journal, first)
    second = World(ends)
    assert await run_campaign(journal, Config(), second) is StopReason.DONE
    assert not second.looks
    assert not second.surveys
    assert second.recalls
    assert second.recorded(known.question) == known


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5, 3.5, 5.0, 17.0, 20.0])
async def test_stopped_anywhere_and_resumed_it_comes_to_the_same(
    tmp_path: Path, seconds: float, autojump_clock: MockClock
) -> None:
    ends = {f"d{n}.example": (at(f"mx{n % 7}.example", f"192.0.2.{n % 7}"),) for n in range(24)}
    healed = {at("mx3.example", "192.0.2.3"): (Outcome.RESET, Outcome.COMPLETED)}
    with Journal.create(tmp_path / "whole", Config(), BEGAN) as whole:
        await campaign(whole, World(ends, healed))
        expected = outcomes(whole)
    world = World(ends, healed)
    with Journal.create(tmp_path / "cut", Config(), BEGAN) as cut:
        listed(cut, *ends)
        with trio.move_on_after(seconds):
            await run_campaign(cut, Config(), world)
    with Journal.resume(tmp_path / "cut") as again:
        settled = [one.endpoint for one in again.sessions() if again.is_settled(one.endpoint)]
        looked = Counter(world.looks)
        assert await run_campaign(again, Config(), world) is StopReason.DONE
        assert {name: outcome for name, (outcome, _) in outcomes(again).items()} == {
            name: outcome for name, (outcome, _) in expected.items()
        }
        assert all(world.looks[one] == looked[one] for one in settled)
        assert again.counts()["targets_done"] == 24


async def test_progress_is_told(journal: Journal, autojump_clock: MockClock) -> None:
    world = World({f"d{n}.example": (at(f"mx{n}.example", f"192.0.2.{n}"),) for n in range(8)})
    listed(journal, *world.routes)
    told: list[Progress] = []
    await run_campaign(journal, Config(), world, progress=told.append)
    assert (told[-1].domains_done, told[-1].domains_total, told[-1].conversations_done) == (8, 8, 8)
    assert told[-1].conversations_open == 0
    assert any(one.conversations_open for one in told)
    assert told[-1].latest.endswith("completed")
