"""The DNS for a whole run: every question is asked once, however many tasks ask it, and every wait is bounded.

Most questions go to the resolvers; those that name a server go to that nameserver itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import inf

import trio

from auditor.config import Config
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dial import Blocks, Dialer
from auditor.net.dns_lookup import Lookup
from auditor.net.dns_servers import Server, read_servers
from auditor.net.failure import ContactFailure
from auditor.net.nameservers import Nameservers
from auditor.net.outage import Outage
from auditor.net.places import Places
from auditor.net.recent import Recent
from auditor.policy.contact import RoutePolicy

MOST_AT_ONCE = 50
"""Questions in one batch: it waits until there are places for all of them."""
KEPT_ANSWERS = 20_000
"""Those used last, some 20 MiB; an older one is looked up in the run's journal, if somebody asks again."""

_NEAR = Question(".", "NS")
Recorded = Callable[[Question], Answer | None]
"""The answer that a run has recorded, if it stands; ``None`` if the question is still to be asked."""


@dataclass(slots=True)
class _Flight:
    """A question that is being asked, for the others who wait for its answer."""

    ended: trio.Event = field(default_factory=trio.Event)
    answer: Answer | None = None
    """None when whoever asked was cancelled."""


class Resolver:
    """Asks the resolvers it is given, and remembers what they answered.

    Nothing that a server or a zone does raises; a lookup that failed is an
    answer too, whose status is the most telling of its tries: bogus, servfail,
    malformed, refused, timeout, in this order.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        *,
        timeout: float,
        tries: int,
        lookup_timeout: float,
        concurrency: int,
        on_answer: Callable[[Answer], None] | None = None,
    ) -> None:
        """``on_answer`` is called once for every answer that was not there before; durations are in seconds."""
        self.servers = tuple(servers)
        self._lookup = Lookup(self.servers, timeout, tries)
        self.lookup_timeout, self._hurried_timeout = lookup_timeout, min(timeout, lookup_timeout)
        self.wait_for_return(0.0)
        self._heard_at = -inf
        self._places = Places(concurrency)
        self._at_once = min(concurrency, MOST_AT_ONCE)
        self._on_answer = on_answer
        self.nameservers = Nameservers(Dialer(policy=RoutePolicy()))
        """The way to those that are asked themselves; by itself, to public addresses alone."""
        self._answers = Recent[Question, Answer](KEPT_ANSWERS)
        self._recorded: Recorded | None = None
        self._always_recall = False
        self._in_flight: dict[Question, _Flight] = {}

    @classmethod
    def from_config(
        cls, config: Config, on_answer: Callable[[Answer], None] | None = None, blocks: Blocks | None = None
    ) -> "Resolver":
        """The resolver that the settings ask for.

        Raises:
            UsageError: ``--resolver`` or ``--connect-to`` is malformed, or there is no resolver at all.

        """
        resolver = cls(
            read_servers(config.resolver),
            timeout=config.dns_timeout,
            tries=config.dns_tries,
            lookup_timeout=config.dns_lookup_timeout,
            concurrency=config.dns_concurrency,
            on_answer=on_answer,
        )
        resolver.nameservers = Nameservers(Dialer.from_config(config, blocks))
        resolver.wait_for_return(config.outage_wait)
        return resolver

    def wait_for_return(self, longest_seconds: float) -> None:
        """Let work wait so long for resolvers that answered before, and are gone."""
        self._outage = Outage("no resolver answers", self._somebody_answers, longest_seconds)

    def recall(self, recorded: Recorded, *, always: bool) -> None:
        """Look up what the run has recorded before asking; if not ``always``, only once an answer was forgotten."""
        self._recorded, self._always_recall = recorded, always

    def correct(self, answer: Answer) -> None:
        """Let this be the answer from now on."""
        self._keep(answer)

    async def ask(self, question: Question) -> Answer:
        """The answer to one question, as :meth:`ask_all` has it."""
        (answer,) = await self.ask_all((question,))
        return answer

    async def ask_all(self, questions: Sequence[Question], *, hurried: bool = False) -> tuple[Answer, ...]:
        """The answers to all questions, asked at the same time, in the questions' order.

        In a hurry, a lookup takes no longer than the wait for one reply.

        Each is asked on the network at most once: the first task to ask looks it up and the others
        wait for it; if it is cancelled, the next one takes its place.
        """
        answers: dict[Question, Answer] = {}
        missing = self._take_known(dict.fromkeys(questions), answers)
        while missing:
            if mine := [question for question in missing if question not in self._in_flight]:
                await self._lead(mine, answers, hurried=hurried)
            else:
                await self._follow(missing[0], answers)
            missing = self._take_known(missing, answers)
        return tuple(answers[question] for question in questions)

    def _take_known(self, questions: Iterable[Question], answers: dict[Question, Answer]) -> list[Question]:
        """Enter the answers that are there; the questions that are still to be answered."""
        missing = []
        for question in questions:
            if question in answers:
                continue
            answer = self._answers.get(question)
            if answer is None and question not in self._in_flight:
                answer = self._recalled(question)
            if answer is None:
                missing.append(question)
            else:
                answers[question] = answer
        return missing

    def _recalled(self, question: Question) -> Answer | None:
        if self._recorded is None or not (self._always_recall or self._answers.has_forgotten):
            return None
        answer = self._recorded(question)
        if answer is not None:
            self._keep(answer)
        return answer

    async def _follow(self, question: Question, answers: dict[Question, Answer]) -> None:
        """Wait for an answer that another task asks for; without one, if that task was cancelled."""
        flight = self._in_flight[question]
        await flight.ended.wait()
        if flight.answer is not None:
            answers[question] = flight.answer

    async def _lead(self, questions: Sequence[Question], answers: dict[Question, Answer], *, hurried: bool) -> None:
        """Ask these on the network, and enter their answers."""
        flights = {question: _Flight() for question in questions}
        self._in_flight |= flights
        of_resolvers = [question for question in questions if not question.server]
        of_servers = [question for question in questions if question.server]
        batches = [of_resolvers[at : at + self._at_once] for at in range(0, len(of_resolvers), self._at_once)]
        limit = self._hurried_timeout if hurried else self.lookup_timeout
        try:
            if len(batches) == 1 and not of_servers:  # as almost always: a nursery costs as much as a query
                await self._look_up_at_resolvers(batches[0], limit)
            else:
                await self._look_up_all(batches, of_servers, limit)
        finally:
            for question in questions:
                if (left := self._in_flight.pop(question, None)) is not None:
                    left.ended.set()
        answers |= {question: flight.answer for question, flight in flights.items() if flight.answer is not None}

    async def _look_up_all(
        self, batches: Sequence[Sequence[Question]], of_servers: Sequence[Question], limit: float
    ) -> None:
        async with trio.open_nursery() as nursery:
            for batch in batches:
                nursery.start_soon(self._look_up_at_resolvers, batch, limit)
            for question in of_servers:
                nursery.start_soon(self._look_up_at, question, limit)

    def _came(self, answer: Answer) -> None:
        """An answer is there for all who wait for it."""
        self._keep(answer)
        flight = self._in_flight.pop(answer.question)
        flight.answer = answer
        flight.ended.set()
        if self._on_answer is not None:
            self._on_answer(answer)

    def _keep(self, answer: Answer) -> None:
        self._answers.keep(answer.question, answer)
        self.nameservers.learn(answer)

    async def _look_up_at(self, question: Question, limit: float) -> None:
        """What a nameserver says itself; one that may not be contacted gets no packet."""
        try:
            place = self.nameservers.place(question.server)
        except ContactFailure as failure:
            self._came(Answer(question=question, status=DnsStatus.NOT_ASKED, attempts=0, error=failure.words))
            return
        async with self.nameservers.slot(question.server):
            await self._look_up((question,), self._lookup.of_one(place), limit, self._came)

    async def _look_up_at_resolvers(self, questions: Sequence[Question], limit: float) -> None:
        """What the resolvers say; if not one of them answered anybody of late, they may be gone, and are waited for.

        What was asked while they were gone is asked again.
        """
        await self._outage.passed()
        unheard: Sequence[Answer] = ()
        while questions:
            began_at, silent = trio.current_time(), list[Answer]()

            def found(answer: Answer, began_at: float = began_at, silent: list[Answer] = silent) -> None:
                if answer.status is not DnsStatus.TIMEOUT:
                    self._heard_at = trio.current_time()
                    self._outage.works()
                elif self._heard_at <= max(began_at, trio.current_time() - self._hurried_timeout):
                    silent.append(answer)
                    return
                self._came(answer)

            await self._look_up(questions, self._lookup, limit, found)
            unheard = silent
            questions = [one.question for one in silent] if silent and await self._outage.over() else ()
        for answer in unheard:
            self._came(answer)

    async def _somebody_answers(self) -> bool:
        """Whether a resolver answers a question that is never far from it, whatever it says."""
        with trio.move_on_after(self.lookup_timeout):
            answer = await self._lookup.ask(_NEAR)
            return answer.status is not DnsStatus.TIMEOUT
        return False

    async def _look_up(
        self, questions: Sequence[Question], lookup: Lookup, limit: float, tell: Callable[[Answer], None]
    ) -> None:
        """The answers, timed from when their turn has come; each gives up its place as soon as it is there."""
        await self._places.acquire(len(questions))
        left = dict.fromkeys(questions)
        asked_at, started = datetime.now(UTC), trio.current_time()

        def found(answer: Answer) -> None:
            del left[answer.question]
            self._places.release(1)
            tell(replace(answer, asked_at=asked_at, elapsed_ms=(trio.current_time() - started) * 1000))

        try:
            with trio.move_on_after(limit):
                await lookup.ask_all(questions, found)
            error = f"no answer in {limit:g} s, tries included"
            for question in tuple(left):
                found(Answer(question=question, status=DnsStatus.TIMEOUT, error=error))
        finally:
            self._places.release(len(left))
