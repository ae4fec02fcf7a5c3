"""Resolvers that go away in the middle of a run, and our own want of descriptors: neither is a fact about a domain."""

import errno
import socket
from typing import Any

import dns.message
import pytest
import trio

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net import dns_udp

NAMES = [f"d{number}.test" for number in range(5)]


def record(query: dns.message.Message) -> str:
    return f"{query.question[0].name} 1 IN A 192.0.2.1"


async def test_what_was_asked_while_the_resolver_was_gone_is_asked_again(
    serve: Any, resolver_of: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It is gone for as long as five names, and the question whether it is back, are asked three times each."""
    asked: list[str] = []

    def respond(query: dns.message.Message, _: str) -> Any:
        name = query.question[0].name.to_text(omit_final_dot=True)
        asked.append(name)
        gone = 1 < len(asked) <= 1 + 3 * 5 + 3
        return None if gone else reply(query, record(query))

    told: list[Answer] = []
    resolver = resolver_of(await serve(respond), timeout=0.05, tries=3, on_answer=told.append)
    resolver.wait_for_return(30)
    await resolver.ask(Question("first.test", "A"))
    answers = await resolver.ask_all([Question(name, "A") for name in NAMES])
    assert {answer.status for answer in answers} == {DnsStatus.ANSWERED}
    assert len(told) == 6, "each is told once"
    assert caplog.messages[0] == "no resolver answers: waiting for up to 30 s"
    assert caplog.messages[1].startswith("back after")


async def test_a_domain_whose_own_servers_are_silent_is_no_outage(
    serve: Any, resolver_of: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        silent = query.question[0].name.to_text().startswith("d")
        return None if silent else reply(query, record(query))

    resolver = resolver_of(await serve(respond), timeout=0.02, tries=2)
    resolver.wait_for_return(30)
    await resolver.ask(Question("first.test", "A"))
    answers = await resolver.ask_all([Question(name, "A") for name in NAMES])
    assert {answer.status for answer in answers} == {DnsStatus.TIMEOUT}
    assert caplog.messages == []


async def test_a_resolver_that_never_answered_is_not_waited_for(
    serve: Any, resolver_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    nameserver = await serve(lambda *_: None)
    resolver = resolver_of(nameserver, timeout=0.02, tries=1)
    resolver.wait_for_return(30)
    assert (await resolver.ask(Question("a.test", "A"))).status is DnsStatus.TIMEOUT
    assert len(nameserver.queries) == 1
    assert caplog.messages == []


async def test_one_that_does_not_come_back_makes_timeouts(serve: Any, resolver_of: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        return reply(query, record(query)) if query.question[0].name.to_text() == "first.test." else None

    resolver = resolver_of(await serve(respond), timeout=0.02, tries=1)
    resolver.wait_for_return(0.1)
    await resolver.ask(Question("first.test", "A"))
    answers = await resolver.ask_all([Question(name, "A") for name in NAMES])
    assert {answer.status for answer in answers} == {DnsStatus.TIMEOUT}
    assert {(await resolver.ask(Question("later.test", "A"))).status} == {DnsStatus.TIMEOUT}


async def test_in_a_hurry_a_lookup_takes_no_longer_than_one_reply(serve: Any, resolver_of: Any) -> None:
    nameserver = await serve(lambda *_: None)
    resolver = resolver_of(nameserver, timeout=0.05, tries=50, lookup_timeout=60)
    with trio.fail_after(5):
        (answer,) = await resolver.ask_all([Question("a.test", "A")], hurried=True)
    assert answer.status is DnsStatus.TIMEOUT
    assert "no answer in 0.05 s" in answer.error


async def test_a_want_of_descriptors_is_waited_out(
    serve: Any, resolver_of: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError(errno.EMFILE, "Too many open files"), OSError(errno.ENFILE, "the same")]
    opened = dns_udp._connected

    def connected(server: Any) -> socket.socket:
        if failures:
            raise failures.pop()
        return opened(server)

    monkeypatch.setattr(dns_udp, "_connected", connected)
    monkeypatch.setattr("auditor.net.scarce._PAUSE", 0.0)
    resolver = resolver_of(await serve(lambda query, _: reply(query, record(query))), timeout=10, tries=1)
    answer = await resolver.ask(Question("a.test", "A"))
    assert (answer.status, answer.attempts) == (DnsStatus.ANSWERED, 1)
    assert failures == []
