"""DKIM for a domain: which selectors are asked for, and what they come to."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dkim import DkimAudit, DkimStatus
from auditor.model.dns import DnsStatus
from auditor.policy.dkim import audit_dkim
from auditor.policy.dkim.selectors import COMMON
from tests.policy.zone import Content, Zone

KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
OTHER = "v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
BROKEN = "v=DKIM1; p=MIIBIj"
REVOKED = "v=DKIM1; p="
PARENT, CONTROL = "_domainkey.example.com", "x-1"
THERE = DnsStatus.NODATA


def zone(content: Mapping[str, Content], otherwise: DnsStatus = DnsStatus.NXDOMAIN) -> Zone:
    """What stands at selectors, at the made-up label, and at ``_domainkey`` itself, which is there if not said."""
    names = {label if label == PARENT else f"{label}.{PARENT}": one for label, one in content.items()}
    return Zone({PARENT: THERE, "shared.example.net": (KEY,), **names}, otherwise)


def ask(asked: Zone, *, given: tuple[str, ...] = (), derived: tuple[str, ...] = ()) -> DkimAudit:
    return asked.run(audit_dkim("example.com", given=given, derived=derived, control=CONTROL))


def audit(content: Mapping[str, Content], **selectors: tuple[str, ...]) -> DkimAudit:
    return ask(zone(content), **selectors)


STATUS: dict[str, tuple[dict[str, Content], DkimStatus]] = {
    "a key": ({"s1": (KEY,)}, DkimStatus.PRESENT),
    "a key by an alias": ({"s1": "->shared.example.net"}, DkimStatus.PRESENT),
    "a broken key": ({"s1": (BROKEN,)}, DkimStatus.PRESENT),
    "a key beside one that is revoked": ({"s1": (KEY,), "s2": (REVOKED,)}, DkimStatus.PRESENT),
    "a key beside a lookup that failed": ({"s1": (KEY,), "s2": DnsStatus.TIMEOUT}, DkimStatus.PRESENT),
    "a key beside a wildcard": ({"s1": (KEY,), CONTROL: (REVOKED,)}, DkimStatus.PRESENT),
    "a key, and a control that failed": ({"s1": (KEY,), CONTROL: DnsStatus.SERVFAIL}, DkimStatus.PRESENT),
    "a key below what is denied": ({PARENT: DnsStatus.NXDOMAIN, "s1": (KEY,)}, DkimStatus.ABSENT),
    "only revoked ones": ({"s1": (REVOKED,), "s2": (REVOKED,)}, DkimStatus.REVOKED),
    "all revoked by a wildcard": ({CONTROL: (REVOKED,)}, DkimStatus.REVOKED),
    "revoked ones beside a lookup that failed": ({"s1": (REVOKED,), "s2": DnsStatus.TIMEOUT}, DkimStatus.UNKNOWN),
    "nothing below the parent": ({}, DkimStatus.UNKNOWN),
    "no parent": ({PARENT: DnsStatus.NXDOMAIN}, DkimStatus.ABSENT),
    "no parent, and a control that failed": (
        {PARENT: DnsStatus.NXDOMAIN, CONTROL: DnsStatus.TIMEOUT},
        DkimStatus.ABSENT,
    ),
    "no parent, but a control": ({PARENT: DnsStatus.NXDOMAIN, CONTROL: THERE}, DkimStatus.UNKNOWN),
    "a parent that is an alias of nothing": ({PARENT: "->gone.example.net"}, DkimStatus.UNKNOWN),
    "a parent that failed": ({PARENT: DnsStatus.SERVFAIL}, DkimStatus.UNKNOWN),
    "other records": ({"s1": ("v=spf1 -all",), CONTROL: ("v=spf1 -all",)}, DkimStatus.UNKNOWN),
    "a wildcard's key": ({"s1": (KEY,), "s2": (KEY,), CONTROL: (KEY,)}, DkimStatus.UNKNOWN),
    "a wildcard's alias": (
        {"s1": "->shared.example.net", CONTROL: "->shared.example.net"},
        DkimStatus.UNKNOWN,
    ),
}


@pytest.mark.parametrize("case", STATUS)
def test_status(case: str) -> None:
    content, status = STATUS[case]
    found = audit(content)
    assert found.status is status
    assert bool(found.reason) is (status in {DkimStatus.ABSENT, DkimStatus.UNKNOWN})


def test_absence_takes_one_batch() -> None:
    asked = zone({PARENT: DnsStatus.NXDOMAIN})
    found = ask(asked, given=("mine",), derived=("google",))
    assert asked.asked == [PARENT, f"{CONTROL}.{PARENT}", f"mine.{PARENT}", f"google.{PARENT}"]
    assert (found.asked, found.status) == (("mine", "google"), DkimStatus.ABSENT)
    assert found.reason == f"{PARENT} does not exist (NXDOMAIN), so that nothing does below it (RFC 8020 §2)"


def test_a_server_that_denies_what_it_has_is_not_believed() -> None:
    key = audit({PARENT: DnsStatus.NXDOMAIN, "google": (KEY,)}, derived=("google",))
    assert (key.status, [one.selector for one in key.keys]) == (DkimStatus.PRESENT, ["google"])
    alias = audit({PARENT: DnsStatus.NXDOMAIN, "google": "->gone.example.net"}, derived=("google",))
    assert alias.status is DkimStatus.UNKNOWN
    assert alias.asked == ("google", *(selector for selector in COMMON if selector != "google"))
    assert alias.reason == (
        f"{PARENT} is said not to exist, but names below it do (against RFC 8020 §2); "
        "aliases that lead to nothing: google: gone.example.net; "
        "no selector of the 12 asked for has a key of its own in use; others may"
    )


def test_a_server_that_answers_nothing_is_asked_no_more() -> None:
    asked = zone({PARENT: DnsStatus.TIMEOUT}, otherwise=DnsStatus.TIMEOUT)
    found = ask(asked, derived=("google",))
    assert asked.asked == [PARENT, f"{CONTROL}.{PARENT}", f"google.{PARENT}"]
    assert found.status is DkimStatus.UNKNOWN
    assert found.reason == (
        "TXT: timeout for _domainkey itself, a made-up selector, google; "
        "no selector of the 1 asked for has a key of its own in use; others may"
    )


def test_lookups_that_failed_are_named() -> None:
    found = audit({"s1": DnsStatus.SERVFAIL, "k1": DnsStatus.SERVFAIL, "s2": DnsStatus.BOGUS, "k2": (REVOKED,)})
    assert found.reason == (
        "TXT: servfail for s1, k1; TXT: bogus for s2; "
        "no selector of the 12 asked for has a key of its own in use; others may"
    )


def test_selectors_are_asked_once_in_order_and_in_lower_case() -> None:
    found = audit({}, given=("Mine", "k1", "mine"), derived=("selector1", "k1"))
    assert found.asked[:3] == ("mine", "k1", "selector1")
    assert sorted(found.asked) == sorted({"mine", *COMMON})


def test_a_second_batch_is_left_out_where_nothing_is_left_to_ask() -> None:
    assert audit({}, given=COMMON).asked == COMMON


def test_a_key_says_where_it_stands_and_where_its_alias_leads() -> None:
    (key,) = audit({"s1": "->shared.example.net"}).keys
    assert (key.selector, key.name, key.canonical_name) == ("s1", f"s1.{PARENT}", "shared.example.net")
    (key,) = audit({"s1": (KEY,)}).keys
    assert (key.record, key.canonical_name, key.several) == (KEY, "", False)


@pytest.mark.parametrize(
    ("records", "revoked", "testing"),
    [
        ((KEY, OTHER), False, False),
        ((BROKEN, OTHER), False, True),
        ((REVOKED, KEY), False, False),
        ((REVOKED, BROKEN), False, False),
        (("v=spf1 -all", KEY), False, False),
        ((REVOKED, "v=spf1 -all"), True, False),
    ],
)
def test_of_several_records_the_best_is_read(records: tuple[str, ...], revoked: bool, testing: bool) -> None:
    (key,) = audit({"s1": records}).keys
    assert (key.several, key.record) == (True, "|".join(records))
    assert (key.revoked, key.testing) == (revoked, testing)


WILDCARD: dict[tuple[str, ...], tuple[str, bool]] = {
    (KEY,): (KEY, False),
    (REVOKED,): (REVOKED, True),
    (KEY, REVOKED): (f"{KEY}|{REVOKED}", False),
    ("v=spf1 -all", REVOKED): (f"v=spf1 -all|{REVOKED}", True),
    ("v=spf1 -all",): ("", False),
}


@pytest.mark.parametrize("records", WILDCARD)
def test_what_a_wildcard_puts_at_every_selector_is_no_key(records: tuple[str, ...]) -> None:
    everywhere: dict[str, Content] = dict.fromkeys((CONTROL, *COMMON[1:]), records)
    found = audit(everywhere)
    assert (found.wildcard, found.wildcard_revoked) == WILDCARD[records]
    assert found.keys == ()
    own = audit({**everywhere, "default": (OTHER,)})
    assert ([key.selector for key in own.keys], own.status) == (["default"], DkimStatus.PRESENT)


def test_aliases_that_lead_to_nothing_are_listed_but_not_those_of_a_wildcard() -> None:
    assert audit({"s1": "->gone.example.net", "s2": THERE, "k1": "->shared.example.net"}).dead == (
        "s1: gone.example.net",
    )
    assert audit({"s1": "->gone.example.net", CONTROL: "->gone.example.net"}).dead == ()


contents = st.one_of(
    st.sampled_from(list(DnsStatus)).filter(lambda status: status is not DnsStatus.ANSWERED),
    st.sampled_from(["->shared.example.net", "->gone.example.net"]),
    st.lists(st.sampled_from([KEY, OTHER, BROKEN, REVOKED, "v=spf1 -all", ""]), max_size=2).map(tuple),
)


@given(st.dictionaries(st.sampled_from([CONTROL, "google", *COMMON[:4]]), contents), contents)
def test_what_is_said_fits_together(selectors: dict[str, Content], parent: Content) -> None:
    found = audit({PARENT: parent, **selectors}, derived=("google",))
    in_use = [key for key in found.keys if not key.revoked]
    assert bool(in_use) is (found.status is DkimStatus.PRESENT)
    assert found.status is not DkimStatus.REVOKED or found.keys or found.wildcard_revoked
    assert found.status is not DkimStatus.ABSENT or (not found.keys and parent is DnsStatus.NXDOMAIN)
    assert bool(found.reason) is (found.status in {DkimStatus.ABSENT, DkimStatus.UNKNOWN})
    assert {key.selector for key in found.keys} <= set(found.asked)
