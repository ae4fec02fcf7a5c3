"""Nameservers that are asked themselves: what they are sent, what their replies mean, and who is left alone."""

from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest
import trio

from auditor.config import Config
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.net.dial import Dialer
from auditor.net.dns_servers import Server
from auditor.net.nameservers import AT_ONCE, Nameservers, has_route
from auditor.net.resolver import Resolver
from auditor.policy.contact import RoutePolicy

Reply = Callable[..., dns.message.Message]
ADDRESS = "198.51.100.53"
A, NS = Question("a.test", "A", ADDRESS), Question("a.test", "NS", ADDRESS)
AA = dns.flags.AA


class Blocks:
    """Blocks one host, and one address."""

    def blocks_host(self, name: str) -> str | None:
        return "asked not to" if name == "ns.blocked.test" else None

    def blocks_address(self, text: str) -> str | None:
        return "nor here" if text == "192.0.2.66" else None


@pytest.fixture
def resolver_at() -> Callable[..., Resolver]:
    """Makes a resolver for which ADDRESS, or another, leads to a nameserver on loopback."""

    def make(place: Server, *, blocks: Blocks | None = None, address: str = ADDRESS, **settings: Any) -> Resolver:
        values: dict[str, Any] = {
            "resolver": (f"{place.address}:{place.port}",),
            "connect_to": (f"{address}:53:{place.address}:{place.port}",),
            "dns_timeout": 1.0,
            **settings,
        }
        return Resolver.from_config(Config.model_validate(values), blocks=blocks)

    return make


async def test_it_is_asked_without_recursion_and_its_authority_is_kept(
    serve: Any, resolver_at: Any, reply: Reply
) -> None:
    nameserver = await serve(lambda query, _: reply(query, "a.test. 60 IN A 192.0.2.1", flags=AA))
    resolver = resolver_at(nameserver.server)
    answer = await resolver.ask(A)
    assert (answer.status, answer.records, answer.authoritative) == (DnsStatus.ANSWERED, ("192.0.2.1",), True)
    assert (answer.question, answer.resolver) == (A, str(nameserver.server))
    assert (await resolver.ask(Question("a.test", "A"))).question.server == ""
    flags = [query.flags & (dns.flags.RD | dns.flags.AD) for _, query in nameserver.queries]
    assert flags == [0, dns.flags.RD | dns.flags.AD]


NO_FACT = (DnsStatus.SERVFAIL, ())
REFERRALS = (
    (NS, "a.test. 60 IN NS NS.b.test.", 0, (DnsStatus.ANSWERED, ("ns.b.test",))),
    (NS, "a.test. 60 IN NS ns.b.test.", AA, (DnsStatus.ANSWERED, ("ns.b.test",))),
    (NS, "test. 60 IN NS ns.test.", 0, NO_FACT),
    (A, "a.test. 60 IN NS ns.b.test.", 0, NO_FACT),
    (NS, "test. 60 IN SOA ns.test. root.test. 1 2 3 4 5", 0, (DnsStatus.NODATA, ())),
)


@pytest.mark.parametrize("case", REFERRALS)
async def test_a_referral_answers_the_question_for_ns_of_that_very_name(
    serve: Any, resolver_at: Any, reply: Reply, case: tuple[Question, str, int, Any]
) -> None:
    question, authority, flags, expected = case
    nameserver = await serve(lambda query, _: reply(query, authority=[authority], flags=flags))
    answer = await resolver_at(nameserver.server, dns_tries=1).ask(question)
    assert (answer.status, answer.records) == expected
    assert not answer.authoritative


async def test_a_resolver_that_refers_elsewhere_still_has_no_answer(serve: Any, resolver_of: Any, reply: Reply) -> None:
    nameserver = await serve(lambda query, _: reply(query, authority=["a.test. 60 IN NS ns.b.test."]))
    assert (await resolver_of(nameserver, tries=1).ask(Question("a.test", "NS"))).status is DnsStatus.SERVFAIL


async def test_an_alias_is_its_answer_and_is_not_followed(serve: Any, resolver_at: Any, reply: Reply) -> None:
    nameserver = await serve(lambda query, _: reply(query, "a.test. 60 IN CNAME b.example.", flags=AA))
    answer = await resolver_at(nameserver.server).ask(A)
    assert (answer.status, answer.aliases, answer.records) == (DnsStatus.NODATA, ("b.example",), ())
    assert len(nameserver.queries) == 1


