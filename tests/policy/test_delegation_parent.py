"""Where a zone begins, and what its parent says of it."""

import pytest

from auditor.model.delegation import DelegationVerdict, NameserverStatus
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.delegation import audit_delegation
from tests.policy.nameservers import (
    FIRST,
    GOOD,
    NAMES,
    PARENTS,
    POLICY,
    RESOLVERS,
    SECOND,
    SECOND6,
    Key,
    Said,
    World,
    seen,
    serving,
    statuses,
    without_authority,
)


def test_a_nameserver_that_only_the_parent_names_is_asked_too() -> None:
    delegated = without_authority("ns1.example.com", "old.example.org")
    old = "203.0.113.1"
    world = World(
        {
            **GOOD,
            ("example.com", "NS", PARENTS): delegated,
            ("old.example.org", "A", ""): (old,),
            ("example.com", "SOA", old): DnsStatus.REFUSED,
        }
    )
    found = world.run(audit_delegation("example.com", POLICY))
    assert [one.name for one in found.nameservers] == [*NAMES, "old.example.org"]
    assert statuses(found)[old] is NameserverStatus.REFUSED
    assert (found.parent_set, found.child_set) == (("ns1.example.com", "old.example.org"), NAMES)
    assert found.verdict is DelegationVerdict.DIFFERS
    assert len(world.batches) == 6


def test_where_resolvers_get_nothing_from_a_zone_its_parent_still_says_who_serves_it() -> None:
    failed = {("example.com", "NS", ""): DnsStatus.SERVFAIL}
    found = seen(GOOD, failed, *(serving(one, soa=DnsStatus.REFUSED) for one in (FIRST, SECOND, SECOND6)))
    assert (found.apex, found.parent_set, found.child_set) == ("example.com", NAMES, ())
    assert set(statuses(found).values()) == {NameserverStatus.REFUSED}
    assert found.verdict is DelegationVerdict.UNKNOWN


PARENT: dict[str, tuple[dict[Key, Said | Answer], str, str]] = {
    "silent": ({("example.com", "NS", PARENTS): DnsStatus.TIMEOUT}, "", "192.0.2.53 NS: timeout"),
    "knows nothing": ({("example.com", "NS", PARENTS): DnsStatus.NXDOMAIN}, "", "192.0.2.53 NS: nxdomain"),
    "without address": ({("a.nic.com", "A", ""): DnsStatus.SERVFAIL}, "", "no nameserver of com can be asked"),
    "not known": ({("com", "NS", ""): DnsStatus.SERVFAIL}, "", "com NS: servfail"),
    "the same": ({("example.com", "NS", PARENTS): NAMES}, "the nameservers of com serve example.com too", ""),
    "of two minds": (
        {
            ("com", "NS", ""): ("a.nic.com", "b.nic.com"),
            ("b.nic.com", "A", ""): ("192.0.2.54",),
            ("example.com", "NS", "192.0.2.54"): without_authority("ns1.example.com"),
        },
        "",
        "do not agree about example.com",
    ),
}


@pytest.mark.parametrize("how", PARENT)
def test_a_parent_that_does_not_tell(how: str) -> None:
    changes, not_delegated, unknown = PARENT[how]
    found = seen(GOOD, changes)
    assert found.parent_set == ()
    assert found.not_delegated == not_delegated
    assert unknown in found.unknown_parent
    assert bool(found.unknown_parent) is bool(unknown)
    assert found.verdict is (DelegationVerdict.CONSISTENT if not_delegated else DelegationVerdict.UNKNOWN)


def test_one_of_two_nameservers_of_the_parent_is_enough() -> None:
    two = {("com", "NS", ""): ("a.nic.com", "b.nic.com"), ("b.nic.com", "A", ""): ("192.0.2.54",)}
    assert seen(GOOD, two).parent_set == NAMES


def test_two_nameservers_of_the_parent_are_asked_and_not_the_same_for_all_zones() -> None:
    letters = tuple(f"{letter}.nic.com" for letter in "abcdefgh")
    addresses = {(name, "A", ""): (f"192.0.2.{60 + number}",) for number, name in enumerate(letters)}
    asked = set()
    for domain in (f"example{number}.com" for number in range(20)):
        world = World({("com", "NS", ""): letters, (domain, "NS", ""): ("ns1.example.com",), **addresses})
        world.run(audit_delegation(domain, POLICY))
        of_parent = {server for server in world.asked_at if (server,) in addresses.values()}
        assert len(of_parent) == 2
        asked |= of_parent
    assert len(asked) == len(letters)


def test_the_root_is_not_asked() -> None:
    world = World({("com", "NS", ""): NAMES, **{key: said for key, said in RESOLVERS.items() if key[1] != "NS"}})
    found = world.run(audit_delegation("example.com", POLICY))
    assert (found.apex, found.parent, found.not_delegated) == ("com", "", "com is a top-level domain")
    assert all(one.name for batch in world.batches for one in batch)


@pytest.mark.parametrize("status", [DnsStatus.NODATA, DnsStatus.SERVFAIL])
def test_where_no_zone_is_found_nothing_more_is_asked(status: DnsStatus) -> None:
    world = World({("example.com", "NS", ""): status, ("com", "NS", ""): status})
    found = world.run(audit_delegation("example.com", POLICY))
    assert (found.apex, found.nameservers, found.verdict) == ("", (), DelegationVerdict.UNKNOWN)
    assert len(found.unknown) == 1
    assert len(world.batches) == 1


def test_neither_resolvers_nor_parent_know() -> None:
    found = seen(
        {**GOOD, ("example.com", "NS", ""): DnsStatus.TIMEOUT, ("example.com", "NS", PARENTS): DnsStatus.NODATA}
    )
    assert (found.apex, found.unknown) == ("", ("example.com NS: timeout",))
    assert "nodata" in found.unknown_parent


def test_ns_records_behind_an_alias_are_of_another_zone() -> None:
    alias = Answer(question=Question("", ""), status=DnsStatus.ANSWERED, records=("x.test",), aliases=("other.test",))
    assert seen(GOOD, {("www.example.com", "NS", ""): alias}, domain="www.example.com").apex == "example.com"
