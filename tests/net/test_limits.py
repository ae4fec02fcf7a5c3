"""How many connections one address and one network get, on a virtual clock."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
import trio
from trio.testing import MockClock

from auditor.net import limits as limits_module
from auditor.net.limits import AddressLimits, prefix_of

A, B, C, FAR = "192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.1"


@dataclass
class Visitors:
    """Hold places for a while, and know how many did so at once."""

    limits: AddressLimits
    inside: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    begun: list[tuple[str, float]] = field(default_factory=list)

    async def visit(self, address: str, seconds: float = 1) -> None:
        async with self.limits.slot(address):
            self.begun.append((address, trio.current_time()))
            for key in (address, prefix_of(address)):
                self.inside[key] += 1
                self.most[key] = max(self.most[key], self.inside[key])
            await trio.sleep(seconds)
            for key in (address, prefix_of(address)):
                self.inside[key] -= 1

    async def visit_all(self, *addresses: str, seconds: float = 1) -> float:
        """Seconds that it took all of them."""
        began_at = trio.current_time()
        async with trio.open_nursery() as nursery:
            for address in addresses:
                nursery.start_soon(self.visit, address, seconds)
        return trio.current_time() - began_at


@pytest.mark.parametrize(
    ("per_host", "per_prefix", "addresses", "most", "seconds"),
    [
        (2, 0, [A] * 6, {A: 2}, 3),
        (1, 0, [A, B, A, B], {A: 1, B: 1}, 2),
        (0, 3, [A, B, C] * 3, {"192.0.2.0/24": 3}, 3),
        (2, 3, [A] * 4 + [B], {A: 2, "192.0.2.0/24": 3}, 2),
        (1, 4, [A, FAR], {A: 1, FAR: 1}, 1),
        (0, 0, [A] * 50, {A: 50, "192.0.2.0/24": 50}, 1),
        (0, 1, ["2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"], {"2001:db8::/64": 1}, 2),
    ],
)
async def test_never_more_at_once_than_allowed(
    autojump_clock: MockClock,
    per_host: int,
    per_prefix: int,
    addresses: list[str],
    most: dict[str, int],
    seconds: float,
) -> None:
    del autojump_clock
    visitors = Visitors(AddressLimits(per_host, per_prefix, 0))
    assert await visitors.visit_all(*addresses) == seconds
    assert {key: visitors.most[key] for key in most} == most


async def test_whoever_waits_for_a_busy_address_holds_no_place_of_its_network(autojump_clock: MockClock) -> None:
    del autojump_clock
    visitors = Visitors(AddressLimits(1, 2, 0))
    await visitors.visit_all(A, A, A, B)
    assert {address for address, _ in visitors.begun[:2]} == {A, B}


async def test_places_are_given_in_the_order_of_arrival(autojump_clock: MockClock) -> None:
    visitors = Visitors(AddressLimits(1, 0, 0))
    order: list[int] = []

    async def visit(number: int) -> None:
        await trio.sleep(number / 10)
        async with visitors.limits.slot(A):
            order.append(number)
            await trio.sleep(1)

    async with trio.open_nursery() as nursery:
        for number in (3, 1, 2, 0):
            nursery.start_soon(visit, number)
    assert order == [0, 1, 2, 3]
    assert autojump_clock.current_time() == pytest.approx(4)


async def test_new_connections_are_spaced_by_the_rate(autojump_clock: MockClock) -> None:
    del autojump_clock
    visitors = Visitors(AddressLimits(0, 0, 5))
    began_at = trio.current_time()
    await visitors.visit_all(A, A, A, A, B, seconds=0)
    times = [round(at - began_at, 6) for address, at in visitors.begun if address == A]
    assert times == [0, 0.2, 0.4, 0.6]
    assert (B, began_at) in visitors.begun


async def test_a_pause_saves_up_no_connections(autojump_clock: MockClock) -> None:
    del autojump_clock
    visitors = Visitors(AddressLimits(0, 0, 2))
    await visitors.visit(A, 0)
    await trio.sleep(100)
    assert await visitors.visit_all(A, A, A, seconds=0) == pytest.approx(1)


async def test_a_cancelled_waiter_leaves_no_place_taken(autojump_clock: MockClock) -> None:
    del autojump_clock
    limits = AddressLimits(1, 1, 0)
    visitors = Visitors(limits)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visitors.visit, A, 10)
        await trio.sleep(1)
        with trio.move_on_after(1) as at_the_address:
            await visitors.visit(A)
        with trio.move_on_after(1) as in_the_network:
            await visitors.visit(B)
    assert at_the_address.cancelled_caught
    assert in_the_network.cancelled_caught
    assert await visitors.visit_all(A, B) == 2
    assert limits._gates == {}


async def test_a_place_is_given_back_when_its_holder_fails(autojump_clock: MockClock) -> None:
    del autojump_clock
    limits = AddressLimits(1, 1, 10)
    with pytest.raises(ZeroDivisionError):
        async with limits.slot(A):
            raise ZeroDivisionError
    with trio.move_on_after(0.05) as scope:
        async with limits.slot(A):
            raise AssertionError("before its time")
    assert scope.cancelled_caught
    assert limits._gates == {}
    async with limits.slot(A):
        assert set(limits._gates) == {A, "192.0.2.0/24"}


async def test_addresses_that_are_done_with_are_forgotten(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    del autojump_clock
    monkeypatch.setattr(limits_module, "_KEPT_TIMES", 3)
    limits = AddressLimits(2, 2, 1)
    for number in range(10):
        async with limits.slot(f"192.0.2.{number}"):
            pass
        await trio.sleep(2)
        assert len(limits._next_at) <= 4
    assert limits._gates == {}


async def test_an_address_in_its_pause_is_not_forgotten(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    del autojump_clock
    monkeypatch.setattr(limits_module, "_KEPT_TIMES", 1)
    visitors = Visitors(AddressLimits(0, 0, 1))
    await visitors.visit_all(A, B, C, seconds=0)
    assert await visitors.visit_all(A, B, C, seconds=0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.0/24"),
        ("64:ff9b::192.0.2.1", "192.0.2.0/24"),
    ],
)
def test_networks_are_those_commonly_routed(address: str, network: str) -> None:
    assert prefix_of(address) == network


async def test_an_address_that_asked_for_less_is_let_alone(autojump_clock: MockClock) -> None:  # noqa: ARG001
    limits = AddressLimits(per_host=2, per_prefix=0, rate=0.0, hold_seconds=10.0)
    began = trio.current_time()
    waited = []
    for _ in range(4):
        limits.hold_off("192.0.2.1")
        before = trio.current_time()
        async with limits.slot("192.0.2.1"):
            waited.append(trio.current_time() - before)
    assert waited == [10, 20, 40, 40]
    async with limits.slot("192.0.2.2"):
        assert trio.current_time() - began == sum(waited)


async def test_who_waits_for_the_pace_when_an_address_asks_for_less_waits_on(autojump_clock: MockClock) -> None:  # noqa: ARG001
    limits = AddressLimits(per_host=3, per_prefix=4, rate=1.0, hold_seconds=10.0)
    began: list[float] = []

    async def visit(seconds: float) -> None:
        async with limits.slot("192.0.2.1"):
            began.append(trio.current_time())
            await trio.sleep(seconds)
            if len(began) == 1:
                limits.hold_off("192.0.2.1")

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(visit, 0.5)
    since = [at - began[0] for at in began]
    assert since[1] >= 10.5
    assert since[2] - since[1] >= 1
    assert not limits._gates


async def test_where_others_were_before_the_first_pause_is_kept(autojump_clock: MockClock) -> None:  # noqa: ARG001
    limits = AddressLimits(per_host=0, per_prefix=0, rate=0.5, after_others=True)
    began = trio.current_time()
    for address, expected in (("192.0.2.1", 2), ("192.0.2.2", 2), ("192.0.2.1", 4)):
        async with limits.slot(address):
            assert trio.current_time() - began == pytest.approx(expected)


async def test_nat64_leads_to_the_same_host(autojump_clock: MockClock) -> None:  # noqa: ARG001
    limits = AddressLimits(per_host=0, per_prefix=0, rate=0.5)
    began = trio.current_time()
    for address, expected in (("192.0.2.1", 0), ("64:ff9b::c000:201", 2), ("::ffff:192.0.2.1", 4)):
        async with limits.slot(address):
            assert trio.current_time() - began == pytest.approx(expected)


async def test_and_is_asked_once_at_a_time_from_then_on(autojump_clock: MockClock) -> None:  # noqa: ARG001
    limits = AddressLimits(per_host=2, per_prefix=0, rate=0.0, hold_seconds=1.0)
    limits.hold_off("192.0.2.1")
    inside: list[float] = []

    async def visit() -> None:
        async with limits.slot("192.0.2.1"):
            inside.append(trio.current_time())
            await trio.sleep(5)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit)
        nursery.start_soon(visit)
    assert inside[1] - inside[0] == 5
