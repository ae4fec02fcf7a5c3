"""The DNS for a whole run: every question is asked once, however many tasks ask it, and every wait is bounded.

Most questions go to the resolvers; those that name a server go to that nameserver itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import trio

from auditor.config import Config
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dial import Blocks, Dialer
from auditor.net.dns_lookup import Lookup
from auditor.net.dns_servers import Server, read_servers
from auditor.net.failure import ContactFailure
from auditor.net.nameservers import Nameservers
from auditor.policy.contact import RoutePolicy


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
        self._lookup_timeout = lookup_timeout
        self._limiter = trio.CapacityLimiter(concurrency)
        self._on_answer = on_answer
        self.nameservers = Nameservers(Dialer(policy=RoutePolicy()))
        """The way to those that are asked themselves; by itself, to public addresses alone."""
        self._answers: dict[Question, Answer] = {}
        self._in_flight: dict[Question, trio.Event] = {}

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
        return resolver

    def recall(self, answers: Iterable[Answer]) -> None:
        """Take over the facts of an earlier part of the run; what failed then is asked again."""
        for answer in answers:
            if answer.status.known:
                self._keep(answer)

    async def ask_all(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """The answers to all questions, asked at the same time, in the questions' order."""
        async with trio.open_nursery() as nursery:
            for question in dict.fromkeys(questions):
                if question not in self._answers:
                    nursery.start_soon(self.ask, question)
        return tuple(self._answers[question] for question in questions)

    async def ask(self, question: Question) -> Answer:
        """The answer to a question that is asked on the network at most once.

        The first task to ask looks it up and the others wait for it; if it is
        cancelled, the next one takes its place.
        """
        while (answer := self._answers.get(question)) is None:
            if (other := self._in_flight.get(question)) is not None:
                await other.wait()
            else:
                await self._lead(question)
        return answer

    async def _lead(self, question: Question) -> None:
        done = self._in_flight[question] = trio.Event()
        try:
            answer = await (self._look_up_at(question) if question.server else self._look_up(question, self._lookup))
            self._keep(answer)
        finally:
            del self._in_flight[question]
            done.set()
        if self._on_answer is not None:
            self._on_answer(answer)

    def _keep(self, answer: Answer) -> None:
        self._answers[answer.question] = answer
        self.nameservers.learn(answer)

    async def _look_up_at(self, question: Question) -> Answer:
        """What a nameserver says itself; one that may not be contacted gets no packet."""
        try:
            place = self.nameservers.place(question.server)
        except ContactFailure as failure:
            return Answer(question=question, status=DnsStatus.NOT_ASKED, attempts=0, error=failure.words)
        async with self.nameservers.slot(question.server):
            return await self._look_up(question, replace(self._lookup, servers=(place,)))

    async def _look_up(self, question: Question, lookup: Lookup) -> Answer:
        """The answer, timed from when its turn has come."""
        limit = self._lookup_timeout
        answer = Answer(question=question, status=DnsStatus.TIMEOUT, error=f"no answer in {limit:g} s, tries included")
        async with self._limiter:
            asked_at, started = datetime.now(UTC), trio.current_time()
            with trio.move_on_after(limit):
                answer = await lookup.ask(question)
        return replace(answer, asked_at=asked_at, elapsed_ms=(trio.current_time() - started) * 1000)
