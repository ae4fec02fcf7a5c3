"""One DNS question put to a list of resolvers: retries, failover, aliases, and whether DNSSEC made a SERVFAIL.

A nameserver that is asked itself is a list of one: without recursion, and its word is taken as it is.
"""

from dataclasses import dataclass, replace

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import trio

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dns_answer import Reading, failed, joined, read_reply
from auditor.net.dns_servers import Server
from auditor.net.dns_wire import Failure, exchange
from auditor.policy.answers import most_telling

EDNS_PAYLOAD = 1232
"""Octets that pass over any IPv6 path without fragments (DNS flag day 2020)."""
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

    async def ask(self, question: Question) -> Answer:
        """The answer, at the end of all aliases; a name that no query can carry gives ``malformed``."""
        try:
            dns.name.from_text(question.name)
            dns.rdatatype.from_text(question.type)
        except (dns.exception.DNSException, ValueError) as error:
            return failed(question, DnsStatus.MALFORMED, f"cannot be asked: {error}").answer
        reading = await self._ask_in_turn(question)
        answer = reading.answer
        while reading.unfinished and not question.server:
            reading = await self._ask_in_turn(Question(answer.canonical_name, question.type))
            answer = joined(answer, reading.answer)
            if not answer.status.known:
                break
        return answer

    async def _ask_in_turn(self, question: Question) -> Reading:
        """The first fact; or when there is none, the failure that says most (``policy.answers.most_telling``)."""
        readings: list[Reading] = []
        for number in range(self.tries):
            turn, place = divmod(number, len(self.servers))
            if turn and not place:
                await trio.sleep(self.wait_seconds * PAUSE * 2 ** (turn - 1))
            reading = await self._ask_server(question, self.servers[place])
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

    async def _ask_server(self, question: Question, server: Server, *, flags: int = 0) -> Reading:
        """What one server says, asked once, and once more in plain DNS if it does not understand EDNS."""
        reply = await exchange(_query(question, flags, edns=True), server, self.wait_seconds)
        if not isinstance(reply, Failure) and reply.rcode() in _NO_EDNS:
            reply = await exchange(_query(question, flags, edns=False), server, self.wait_seconds)
        if isinstance(reply, Failure):
            reading = failed(question, reply.status, reply.error)
        else:
            reading = read_reply(reply, question)
        return replace(reading, answer=replace(reading.answer, resolver=str(server)))


def _is_last_word(answer: Answer) -> bool:
    """Whether no further try, of another resolver or of this nameserver, could say more."""
    refused = answer.status is DnsStatus.REFUSED and bool(answer.question.server)
    return answer.status.known or answer.status is DnsStatus.BOGUS or refused


def _query(question: Question, flags: int, *, edns: bool) -> dns.message.Message:
    """A query that asks resolvers for recursion, and by AD for the validation's outcome (RFC 6840 §5.7)."""
    of_resolvers = 0 if question.server else dns.flags.RD | dns.flags.AD
    return dns.message.make_query(
        question.name,
        question.type,
        use_edns=0 if edns else False,
        payload=EDNS_PAYLOAD,
        flags=of_resolvers | flags,
    )
