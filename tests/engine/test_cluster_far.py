"""What runs on the workers of a cluster, called as their tasks call it, without a cluster."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from auditor.config import Config
from auditor.engine.backends import cluster_far
from auditor.engine.backends.cluster_far import begin, end, examine, exchange
from auditor.engine.backends.frames import Begin, Logged, Message, Ready, Splitter, joined, pack, unpack
from auditor.engine.jobs import DomainSurveyed, EndpointJob, EndpointSeen
from auditor.errors import UsageError
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOWHERE = EndpointJob(Endpoint("mx.example", "10.1.2.3", 25))
"""A job that is done without a packet: the address is not public."""


def beginning(**settings: object) -> bytes:
    local = {"resolver": ["127.0.0.1:9"], "dns_timeout": 0.05, "dns_tries": 1, "helo": "audit.example", **settings}
    config = Config.model_validate(local)
    return pack(Begin(settings=config, began_at=AT, since=AT, ad_trusted=False, log_level=logging.INFO))


@pytest.fixture(autouse=True)
def _posts() -> Iterator[None]:
    """Two posts side by side."""
    for name in ("one", "two"):
        begin(name, beginning())
    yield
    for name in ("one", "two"):
        end(name)


def brought(name: str, first: int, *messages: Message) -> tuple[int, list[Message]]:
    """What comes back of some jobs, and the number of the next task."""
    came: list[Message] = []
    number, octets = first, joined(map(pack, messages))
    give_up_at = time.monotonic() + 20
    while not any(isinstance(one, DomainSurveyed | EndpointSeen) for one in came):
        assert time.monotonic() < give_up_at
        came += map(unpack, Splitter().feed(exchange(name, number, octets)))
        number, octets = number + 1, b""
    return number, came


def test_a_post_says_that_it_is_ready_and_does_its_jobs() -> None:
    _, (ready, *came) = brought("one", 0, NOWHERE)
    assert isinstance(ready, Ready)
    (seen,) = [one for one in came if isinstance(one, EndpointSeen)]
    assert (seen.job, seen.session.outcome) == (NOWHERE, Outcome.SKIPPED)


def test_a_task_that_is_run_again_or_comes_too_early_is_refused_and_does_nothing() -> None:
    number, _ = brought("one", 0, NOWHERE)
    for wrong in (0, number - 1, number + 1):
        with pytest.raises(LookupError, match=f"{number} was next"):
            exchange("one", wrong, joined([pack(NOWHERE)]))
    _, came = brought("one", number, EndpointJob(NOWHERE.endpoint, 2))
    assert [one.job.attempt for one in came if isinstance(one, EndpointSeen)] == [2]


def test_a_post_that_is_not_there_or_has_ended_is_told_so() -> None:
    with pytest.raises(LookupError):
        exchange("three", 0, b"")
    end("one")
    with pytest.raises(LookupError):
        exchange("one", 0, b"")
    end("one")
    brought("two", 0, NOWHERE)


def test_a_post_that_cannot_begin_says_why() -> None:
    with pytest.raises(UsageError, match="no address"):
        begin("broken", beginning(resolver=["no address"]))
    with pytest.raises(LookupError):
        exchange("broken", 0, b"")


def test_a_post_that_nobody_asks_ends_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_far, "_FORGOTTEN_SECONDS", 0.0)
    begin("forgotten", beginning())
    number = 0
    with suppress(LookupError):
        while number < 100:  # of up to a fifth of a second
            exchange("forgotten", number, b"")
            number += 1
    with pytest.raises(LookupError, match="has ended"):
        exchange("forgotten", number + 1, b"")
    end("forgotten")


def test_each_post_sends_its_own_log() -> None:
    job = EndpointJob(Endpoint("mx.example", "not an address", 25))
    _, came = brought("one", 0, job)
    told = [one.message for one in came if isinstance(one, Logged)]
    assert any("internal error" in one for one in told)
    _, others = brought("two", 0, NOWHERE)
    assert not [one for one in others if isinstance(one, Logged)]


def test_an_end_is_examined() -> None:
    told = json.loads(examine(beginning(trust_ad=True)))
    assert told["name"] == "audit.example"
    assert told["resolvers"] == ["127.0.0.1#9"]
    assert told["validation"]["trusted"] is True


@pytest.mark.parametrize("call", [lambda octets: begin("x", octets), examine])
def test_what_is_no_beginning_begins_nothing(call: object) -> None:
    with pytest.raises(TypeError, match="no beginning"):
        call(pack(NOWHERE))  # type: ignore[operator]
