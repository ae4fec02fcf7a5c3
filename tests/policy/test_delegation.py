"""A zone's delegation, and which of its nameservers know it."""

from dataclasses import replace

import pytest

from auditor.model.delegation import DelegationVerdict, NameserverStatus
from auditor.model.dns import Answer, DnsStatus
from auditor.policy.delegation import audit_delegation
from auditor.policy.drive import replay
from auditor.policy.zone_nameservers import MAX_ADDRESSES, MAX_NAMESERVERS
from tests.policy.nameservers import (
    FIRST,
    GOOD,
    NAMES,
    PARENTS,
    POLICY,
    SECOND,
    SECOND6,
    SOA,
    Said,
    World,
    seen,
    serving,
    statuses,
    without_authority,
)


def test_a_zone_whose_parent_and_nameservers_agree() -> None:
    world = World(GOOD)
    found = world.run(audit_delegation("example.com", POLICY))
    assert (found.domain, found.apex, found.parent) == ("example.com", "example.com", "com")
    assert found.parent_set == found.child_set == NAMES
    assert [one.name for one in found.nameservers] == list(NAMES)
    assert statuses(found) == dict.fromkeys((FIRST, SECOND, SECOND6), NameserverStatus.OK)
    assert (found.serials, found.families) == ((7,), ("A", "AAAA"))
    assert (found.differences, found.unknown, found.left_out, found.unknown_parent) == ((), (), (), "")
    assert found.verdict is DelegationVerdict.CONSISTENT
    assert len(world.batches) == 4
    assert world.asked_at[PARENTS] == ["example.com NS"]
    for server in (FIRST, SECOND, SECOND6):
        zone = ["example.com SOA", "example.com NS", "example.com MX", "example.com TXT", "_dmarc.example.com TXT"]
        assert world.asked_at[server] == zone


def test_a_name_below_the_apex_is_asked_for_at_the_nameservers_of_its_zone() -> None:
    below = {("mail.example.com", "MX", server): ("10 mx",) for server in (FIRST, SECOND)}
    found = seen(GOOD, below, {("mail.example.com", "MX", SECOND6): ("20 mx",)}, domain="mail.example.com")
    assert (found.domain, found.apex) == ("mail.example.com", "example.com")
    assert [(one.name, one.type) for one in found.differences] == [("mail.example.com", "MX")]


LAME: dict[str, tuple[Said | Answer, NameserverStatus, str]] = {
    "a cache": (without_authority(SOA.format(7)), NameserverStatus.LAME, "it answers without authority"),
    "servfail": (DnsStatus.SERVFAIL, NameserverStatus.LAME, "servfail"),
    "no soa": (DnsStatus.NODATA, NameserverStatus.LAME, "it answers without authority"),
    "refused": (DnsStatus.REFUSED, NameserverStatus.REFUSED, "refused"),
    "silent": (DnsStatus.TIMEOUT, NameserverStatus.UNREACHABLE, "timeout"),
    "garbage": (DnsStatus.MALFORMED, NameserverStatus.UNKNOWN, "malformed"),
    "blocked": (DnsStatus.NOT_ASKED, NameserverStatus.SKIPPED, "not-asked"),
}


@pytest.mark.parametrize("how", LAME)
def test_a_nameserver_that_does_not_know_the_zone_is_asked_no_further(how: str) -> None:
    said, status, reason = LAME[how]
    world = World({**GOOD, **serving(FIRST, soa=said, mx=("99 other",))})
    found = world.run(audit_delegation("example.com", POLICY))
    first = found.nameservers[0].addresses[0]
    assert (first.status, first.reason, first.serial) == (status, reason, None)
    assert world.asked_at[FIRST] == ["example.com SOA"]
    assert found.differences == ()
    assert found.verdict is (DelegationVerdict.CONSISTENT if status.known else DelegationVerdict.UNKNOWN)


def test_addresses_that_are_not_known_are_told_from_none() -> None:
    names = ("ns1.example.com", "none.example.com", "ns", "failed.example.com")
    found = seen(GOOD, {("example.com", "NS", ""): names, ("failed.example.com", "A", ""): DnsStatus.SERVFAIL})
    known = {one.name: (one.known, one.unknown) for one in found.nameservers}
    assert known["none.example.com"] == (True, "")
    assert known["failed.example.com"] == (False, "A: servfail")
    assert known["ns"] == (False, "its name is none whose addresses are looked up")


def test_what_is_asked_is_bounded_and_what_is_left_out_is_said() -> None:
    names = tuple(f"ns{number:02}.example.com" for number in range(40))
    many = {(name, "A", ""): tuple(f"192.0.2.{number}" for number in range(100, 140)) for name in names}
    world = World({**GOOD, ("example.com", "NS", ""): names, **many, **serving("192.0.2.100")})
    found = world.run(audit_delegation("example.com", POLICY))
    assert len(found.nameservers) == MAX_NAMESERVERS
    assert {len(one.addresses) for one in found.nameservers} == {MAX_ADDRESSES}
    assert "ns08.example.com: beyond 8 nameservers" in found.left_out
    assert "ns00.example.com 192.0.2.139: beyond 4 addresses" in found.left_out
    assert all(len(set(batch)) == len(batch) for batch in world.batches)
    assert len(world.asked_at) == MAX_ADDRESSES + 1


def test_families_that_are_not_contacted_are_not_asked() -> None:
    world = World(GOOD)
    found = world.run(audit_delegation("example.com", replace(POLICY, families=("A",))))
    assert set(world.asked_at) == {PARENTS, FIRST, SECOND}
    assert (found.families, found.verdict) == (("A",), DelegationVerdict.CONSISTENT)
    assert found.left_out == (f"ns2.example.net {SECOND6}: IPv6 is not contacted",)


def test_it_can_be_replayed_from_recorded_answers() -> None:
    world = World(GOOD)
    live = world.run(audit_delegation("example.com", POLICY))
    recorded = {question: world.answer(question) for batch in world.batches for question in batch}
    assert replay(audit_delegation("example.com", POLICY), recorded.get) == live
    recorded.popitem()
    assert replay(audit_delegation("example.com", POLICY), recorded.get) is None
