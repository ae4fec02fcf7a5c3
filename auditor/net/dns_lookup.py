"""One DNS question put to a list of resolvers: retries, failover, aliases, and whether DNSSEC made a SERVFAIL.

A nameserver that is asked itself is a list of one: without recursion, and its word is taken as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import dns.exception
import dns.flags
import dns.rcode
import trio

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dns_answer import Reading, failed, joined, read_reply
from auditor.net.dns_query import Query, make_query
from auditor.net.dns_servers import Server
from auditor.net.dns_udp import Multiplexer
from auditor.net.dns_wire import Failure, Reply, ask_over_tcp, no_reply, read_reply_octets
from auditor.net.scarce import others_had_time
from auditor.policy.answers import most_telling

PAUSE = 1 / 30
"""Of the wait for a reply, that passes before all resolvers are tried again (0.1 s of 3 s); doubled each time."""
_NO_EDNS = {dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS}
"""What servers answer that do not know EDNS (RFC 6891 §7)."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """How questions are put: to these servers in turn, with so many tries of so long each."""

    servers: tuple[Server, ...]
    wait_seconds: float
    tries: int
    _ways: dict[Server, Multiplexer[Reply]] = field(init=False)

    def __post_init__(self) -> None:
        """Have a way to each server."""
        object.__setattr__(self, "_ways", {server: Multiplexer(server, read_reply_octets) for server in self.servers})

    def of_one(self, server: Server) -> "Lookup":
        """The same way of asking, of another server alone."""
        return Lookup((server,), self.wait_seconds, self.tries)

    async def ask(self, question: Question) -> Answer:
        """The answer, at the end of all aliases; a name that no query can carry gives ``malformed``."""
        answers: list[Answer] = []
        await self.ask_all((question,), answers.append)
        return answers[0]

    async def ask_all(self, questions: Sequence[Question], found: Callable[[Answer], None]) -> None:
        """Tell each answer as soon as it is there; the first try of all questions goes out at once."""
        queries = []
        for question in questions:
            try:
                queries.append(make_query(question))
            except (dns.exception.DNSException, ValueError) as error:
                found(failed(question, DnsStatus.MALFORMED, f"cannot be asked: {error}").answer)
        unfinished: dict[int, Reply] = {}

        def arrived(place: int, reply: Reply) -> None:
            if isinstance(reply, Reading):
                found(reply.answer)
            else:
                unfinished[place] = reply

        if queries:
            await self._exchange(queries, self.servers[0], arrived)
        if unfinished:
            async with trio.open_nursery() as nursery:
                for place, reply in unfinished.items():
                    nursery.start_soon(self._finish, queries[place].question, reply, found)

    async def _finish(self, question: Question, reply: Reply, found: Callable[[Answer], None]) -> None:
        """What becomes of a question whose first reply was not a plain one."""
        reading = await self._ask_in_turn(question, reply)
        answer = reading.answer
        while reading.unfinished and not question.server:
            reading = await self._ask_in_turn(Question(answer.canonical_name, question.type))
            answer = joined(answer, reading.answer)
            if not answer.status.known:
                break
        found(answer)

    async def _ask_in_turn(self, question: Question, first: Reply | None = None) -> Reading:
        """The first fact; or when there is none, the failure that says most (``policy.answers.most_telling``).

        ``first`` is what the first server replied to the first try, if that was made already.
        """
        readings: list[Reading] = []
        for number in range(self.tries):
            turn, place = divmod(number, len(self.servers))
            if turn and not place:
                await trio.sleep(self.wait_seconds * PAUSE * 2 ** (turn - 1))
            reading = await self._ask_server(question, self.servers[place], reply=None if number else first)
            reading = replace(reading, answer=replace(reading.answer, attempts=number + 1))
            if _is_last_word(reading.answer):
                return reading
            readings.append(reading)
        failure = most_telling([reading.answer for reading in readings])
        worst = next(reading for reading in readings if reading.answer is failure)
        worst = replace(worst, answer=replace(worst.answer, attempts=self.tries))
        validated = worst.doubtful and not question.server
        return await self._ask_without_validation(question, worst) if validated else worst

    async def _ask_without_validation(self, question: Question, servfail: Reading) -> Reading:
        """Whether a SERVFAIL is one of validation: an answer comes with CD set, and still none without it.

        The last question keeps a zone that has just recovered from being called bogus.
        """
        server = next(server for server in self.servers if str(server) == servfail.answer.resolver)
        unchecked = await self._ask_server(question, server, flags=dns.flags.CD)
        if not unchecked.answer.status.known:
            return servfail
        again = await self._ask_server(question, server)
        attempts = servfail.answer.attempts
        if again.answer.status is not DnsStatus.SERVFAIL:
            known = again.answer.status.known
            return replace(again, answer=replace(again.answer, attempts=attempts + 1)) if known else servfail
        error = f"{servfail.answer.error}; answered when checking is disabled (CD)"
        return Reading(replace(servfail.answer, status=DnsStatus.BOGUS, error=error))

    async def _ask_server(
        self, question: Question, server: Server, *, flags: int = 0, reply: Reply | None = None
    ) -> Reading:
        """What one server says, asked once, and once more in plain DNS if it does not understand EDNS."""
        query = make_query(question, flags)
        reply = await self._whole(query, server, reply)
        if not isinstance(reply, Reading | Failure) and reply.rcode() in _NO_EDNS:
            reply = await self._whole(make_query(question, flags, edns=False), server)
        if isinstance(reply, Reading):  # it names its server
            return reply
        if isinstance(reply, Failure):
            reading = failed(question, reply.status, reply.error)
        else:
            reading = read_reply(reply, question)
        return replace(reading, answer=replace(reading.answer, resolver=str(server)))

    async def _whole(self, query: Query, server: Server, reply: Reply | None = None) -> Reply:
        """The reply to a query, over TCP where it is cut off; ``reply`` is that over UDP if it is there already."""
        if reply is None:
            replies: list[Reply] = []
            await self._exchange((query,), server, lambda _, reply: replies.append(reply))
            reply = replies[0]
        if isinstance(reply, Reading | Failure) or not reply.flags & dns.flags.TC:
            return reply
        return await ask_over_tcp(query, server, self.wait_seconds)

    async def _exchange(self, queries: Sequence[Query], server: Server, arrived: Callable[[int, Reply], None]) -> None:
        """Put queries to a server over UDP; each has a reply, be it that there is none."""
        missing = set(range(len(queries)))

        def came(places: Sequence[int], number: int, reply: Reply) -> None:
            missing.discard(places[number])
            arrived(places[number], reply)

        failure = Failure(DnsStatus.TIMEOUT, f"no reply in {self.wait_seconds:g} s")
        with trio.move_on_after(self.wait_seconds):
            while missing:
                places = sorted(missing)
                try:
                    await self._ways[server].ask([queries[place] for place in places], partial(came, places))
                except OSError as error:
                    failure = no_reply(error)
                    if not await others_had_time(error):
                        break
        for place in sorted(missing):
            arrived(place, failure)


def _is_last_word(answer: Answer) -> bool:
    """Whether no further try, of another resolver or of this nameserver, could say more."""
    refused = answer.status is DnsStatus.REFUSED and bool(answer.question.server)
    return answer.status.known or answer.status is DnsStatus.BOGUS or refused
