"""Each question once in a run: single flight, cancellation, recall, and the bound on queries in flight."""

from typing import Any

import dns.message
import pytest
import trio
import trio.testing

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.target import Target
from auditor.policy.drive import drive
from auditor.policy.route import RoutePolicy, mail_route

A = Question("a.test", "A")
RECORD = "a.test. 300 IN A 192.0.2.1"
NAMES = ["c.test", "a.test", "b.test"]


async def test_a_question_asked_by_many_tasks_is_asked_once(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, RECORD))
    told: list[Answer] = []
    resolver = resolver_of(nameserver, on_answer=told.append)
    answers: list[Answer] = []

    async def ask() -> None:
        answers.append(await resolver.ask(A))

    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(ask)
    answers += [await resolver.ask(A), *await resolver.ask_all([A, A])]
    assert answers == told * 23
    assert len(nameserver.queries) == 1


async def test_all_questions_are_asked_at_once_and_answered_in_order(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, f"{query.question[0].name} 1 IN A 192.0.2.1"), hold=3)
    questions = [Question(name, "A") for name in [*NAMES, "a.test"]]
    answers = await resolver_of(nameserver, tries=1).ask_all(questions)
    assert [answer.question for answer in answers] == questions
    assert {answer.status for answer in answers} == {DnsStatus.ANSWERED}
    assert len(nameserver.queries) == 3


@pytest.mark.parametrize(("concurrency", "in_vain"), [(2, True), (3, False)])
async def test_no_more_queries_are_in_flight_than_allowed(
    concurrency: int, in_vain: bool, serve: Any, resolver_of: Any, reply: Any
) -> None:
    """The nameserver does not answer before three have come; with less in flight, the first goes in vain."""
    nameserver = await serve(lambda query, _: reply(query), hold=3)
    resolver = resolver_of(nameserver, tries=1, timeout=0.1, concurrency=concurrency)
    answers = await resolver.ask_all([Question(name, "A") for name in NAMES])
    # How many of the first two go in vain depends on which of them ends first: its place lets the third one in.
    assert any(answer.status is DnsStatus.TIMEOUT for answer in answers) is in_vain


async def test_waiting_for_a_turn_is_no_part_of_the_lookup(serve: Any, resolver_of: Any) -> None:
    nameserver = await serve(lambda *_: None)
    resolver = resolver_of(nameserver, tries=1, timeout=60, lookup_timeout=0.02, concurrency=1)
    await resolver.ask_all([Question(name, "A") for name in NAMES])
    assert len(nameserver.queries) == 3


async def test_the_others_do_not_wait_for_a_first_asker_that_is_cancelled(
    serve: Any, resolver_of: Any, reply: Any
) -> None:
    first = trio.CancelScope()
    told: list[Answer] = []
    answers: list[Answer] = []

    def respond(query: dns.message.Message, _: str) -> Any:
        return reply(query, RECORD) if len(nameserver.queries) > 1 else None

    nameserver = await serve(respond)
    resolver = resolver_of(nameserver, timeout=60, lookup_timeout=60, on_answer=told.append)

    async def ask(scope: trio.CancelScope) -> None:
        with scope:
            answers.append(await resolver.ask(A))

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            for scope in (first, trio.CancelScope(), trio.CancelScope()):
                nursery.start_soon(ask, scope)
                await trio.testing.wait_all_tasks_blocked()
            first.cancel()
    assert first.cancelled_caught
    assert [answer.records for answer in answers] == [("192.0.2.1",)] * 2
    assert (len(told), len(nameserver.queries)) == (1, 2)


async def test_a_follower_that_is_cancelled_disturbs_nobody(serve: Any, resolver_of: Any, reply: Any) -> None:
    follower = trio.CancelScope()
    nameserver = await serve(lambda query, _: reply(query), hold=2)
    resolver = resolver_of(nameserver, timeout=60, lookup_timeout=60)

    async def follow() -> None:
        with follower:
            await resolver.ask(A)

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            for task in (lambda: resolver.ask(A), follow):
                nursery.start_soon(task)
                await trio.testing.wait_all_tasks_blocked()
            follower.cancel()
            await resolver.ask(Question("b.test", "A"))
    assert follower.cancelled_caught
    assert (await resolver.ask(A)).status is DnsStatus.NODATA
    assert len(nameserver.queries) == 2


async def test_what_the_run_has_recorded_is_not_asked_again(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, RECORD))
    told: list[Answer] = []
    resolver = resolver_of(nameserver, on_answer=told.append)
    known = Answer(question=Question("b.test", "A"), status=DnsStatus.NXDOMAIN)
    resolver.recall({known.question: known}.get, always=True)
    answers = await resolver.ask_all([known.question, A])
    assert answers[0] is known
    assert answers[1].status is DnsStatus.ANSWERED
    assert told == [answers[1]]
    assert len(nameserver.queries) == 1


async def test_a_failure_stands_for_the_rest_of_the_run(serve: Any, resolver_of: Any) -> None:
    nameserver = await serve(lambda *_: None)
    resolver = resolver_of(nameserver, timeout=0.01)
    assert await resolver.ask(A) is await resolver.ask(A)
    assert len(nameserver.queries) == 3


async def test_a_route_is_looked_up_in_two_rounds(serve: Any, resolver_of: Any, reply: Any) -> None:
    zone = {
        "a.test. MX": "a.test. 300 IN MX 10 MX.b.test.",
        "mx.b.test. A": "mx.b.test. 300 IN A 8.8.8.8",
    }

    def respond(query: dns.message.Message, _: str) -> Any:
        asked = query.question[0]
        record = zone.get(f"{asked.name} {asked.rdtype.name}")
        return reply(query, record) if record else reply(query)

    nameserver = await serve(respond)
    target = Target(domain="a.test", domain_unicode="a.test", input="a.test", input_line=1, source="-")
    route = await drive(mail_route(target, RoutePolicy()), resolver_of(nameserver).ask_all)
    assert (route.status, [exchange.status for exchange in route.exchanges]) == (MxStatus.MX, [ExchangeStatus.OK])
    assert [str(endpoint) for endpoint in route.endpoints] == ["mx.b.test/8.8.8.8:25"]
    assert len(nameserver.queries) == 3
