"""A network that goes away in the middle of a run: what was met by its loss waits, and is not blamed."""

import errno

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome
from auditor.net.dial import Dialer
from auditor.net.dns_servers import Server
from auditor.net.failure import ContactFailure, from_os_error
from auditor.net.ways import Ways
from auditor.policy.contact import RoutePolicy

HOST = Endpoint("mx.example", "203.0.113.1", 25)
HOST6 = Endpoint("mx.example", "2001:db8::1", 25)
NO_ROUTE = ContactFailure(Outcome.SKIPPED, Blame.OURS, "no IPv6 route from here")


class Wire:
    """A network with a gap."""

    def __init__(self, failure: ContactFailure) -> None:
        self.gap = (10.0, 40.0)
        self.failure = failure
        self.began_at = trio.current_time()

    def up(self) -> bool:
        since = trio.current_time() - self.began_at
        return not self.gap[0] <= since < self.gap[1]

    def destination(self, endpoint: Endpoint) -> tuple[str, int]:
        return endpoint.address, endpoint.port

    async def dial(self, _: Endpoint) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        if not self.up():
            raise self.failure
        return trio.testing.memory_stream_pair()[0]

    def has_route(self, _: Server) -> bool:
        return self.up()


@pytest.mark.parametrize(
    ("endpoint", "failure"), [(HOST, from_os_error(OSError(errno.ENETUNREACH, ""))), (HOST6, NO_ROUTE)]
)
async def test_contact_waits_until_a_network_that_was_there_is_back(
    endpoint: Endpoint, failure: ContactFailure, autojump_clock: MockClock
) -> None:
    wire = Wire(failure)
    ways = Ways(wire, 300, wire.has_route)
    await ways.dial(endpoint)
    await trio.sleep(10)
    with pytest.raises(ContactFailure) as caught:
        await ways.dial(endpoint)
    assert (caught.value.outcome, caught.value.blame) == (Outcome.UNREACHABLE, Blame.OURS)
    await ways.passed(endpoint)
    assert 40 <= autojump_clock.current_time() - wire.began_at <= 47
    await ways.dial(endpoint)


async def test_a_family_that_never_had_a_way_is_not_waited_for(autojump_clock: MockClock) -> None:
    wire = Wire(NO_ROUTE)
    ways = Ways(wire, 300, wire.has_route)
    await ways.dial(HOST)
    await trio.sleep(10)
    with pytest.raises(ContactFailure) as caught:
        await ways.dial(HOST6)
    assert caught.value.outcome is Outcome.SKIPPED
    await ways.passed(HOST6)
    assert autojump_clock.current_time() - wire.began_at == pytest.approx(10, abs=1)


async def test_a_server_that_fails_is_none_of_this(autojump_clock: MockClock) -> None:
    wire = Wire(ContactFailure(Outcome.REFUSED, Blame.THEIRS, "ECONNREFUSED"))
    ways = Ways(wire, 300, wire.has_route)
    await ways.dial(HOST)
    await trio.sleep(10)
    with pytest.raises(ContactFailure) as caught:
        await ways.dial(HOST)
    assert caught.value.outcome is Outcome.REFUSED
    await ways.passed(HOST)
    assert autojump_clock.current_time() - wire.began_at == pytest.approx(10, abs=1)


async def test_a_dialer_goes_through_it_unchanged() -> None:
    ways = Ways(Dialer(policy=RoutePolicy()), 300)
    with pytest.raises(ContactFailure) as caught:
        await ways.dial(Endpoint("mx.example", "10.0.0.1", 25))
    assert (caught.value.outcome, caught.value.blame) == (Outcome.SKIPPED, Blame.NOBODY)
