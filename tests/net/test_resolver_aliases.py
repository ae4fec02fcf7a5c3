"""CNAME chains: inside a reply, over several replies, in loops and without end."""

from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from auditor.model.dns import Answer, DnsStatus, Question

SOA = "test. 600 IN SOA ns.test. root.test. 1 2 3 4 60"


def cname(owner: int, target: int, ttl: int = 100) -> str:
    return f"n{owner}.test. {ttl} IN CNAME N{target}.test."


async def answer_of(nameserver: Any, resolver_of: Any) -> Answer:
    answer: Answer = await resolver_of(nameserver, tries=1).ask(Question("n0.test", "A"))
    return answer


async def test_a_chain_in_one_reply_is_followed_in_any_order(serve: Any, resolver_of: Any, reply: Any) -> None:
    records = ["n2.test. 300 IN A 192.0.2.1", cname(1, 2, 50), cname(0, 1)]
    answer = await answer_of(await serve(lambda query, _: reply(query, *records)), resolver_of)
    assert (answer.records, answer.aliases) == (("192.0.2.1",), ("n1.test", "n2.test"))
    assert (answer.canonical_name, answer.ttl_seconds) == ("n2.test", 50)


async def test_a_chain_that_leads_out_of_the_reply_is_asked_on(serve: Any, resolver_of: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        number = int(query.question[0].name.to_text()[1])
        if number == 3:
            return reply(query, "n3.test. 300 IN A 192.0.2.1", flags=dns.flags.AD)
        return reply(query, cname(number, number + 1), flags=dns.flags.AD if number else 0)

    nameserver = await serve(respond)
    answer = await answer_of(nameserver, resolver_of)
    assert (answer.question.name, answer.records) == ("n0.test", ("192.0.2.1",))
    assert (answer.aliases, answer.canonical_name) == (("n1.test", "n2.test", "n3.test"), "n3.test")
    assert (answer.ttl_seconds, answer.attempts, len(nameserver.queries)) == (100, 4, 4)
    assert not answer.authenticated


@pytest.mark.parametrize("rcode", [dns.rcode.NOERROR, dns.rcode.NXDOMAIN])
async def test_the_rcode_is_that_of_the_last_name(
    rcode: dns.rcode.Rcode, serve: Any, resolver_of: Any, reply: Any
) -> None:
    nameserver = await serve(lambda query, _: reply(query, cname(0, 1), authority=[SOA], rcode=rcode))
    answer = await answer_of(nameserver, resolver_of)
    assert answer.status is (DnsStatus.NXDOMAIN if rcode else DnsStatus.NODATA)
    assert (answer.aliases, answer.canonical_name, answer.ttl_seconds) == (("n1.test",), "n1.test", 60)
    assert len(nameserver.queries) == 1


async def test_what_fails_on_the_way_is_the_failure_of_the_whole(serve: Any, resolver_of: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        first = query.question[0].name.to_text() == "n0.test."
        return reply(query, cname(0, 1)) if first else reply(query, rcode=dns.rcode.REFUSED)

    answer = await answer_of(await serve(respond), resolver_of)
    assert (answer.status, answer.aliases, answer.canonical_name) == (DnsStatus.REFUSED, ("n1.test",), "")


async def test_a_loop_inside_a_reply_is_a_failure(serve: Any, resolver_of: Any, reply: Any) -> None:
    answer = await answer_of(await serve(lambda query, _: reply(query, cname(0, 1), cname(1, 0))), resolver_of)
    assert (answer.status, answer.error) == (DnsStatus.SERVFAIL, "alias loop")
    assert answer.aliases == ("n1.test", "n0.test")


async def test_a_loop_over_several_replies_is_a_failure(serve: Any, resolver_of: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        number = int(query.question[0].name.to_text()[1])
        return reply(query, cname(number, (number + 1) % 3))

    nameserver = await serve(respond)
    answer = await answer_of(nameserver, resolver_of)
    assert (answer.status, answer.error, len(nameserver.queries)) == (DnsStatus.SERVFAIL, "alias loop", 3)


async def test_a_name_that_is_its_own_alias_is_a_loop(serve: Any, resolver_of: Any, reply: Any) -> None:
    answer = await answer_of(await serve(lambda query, _: reply(query, cname(0, 0))), resolver_of)
    assert (answer.status, answer.error) == (DnsStatus.SERVFAIL, "alias loop")


@pytest.mark.parametrize(("length", "status"), [(10, DnsStatus.ANSWERED), (11, DnsStatus.SERVFAIL)])
@pytest.mark.parametrize("together", [True, False])
async def test_ten_aliases_are_followed_and_no_more(
    length: int, status: DnsStatus, together: bool, serve: Any, resolver_of: Any, reply: Any
) -> None:
    chain = [cname(number, number + 1) for number in range(length)]
    end = f"n{length}.test. 300 IN A 192.0.2.1"

    def respond(query: dns.message.Message, _: str) -> Any:
        number = int(query.question[0].name.to_text()[1:].split(".")[0])
        return reply(query, *chain, end) if together else reply(query, [*chain, end][number])

    answer = await answer_of(await serve(respond), resolver_of)
    assert answer.status is status
    assert answer.error == ("" if status.known else "more than 10 aliases")
    assert len(answer.aliases) == length


async def test_an_alias_itself_can_be_asked_for(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, cname(0, 1)))
    answer = await resolver_of(nameserver).ask(Question("n0.test", "CNAME"))
    assert (answer.records, answer.aliases) == (("n1.test",), ())
