"""What those who do a run's jobs elsewhere are told when they begin, and when they take another's place."""

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from typing import cast

import pytest

from auditor.config import Config
from auditor.engine.backends.choosing import _askers, _Opening
from auditor.engine.backends.far import backend_of
from auditor.engine.backends.frames import Begin, pack, unpack
from auditor.engine.backends.link import Link

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEGIN = Begin(settings=Config(resolver=("192.0.2.53",)), began_at=AT, since=AT, ad_trusted=False)


def test_who_replaces_another_knows_that_servers_may_have_been_contacted_just_now() -> None:
    told: list[Begin] = []

    def link(begin: Begin) -> AbstractAsyncContextManager[Link]:
        told.append(begin)
        return cast("AbstractAsyncContextManager[Link]", nullcontext())

    way = _Opening(link, BEGIN)
    for _ in range(3):
        way.open()
    assert [begin.after_others for begin in told] == [False, True, True]


@pytest.mark.parametrize(
    ("nameservers", "workers", "expected"), [(False, 4, 4), (True, 1, 1), (True, 2, 2), (True, 4, 2)]
)
def test_two_ask_at_most_where_nameservers_are_asked(nameservers: bool, workers: int, expected: int) -> None:
    assert _askers(Config(nameservers=nameservers), workers) == expected


@pytest.mark.parametrize("after_others", [False, True])
def test_what_was_told_holds_where_the_jobs_are_done(after_others: bool) -> None:
    begin = Begin(
        settings=BEGIN.settings, began_at=AT, since=AT, ad_trusted=False, at_nameservers=1, after_others=after_others
    )
    arrived = unpack(pack(begin))
    assert isinstance(arrived, Begin)
    backend = backend_of(arrived)
    assert backend._resolver.nameservers._limits.per_host == 1
    assert backend._network.limits.after_others is after_others