@pytest.mark.parametrize(
    ("rcode", "queries", "status"),
    [(dns.rcode.REFUSED, 1, DnsStatus.REFUSED), (dns.rcode.SERVFAIL, 2, DnsStatus.SERVFAIL)],
)
async def test_a_refusal_is_its_last_word_and_a_servfail_is_not_taken_for_validation(
    serve: Any, resolver_at: Any, reply: Reply, rcode: dns.rcode.Rcode, queries: int, status: DnsStatus
) -> None:
    nameserver = await serve(lambda query, _: reply(query, rcode=rcode))
    assert (await resolver_at(nameserver.server, dns_tries=2).ask(A)).status is status
    assert len(nameserver.queries) == queries
    assert not any(query.flags & dns.flags.CD for _, query in nameserver.queries)


async def test_a_lost_datagram_is_sent_again(serve: Any, resolver_at: Any, reply: Reply) -> None:
    replies = iter([None, True])
    nameserver = await serve(lambda query, _: next(replies) and reply(query, "a.test. 60 IN A 192.0.2.1", flags=AA))
    answer = await resolver_at(nameserver.server, dns_timeout=0.5).ask(A)
    assert (answer.status, answer.attempts) == (DnsStatus.ANSWERED, 2)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("127.0.0.1", "loopback (RFC 1122); see --allow-net"),
        ("10.0.0.1", "private use (RFC 1918); see --allow-net"),
        ("192.0.2.66", "nor here"),
    ],
)
async def test_an_address_that_may_not_be_contacted_gets_no_packet(
    serve: Any, resolver_at: Any, address: str, says: str
) -> None:
    nameserver = await serve(lambda *_: None)
    came: list[Answer] = []
    resolver = resolver_at(nameserver.server, blocks=Blocks())
    resolver._on_answer = came.append
    answer = await resolver.ask(Question("a.test", "A", address))
    assert (answer.status, answer.error, answer.attempts) == (DnsStatus.NOT_ASKED, says, 0)
    assert came == [answer]
    assert nameserver.queries == []


@pytest.mark.parametrize("recalled", [False, True])
async def test_the_addresses_of_a_host_that_is_blocked_by_name_get_no_packet(
    serve: Any, resolver_at: Any, reply: Reply, *, recalled: bool
) -> None:
    nameserver = await serve(lambda query, _: reply(query, f"ns.blocked.test. 60 IN A {ADDRESS}"))
    resolver = resolver_at(nameserver.server, blocks=Blocks())
    found = await resolver.ask(Question("ns.blocked.test", "A"))
    if recalled:
        resolver = resolver_at(nameserver.server, blocks=Blocks())
        resolver.recall({found.question: found}.get, always=True)
        assert await resolver.ask(found.question) is found
    answer = await resolver.ask(A)
    assert (answer.status, answer.error) == (DnsStatus.NOT_ASKED, "asked not to")
    assert len(nameserver.queries) == 1


def test_there_is_a_way_to_loopback() -> None:
    assert has_route(Server("127.0.0.1"))


async def test_where_there_is_no_way_to_an_address_it_is_not_asked(serve: Any, resolver_at: Any) -> None:
    nameserver = await serve(lambda *_: None)
    resolver = resolver_at(nameserver.server)
    dialer = Dialer(policy=RoutePolicy(allow_private=True))
    resolver.nameservers = Nameservers(dialer, has_route=lambda server: ":" not in server.address)
    answer = await resolver.ask(Question("a.test", "A", "2001:db8::1"))
    assert (answer.status, answer.error) == (DnsStatus.NOT_ASKED, "no IPv6 route from here")


async def test_a_third_question_waits_until_the_first_two_are_over(serve: Any, resolver_at: Any, reply: Reply) -> None:
    nameserver = await serve(lambda query, _: reply(query, flags=AA), hold=AT_ONCE + 1)  # it answers all three at once
    resolver = resolver_at(nameserver.server, dns_timeout=0.05, dns_tries=1)
    answers = await resolver.ask_all([Question(f"n{number}.test", "A", ADDRESS) for number in range(AT_ONCE + 1)])
    assert sorted(one.status for one in answers) == [DnsStatus.NODATA, *[DnsStatus.TIMEOUT] * AT_ONCE]


async def test_the_places_at_one_address_are_no_more_than_two() -> None:
    nameservers = Nameservers(Dialer(policy=RoutePolicy()))
    inside, most = 0, 0

    async def hold(address: str) -> None:
        nonlocal inside, most
        async with nameservers.slot(address):
            inside += 1
            most = max(most, inside)
            await trio.lowlevel.checkpoint()
            inside -= 1

    async with trio.open_nursery() as nursery:
        for _ in range(9):
            nursery.start_soon(hold, ADDRESS)
    assert most == AT_ONCE == 2
