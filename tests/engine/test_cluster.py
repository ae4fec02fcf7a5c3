"""Which workers of a cluster are used, and what is said where it cannot be."""

# ruff: noqa: ARG001 - pytest-trio takes the clock from a test's arguments

import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from trio.testing import MockClock

from auditor.config import Config
from auditor.engine.backends.cluster import MOST_WAIT_SECONDS, Cluster, connected
from auditor.engine.backends.frames import Begin
from auditor.engine.backends.link import LinkLostError
from auditor.errors import NotFinishedError, UsageError

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEGIN = Begin(settings=Config(), began_at=AT, since=AT, ad_trusted=False)


class Client:
    """As much of Dask's client as a cluster without workers needs."""

    def __init__(self, **workers: dict[str, float]) -> None:
        self.info = {"workers": {address: {"resources": resources} for address, resources in workers.items()}}

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        assert n_workers == -1, "all of them"
        return self.info


async def test_workers_with_an_egress_are_used_alone() -> None:
    tagged = Client(one={"egress:berlin": 1.0}, two={"GPU": 2.0}, three={"egress:paris": 1, "GPU": 1})
    assert await Cluster(tagged).workers() == {"one": "berlin", "three": "paris"}  # type: ignore[arg-type]
    untagged = Client(one={}, two={"GPU": 2.0})
    assert await Cluster(untagged).workers() == {"one": "", "two": ""}  # type: ignore[arg-type]


async def test_a_cluster_without_workers_is_none() -> None:
    with pytest.raises(NotFinishedError, match="no worker"):
        await Cluster(Client()).examine(BEGIN)  # type: ignore[arg-type]


async def test_a_post_waits_for_a_worker_and_then_says_so(autojump_clock: MockClock) -> None:
    cluster = Cluster(Client())  # type: ignore[arg-type]
    with pytest.raises(LinkLostError, match=f"no worker for {MOST_WAIT_SECONDS:g} s"):
        await cluster._least_used()


async def test_a_way_that_is_not_encrypted_is_refused() -> None:
    with pytest.raises(UsageError, match="not encrypted"):
        async with connected("tcp://127.0.0.1:9", insecure=False):
            pass


async def test_where_dask_is_missing_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'auditor\[cluster\]'"):
        async with connected("tls://127.0.0.1:9", insecure=False):
            pass
