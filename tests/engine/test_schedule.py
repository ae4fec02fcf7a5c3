"""The schedule by itself."""

from random import Random

from auditor.engine.jobs import ContactJob, EndpointJob
from auditor.engine.schedule import Schedule
from auditor.model.endpoint import Endpoint


def at(name: str, last: int = 1) -> Endpoint:
    return Endpoint(name, f"192.0.2.{last}", 25)


def schedule(*, gated: bool = True, seed: int = 0) -> Schedule:
    return Schedule(gated=gated, random=Random(seed))  # noqa: S311 - an order, not a secret


def test_a_target_is_complete_when_its_last_endpoint_is() -> None:
    one = schedule()
    assert one.want("x", [at("a"), at("b"), at("a")]) == [at("a"), at("b")]
    assert one.want("y", [at("b")]) == []
    assert one.settle(at("b")) == ["y"]
    assert not one.empty
    assert one.settle(at("a")) == ["x"]
    assert one.empty


def test_nothing_is_kept_of_what_is_settled() -> None:
    one = schedule()
    for number in range(100):
        one.want(f"null{number}", [])
        endpoint = at(f"mx{number}", number)
        one.want(str(number), [endpoint])
        one.add(EndpointJob(endpoint))
        assert one.next_job() == EndpointJob(endpoint)
        one.settle(endpoint)
        one.leave(endpoint)
    kept = (one._targets, one._missing, one._ready, one._busy, one._behind, one._later)
    assert not any(kept)
    assert one.waiting == 0


def test_other_names_wait_where_somebody_speaks() -> None:
    one = schedule()
    for name in "abc":
        one.add(EndpointJob(at(name)))
    one.add(EndpointJob(at("d", 2)))
    assert one.waiting == 4
    first, second = one.next_job(), one.next_job()
    assert {first, second} == {EndpointJob(at("a")), EndpointJob(at("d", 2))}
    assert one.next_job() is None
    assert one.leave(at("a")) == [EndpointJob(at("b")), EndpointJob(at("c"))]
    assert one.waiting == 0
    one.add(EndpointJob(at("b")))
    assert one.next_job() == EndpointJob(at("b"))


def test_without_sharing_nobody_waits() -> None:
    one = schedule(gated=False)
    for name in "abc":
        one.add(EndpointJob(at(name)))
    assert {one.next_job() for _ in range(3)} == {EndpointJob(at(name)) for name in "abc"}


def test_second_looks_come_when_due_in_the_order_due() -> None:
    one = schedule()
    for number, when in ((1, 30.0), (2, 10.0), (3, 10.0)):
        one.look_later(EndpointJob(at("mx", number), 2), when)
    assert (one.next_wake_seconds, one.retries_waiting) == (10.0, 3)
    one.wake(9.99)
    assert one.next_job() is None
    one.wake(10.0)
    assert {one.next_job(), one.next_job()} == {EndpointJob(at("mx", 2), 2), EndpointJob(at("mx", 3), 2)}
    assert one.next_job() is None
    assert one.next_wake_seconds == 30.0


def test_a_later_look_keeps_its_place() -> None:
    one = schedule()
    one.add(EndpointJob(at("a"), 2), not_before_seconds=5.0)
    one.add(EndpointJob(at("b")))
    assert one.next_job() is None
    one.wake(5.0)
    assert one.next_job() == EndpointJob(at("a"), 2)


def test_the_seed_decides_the_order() -> None:
    def order(seed: int) -> list[ContactJob | None]:
        one = schedule(seed=seed)
        for number in range(50):
            one.add(EndpointJob(at("mx", number)))
        return [one.next_job() for _ in range(50)]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert set(order(1)) == set(order(2))
