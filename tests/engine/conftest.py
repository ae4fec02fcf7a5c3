"""A world in memory: zones, servers and their quirks, seen through the real worker and the real route policy."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
import trio

from auditor.config import Config
from auditor.engine.jobs import ContactJob, DomainJob, Observation, Subject
from auditor.engine.worker import Probes, Worker
from auditor.journal import Journal
from auditor.model.certificate import Certificate, TlsHandshake, VerifyError
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, PolicyHost
from auditor.model.session import Blame, Outcome, Session, SmtpSession, Stage, Starttls, TranscriptLine
from auditor.model.target import Target
from auditor.net.resolver import Recorded
from auditor.policy.drive import drive
from auditor.policy.route import mail_route
from auditor.probes.policy_fetch import Fetched
from auditor.probes.spoken import Conversation
from auditor.probes.survey import Surveyed

Shown = TypeVar("Shown")

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NO_CONNECTION = {Outcome.CONNECT_TIMEOUT, Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.SKIPPED}
FAILS = "!"  # among a domain's exchanges: its MX lookup gives no fact


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a server shows."""

    outcome: Outcome = Outcome.COMPLETED
    names: tuple[str, ...] = ()
    """Names in its certificate; none means no TLS."""
    trusted: bool = True
    stage: Stage | None = None
    starttls: Starttls | None = None
    bug: bool = False

    def conversation(self, endpoint: Endpoint) -> Conversation[Session]:
        session = SmtpSession(
            endpoint=endpoint,
            outcome=self.outcome,
            stage=self.stage or self._usual_stage,
            blame=Blame.NOBODY if self.outcome is Outcome.COMPLETED else Blame.UNKNOWN,
            starttls=self.starttls or (Starttls.OK if self.names else Starttls.NOT_TESTED),
            started_at=BEGAN,
            transcript=(TranscriptLine(1.0, "S", "220 hello"),),
        )
        if not self.names:
            return Conversation(session)
        leaf = Certificate(sha256="+".join(self.names), der=b"\xff", names=self.names)
        errors = () if self.trusted else (VerifyError(18, 0, "self-signed certificate"),)
        tls = TlsHandshake(version="TLSv1.3", cipher="x", chain=(leaf.sha256,), verify_errors=errors)
        return Conversation(replace(session, tls=tls), (leaf,))

    @property
    def _usual_stage(self) -> Stage:
        if self.outcome is Outcome.COMPLETED:
            return Stage.DONE
        return Stage.CONNECT if self.outcome in NO_CONNECTION else Stage.GREETING


@dataclass
class World:
    """Zones and servers; counts everything that is asked of them, over all parts of a run."""

    config: Config = field(default_factory=lambda: Config(allow_private=True))
    zones: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Exchanges of a domain."""
    addresses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    servers: dict[Endpoint, tuple[Look, ...]] = field(default_factory=dict)
    """Look by look; the last stands for all that follow."""
    policies: dict[str, tuple[FetchOutcome, ...]] = field(default_factory=dict)
    """What fetching a domain's policy comes to, look by look likewise."""
    seconds: Callable[[Endpoint], float] = lambda _: 1.0
    dns_seconds: Callable[[Question], float] = lambda _: 0.25
    domains_at_once: int = 3
    conversations_at_once: int = 4
    bugs: set[str] = field(default_factory=set)
    """Domains at which our own code fails."""

    asked: Counter[Question] = field(default_factory=Counter)
    surveyed: Counter[str] = field(default_factory=Counter)
    looks: Counter[Subject] = field(default_factory=Counter)
    shown: Counter[Subject] = field(default_factory=Counter)
    """How many looks an endpoint has behind it, for what it shows next."""
    looked_at: dict[Subject, list[float]] = field(default_factory=dict)
    open_now: Counter[object] = field(default_factory=Counter)
    open_most: Counter[object] = field(default_factory=Counter)
    """The most at once: of ``domains``, of ``conversations``, and at each (address, port)."""

    def domain(self, name: str, *exchanges: str) -> None:
        self.zones[name] = exchanges

    def server(self, name: str, address: str, *looks: Look, port: int = 25) -> Endpoint:
        """Let an exchange be at an address (too), and show these looks there."""
        self.addresses[name] = tuple(dict.fromkeys((*self.addresses.get(name, ()), address)))
        endpoint = Endpoint(name, address, port)
        self.servers[endpoint] = looks or (Look(),)
        return endpoint

    def lone(self, number: int, *looks: Look) -> Endpoint:
        """A domain with a server of its own."""
        self.domain(f"d{number}.example", f"mx{number}.example")
        return self.server(f"mx{number}.example", f"192.0.{number // 200}.{number % 200 + 1}", *looks)

    @property
    def targets(self) -> Iterator[Target]:
        for line, name in enumerate(self.zones, 1):
            yield Target(domain=name, domain_unicode=name, input=name, input_line=line, source="list")

    def backend(self) -> "FakeBackend":
        """A new process on the same world."""
        return FakeBackend(self)

    def answer(self, question: Question) -> Answer:
        """What the DNS says."""
        if question.type == "MX":
            found = self.zones[question.name]
            if FAILS in found:
                return Answer(question=question, status=DnsStatus.TIMEOUT, error="no answer")
            records = tuple(f"{10 * n} {exchange}" for n, exchange in enumerate(found, 1))
        else:
            sign = ":" if question.type == "AAAA" else "."
            records = tuple(one for one in self.addresses.get(question.name, ()) if sign in one)
        status = DnsStatus.ANSWERED if records else DnsStatus.NODATA
        return Answer(question=question, status=status, records=records, canonical_name=question.name)

    def next_look(self, subject: Subject, looks: tuple[Shown, ...]) -> Shown:
        """What the subject shows this time."""
        self.looks[subject] += 1
        self.looked_at.setdefault(subject, []).append(trio.current_time())
        self.shown[subject] += 1
        return looks[min(self.shown[subject], len(looks)) - 1]

    def enter(self, *kinds: object) -> None:
        for kind in kinds:
            self.open_now[kind] += 1
            self.open_most[kind] = max(self.open_most[kind], self.open_now[kind])

    def leave(self, *kinds: object) -> None:
        self.open_now.subtract(kinds)


