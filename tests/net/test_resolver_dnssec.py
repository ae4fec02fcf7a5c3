"""Whether a SERVFAIL is one of DNSSEC validation."""

from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from auditor.model.dns import DnsStatus, Question

A = Question("a.test", "A")
RECORD = "a.test. 300 IN A 192.0.2.1"
SERVFAIL = dns.rcode.SERVFAIL


@pytest.mark.parametrize("code", range(6, 13))
async def test_an_extended_error_of_validation_is_bogus_at_once(
    code: int, serve: Any, resolver_of: Any, reply: Any
) -> None:
    validating = await serve(lambda query, _: reply(query, rcode=SERVFAIL, extended=code))
    careless = await serve(lambda query, _: reply(query, RECORD))
    answer = await resolver_of(validating, careless).ask(A)
    assert (answer.status, answer.attempts, careless.queries) == (DnsStatus.BOGUS, 1, [])
    assert answer.error.startswith(f"SERVFAIL; EDE {code} ")


@pytest.mark.parametrize("code", [None, 0, 13])
@pytest.mark.parametrize("rcode", [dns.rcode.NOERROR, dns.rcode.NXDOMAIN])
async def test_without_such_an_error_it_is_bogus_if_answered_unchecked(
    code: int | None, rcode: dns.rcode.Rcode, serve: Any, resolver_of: Any, reply: Any
) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        unchecked = query.flags & dns.flags.CD
        return reply(query, rcode=rcode) if unchecked else reply(query, rcode=SERVFAIL, extended=code)

    answer = await resolver_of(await serve(respond)).ask(A)
    assert (answer.status, answer.records) == (DnsStatus.BOGUS, ())
    assert answer.error.endswith("answered when checking is disabled (CD)")


async def test_a_zone_that_recovers_is_answered_not_bogus(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver: Any = await serve(
        lambda query, _: reply(query, RECORD) if len(nameserver.queries) > 3 else reply(query, rcode=SERVFAIL)
    )
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, answer.attempts, len(nameserver.queries)) == (DnsStatus.ANSWERED, 4, 5)


async def test_a_zone_that_goes_silent_again_stays_servfail(serve: Any, resolver_of: Any, reply: Any) -> None:
    def respond(query: dns.message.Message, _: str) -> Any:
        if query.flags & dns.flags.CD:
            return reply(query, RECORD)
        return reply(query, rcode=SERVFAIL) if len(nameserver.queries) <= 3 else None

    nameserver = await serve(respond)
    assert (await resolver_of(nameserver, timeout=0.1).ask(A)).status is DnsStatus.SERVFAIL


async def test_a_servfail_of_a_dead_zone_is_servfail(serve: Any, resolver_of: Any, reply: Any) -> None:
    """No Reachable Authority (RFC 8914 §4.23) settles it without another question."""
    nameserver = await serve(lambda query, _: reply(query, rcode=SERVFAIL, extended=22))
    answer = await resolver_of(nameserver).ask(A)
    assert (answer.status, len(nameserver.queries)) == (DnsStatus.SERVFAIL, 3)


async def test_a_refusal_is_never_bogus(serve: Any, resolver_of: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, rcode=dns.rcode.REFUSED, extended=6))
    assert (await resolver_of(nameserver).ask(A)).status is DnsStatus.REFUSED
