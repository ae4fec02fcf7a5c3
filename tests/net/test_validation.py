"""Whether resolvers show that they validate, by resolvers that do, that do not, and that pretend to."""

from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest
import trio

from auditor.lab.nameserver import Nameserver, load_zone, parse_faults
from auditor.model.dns import Validation
from auditor.net.dns_servers import Server
from auditor.net.validation import prove_validation

SIGNED, BROKEN = "signed.example", "broken.example"
SOA = f"{SIGNED}. 300 IN SOA ns.{SIGNED}. root.{SIGNED}. 1 2 3 4 5"
RECORD = f"{BROKEN}. 300 IN A 192.0.2.1"
AD, CD, SERVFAIL, REFUSED = dns.flags.AD, dns.flags.CD, dns.rcode.SERVFAIL, dns.rcode.REFUSED

Respond = Callable[[dns.message.Message, str], Any]


async def prove(*servers: Any, wait_seconds: float = 1.0) -> Validation:
    addresses = [server.server for server in servers]
    return await prove_validation(addresses, (SIGNED, BROKEN), wait_seconds=wait_seconds, tries=2)


def is_broken(query: dns.message.Message) -> bool:
    return query.question[0].name.to_text() == f"{BROKEN}."


@pytest.fixture
def validating(reply: Any) -> Respond:
    """Refuses what is broken, unless it is not to check; says why, if ``extended`` is given."""

    def respond(query: dns.message.Message, _: str, extended: int | None = None) -> Any:
        if not is_broken(query):
            return reply(query, SOA, flags=AD)
        return reply(query, RECORD) if query.flags & CD else reply(query, rcode=SERVFAIL, extended=extended)

    return respond


async def test_a_resolver_that_validates_is_trusted(serve: Any, validating: Respond) -> None:
    nameserver = await serve(validating)
    words = f"validates: {SIGNED} is authenticated, {BROKEN} is bogus"
    assert await prove(nameserver) == Validation(trusted=True, words=words)


async def test_one_that_says_why_it_refuses_need_not_answer_unchecked(serve: Any, reply: Any) -> None:
    nameserver = await serve(
        lambda query, _: reply(query, rcode=SERVFAIL, extended=6) if is_broken(query) else reply(query, SOA, flags=AD)
    )
    assert (await prove(nameserver)).trusted


async def test_several_are_trusted_if_every_one_is(serve: Any, validating: Respond, reply: Any) -> None:
    good, other = await serve(validating), await serve(validating)
    careless = await serve(lambda query, _: reply(query, RECORD if is_broken(query) else SOA))
    assert (await prove(good, other)).trusted
    proof = await prove(good, careless)
    assert proof == Validation(False, f"not proven: {careless.server}: {SIGNED} is not authenticated (no AD bit)")


PRETENDERS: list[tuple[Callable[[dns.message.Message, Any], Any], str]] = [
    # does not validate at all
    (lambda query, reply: reply(query, RECORD if is_broken(query) else SOA), f"{SIGNED} is not authenticated"),
    # sets AD on everything, without looking
    (lambda query, reply: reply(query, RECORD if is_broken(query) else SOA, flags=AD), f"{BROKEN} is answered"),
    (lambda query, reply: reply(query, flags=AD) if is_broken(query) else reply(query, SOA, flags=AD), "is nodata"),
    # fails for everything
    (lambda query, reply: reply(query, rcode=SERVFAIL), f"{SIGNED} gave no fact (servfail)"),
    (lambda query, reply: reply(query, rcode=SERVFAIL, extended=6), f"{SIGNED} gave no fact (bogus)"),
    (lambda query, reply: reply(query, rcode=REFUSED), f"{SIGNED} gave no fact (refused)"),
    # cannot reach the broken name, checked or not
    (
        lambda query, reply: reply(query, rcode=SERVFAIL) if is_broken(query) else reply(query, SOA, flags=AD),
        f"{BROKEN} gave no fact (servfail)",
    ),
    (
        lambda query, reply: reply(query, rcode=REFUSED) if is_broken(query) else reply(query, SOA, flags=AD),
        f"{BROKEN} gave no fact (refused)",
    ),
    # knows no name of the outside world, as in a closed network
    (lambda query, reply: reply(query, rcode=dns.rcode.NXDOMAIN), f"{SIGNED} does not exist there"),
]


@pytest.mark.parametrize(("respond", "why"), PRETENDERS)
async def test_a_resolver_that_shows_less_is_not_trusted(respond: Any, why: str, serve: Any, reply: Any) -> None:
    proof = await prove(await serve(lambda query, _: respond(query, reply)))
    assert not proof.trusted
    assert why in proof.words


async def test_one_that_knows_no_name_of_the_outside_world_is_told_of(serve: Any, reply: Any) -> None:
    closed = await serve(lambda query, _: reply(query, rcode=dns.rcode.NXDOMAIN))
    plain = await serve(lambda query, _: reply(query, SOA))
    note = (await prove(closed, plain)).note
    assert f"for {closed.server} the name {SIGNED} does not exist" in note
    assert str(plain.server) not in note
    assert (await prove(plain)).note == ""


async def test_a_silent_resolver_is_not_trusted(serve: Any) -> None:
    proof = await prove(await serve(lambda *_: None), wait_seconds=0.05)
    assert (proof.trusted, "gave no fact (timeout)" in proof.words) == (False, True)


async def test_nothing_more_is_asked_of_one_that_has_failed(serve: Any, reply: Any) -> None:
    nameserver = await serve(lambda query, _: reply(query, SOA))
    await prove(nameserver)
    assert not any(is_broken(query) for _, query in nameserver.queries)


@pytest.mark.parametrize(("faults", "trusted"), [("example SOA secure\nbroken.example A bogus", True), ("", False)])
async def test_the_labs_nameserver_is_trusted_as_it_is_told_to_be(
    faults: str, trusted: bool, nursery: trio.Nursery
) -> None:
    zone = load_zone("$TTL 300\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nbroken A 192.0.2.1", "example.")
    with trio.socket.socket(trio.socket.AF_INET, trio.socket.SOCK_DGRAM) as udp:
        await udp.bind(("127.0.0.1", 0))
        nursery.start_soon(Nameserver(zone, parse_faults(faults, "test")).serve_udp, udp)
        server = Server(*udp.getsockname())
        proof = await prove_validation([server], ("example", BROKEN), wait_seconds=1.0, tries=2)
        assert proof.trusted is trusted
        nursery.cancel_scope.cancel()