class FakeBackend:
    """The in-process backend, with a resolver (single flight, remembers) and servers that are dictionaries."""

    def __init__(self, world: World, *, one_of_several: bool = False) -> None:
        self.world = world
        self.known: dict[Question, Answer] = {}
        self.recorded: Recorded | None = None
        self.in_flight: dict[Question, trio.Event] = {}
        self.worker = Worker(
            Probes(survey=self.survey, converse=self.converse, fetch_policy=self.fetch_policy, correct=self.correct),
            domains_at_once=world.domains_at_once,
            conversations_at_once=world.conversations_at_once,
            one_of_several=one_of_several,
        )

    def correct(self, answer: Answer) -> None:
        self.known[answer.question] = answer

    def answer(self, question: Question) -> Answer:
        return self.world.answer(question)

    def recall(self, recorded: Recorded, *, always: bool) -> None:
        self.recorded = recorded if always else None

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        await self.worker.run(domains, contacts, observations)

    async def survey(self, target: Target) -> Surveyed:
        self.world.surveyed[target.key] += 1
        self.world.enter("domains")
        try:
            if target.key in self.world.bugs:
                raise RuntimeError("a bug of ours")
            obtained: list[Answer] = []
            route = await drive(
                mail_route(target, self.world.config.route_policy()), lambda asked: self.ask_all(asked, obtained)
            )
            hosts = (PolicyHost(target.domain),) if target.domain in self.world.policies else ()
            return Surveyed(route, policy_hosts=hosts, doubtful=not route.status.known, answers=tuple(obtained))
        finally:
            self.world.leave("domains")

    async def ask_all(self, questions: Iterable[Question], obtained: list[Answer]) -> tuple[Answer, ...]:
        wanted = tuple(questions)
        async with trio.open_nursery() as nursery:
            for question in wanted:
                nursery.start_soon(self.ask, question)
        obtained += [self.known[question] for question in wanted]
        return tuple(self.known[question] for question in wanted)

    async def ask(self, question: Question) -> None:
        if self.recorded is not None and (recorded := self.recorded(question)) is not None:
            self.known.setdefault(question, recorded)
        while question not in self.known:
            if question in self.in_flight:
                await self.in_flight[question].wait()
            else:
                await self.lead(question)

    async def lead(self, question: Question) -> None:
        done = self.in_flight[question] = trio.Event()
        self.world.asked[question] += 1
        try:
            await trio.sleep(self.world.dns_seconds(question))
            self.known[question] = self.answer(question)
            self.worker.answer_came(self.known[question])
        finally:
            del self.in_flight[question]
            done.set()

    async def converse(self, endpoint: Endpoint, _: Sequence[str] = ()) -> Conversation[Session]:
        world = self.world
        look = world.next_look(endpoint, world.servers[endpoint])
        kinds = ("conversations", (endpoint.address, endpoint.port))
        world.enter(*kinds)
        try:
            await trio.sleep(world.seconds(endpoint))
            if look.bug:
                raise RuntimeError("a bug of ours")
        finally:
            world.leave(*kinds)
        return look.conversation(endpoint)

    async def fetch_policy(self, host: PolicyHost) -> Fetched:
        outcome = self.world.next_look(host, self.world.policies[host.domain])
        await trio.sleep(1.0)
        leaf = Certificate(sha256=host.name, der=b"\xff", names=(host.name,))
        return Fetched(PolicyFetch(host=host.name, outcome=outcome, body="version: STSv1"), (leaf,))


def content(journal: Journal) -> dict[str, list[Any]]:
    """Everything that a journal says of the world.

    Which of several names was spoken to, and which share it, is left to chance.
    """
    sessions = list(journal.sessions())
    return {
        "answers": sorted(journal.answers(), key=lambda one: one.question),
        "sessions": [replace(one, shared_from=None, transcript=()) for one in sessions],
        "settled": [journal.is_settled(one.endpoint) for one in sessions],
        "policies": [journal.policy_fetch(PolicyHost(one.domain)) for one in journal.targets()],
        "certificates": sorted(journal.certificates(), key=lambda one: one.sha256),
        "targets": list(journal.targets()),
        "unfinished": list(journal.targets(unfinished=True)),
        "rejects": list(journal.rejects()),
    }


@pytest.fixture
def make() -> SimpleNamespace:
    """What worlds are made of."""
    return SimpleNamespace(World=World, Look=Look, BEGAN=BEGAN, FAILS=FAILS, content=content, FakeBackend=FakeBackend)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Callable[..., Journal]]:
    """Makes the journal of a new run over a world's list."""
    made: list[Journal] = []

    def make(world: World, name: str = "run") -> Journal:
        made.append(Journal.create(tmp_path / name, world.config, BEGAN))
        made[-1].add_list(world.targets)
        return made[-1]

    yield make
    for journal in made:
        journal.close()
