"""The DNS tree walk: which names are asked, where it stops, and which policy comes of it (RFC 9989 §4.10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dmarc import Disposition
from auditor.policy.dmarc.tree import walk
from tests.policy.dmarc.worlds import Published, tree_of, walked_by

NONE, QUARANTINE, REJECT = Disposition
RECORD = "v=DMARC1; p=reject"
TOP, SUFFIX = f"{RECORD}; psd=n", f"{RECORD}; psd=y"


# The walk.


@pytest.mark.parametrize("labels", range(1, 15))
def test_a_walk_asks_the_name_and_then_from_seven_labels_at_most_up_to_the_top(labels: int) -> None:
    domain = ".".join(f"l{number}" for number in range(labels, 0, -1))
    names = walk(domain)
    assert names[0] == domain
    assert [name.count(".") + 1 for name in names[1:]] == list(range(min(7, labels - 1), 0, -1))
    assert all(domain.endswith(f".{name}") for name in names[1:])


@given(st.lists(st.sampled_from(["a", "b", "com", "xn--p1ai"]), min_size=1, max_size=60))
def test_no_walk_takes_more_than_eight_queries(labels: list[str]) -> None:
    assert len(walk(".".join(labels))) <= 8


@pytest.mark.parametrize("psd", ["y", "n"])
def test_a_walk_stops_at_psd_wherever_it_stands(psd: str) -> None:
    names = ["a.b.example.com", "b.example.com", "example.com", "com"]
    for number, name in enumerate(names, start=1):
        assert walked_by("a.b.example.com", {name: f"{RECORD}; psd={psd}", "com": f"{RECORD}; psd=y"}) == names[:number]


def test_a_walk_does_not_stop_at_several_records_or_at_an_unknown_psd() -> None:
    two = [f"{RECORD}; psd=n", f"{RECORD}; psd=y"]
    for found in (two, f"{RECORD}; psd=u", f"{RECORD}; psd=x", "v=DMARC2; psd=y"):
        assert walked_by("a.example.com", {"a.example.com": found, "example.com": found}) == [
            "a.example.com",
            "example.com",
            "com",
        ]


@pytest.mark.parametrize(
    ("domain", "published", "organizational", "location"),
    [
        # Nothing at all: the name itself (§4.10.2).
        ("a.example.com", {}, "a.example.com", None),
        # psd=y at the name itself does not make a name below it (§4.10.2, rule 2), and stops the walk.
        ("co.example", {"co.example": SUFFIX, "example": RECORD}, "co.example", "co.example"),
        # psd=n at the name itself.
        ("a.example.com", {"a.example.com": TOP, "example.com": RECORD}, "a.example.com", "a.example.com"),
        # The longest name decides: psd=n below psd=y.
        ("a.b.co.example", {"b.co.example": TOP, "co.example": SUFFIX}, "b.co.example", "b.co.example"),
        # A record without psd below psd=y: one label below, whether that has a record or not.
        ("a.b.co.example", {"a.b.co.example": RECORD, "co.example": SUFFIX}, "b.co.example", "a.b.co.example"),
        ("x.a.b.co.example", {"a.b.co.example": RECORD, "co.example": SUFFIX}, "b.co.example", "co.example"),
        # A top-level domain that forgot psd=y takes all below it in (§11.8).
        ("a.example.com", {"example.com": RECORD, "com": RECORD}, "com", "com"),
        # Several records at the organizational domain: the public suffix domain's (§4.10.1).
        (
            "a.b.co.example",
            {"b.co.example": [RECORD, f"{RECORD};"], "co.example": SUFFIX},
            "b.co.example",
            "co.example",
        ),
        # A suffix so deep that its organizational domain is not asked (§4.10, step 4).
        ("a.b.c.d.e.f.g.h.i", {"c.d.e.f.g.h.i": SUFFIX}, "b.c.d.e.f.g.h.i", "c.d.e.f.g.h.i"),
        ("a.b.c.d.e.f.g.h.i", {"b.c.d.e.f.g.h.i": RECORD}, "a.b.c.d.e.f.g.h.i", None),
        # A top-level domain, a public suffix, A-labels.
        ("com", {"com": RECORD}, "com", "com"),
        ("co.uk", {"uk": RECORD}, "uk", "uk"),
        (
            "mail.xn--bcher-kva.xn--p1ai",
            {"xn--bcher-kva.xn--p1ai": RECORD},
            "xn--bcher-kva.xn--p1ai",
            "xn--bcher-kva.xn--p1ai",
        ),
    ],
)
def test_organizational_domain_and_record(
    domain: str, published: Published, organizational: str, location: str | None
) -> None:
    tree = tree_of(domain, published)
    assert tree.organizational_domain == organizational
    assert (tree.record and tree.record.location) == (location and f"_dmarc.{location}")


# Policies.

OWN, ABOVE = "a.example.com", "example.com"


@pytest.mark.parametrize(
    ("tags", "own", "existing", "missing"),
    [
        ("", NONE, NONE, NONE),
        ("p=reject", REJECT, REJECT, REJECT),
        ("p=reject; sp=quarantine", REJECT, QUARANTINE, QUARANTINE),
        ("p=reject; np=none", REJECT, REJECT, NONE),
        ("p=none; sp=quarantine; np=reject", NONE, QUARANTINE, REJECT),
        ("sp=reject", NONE, REJECT, REJECT),  # p counts as none, and sp stands (§4.7)
        ("np=reject", NONE, NONE, REJECT),
        ("p=reject; t=y", QUARANTINE, QUARANTINE, QUARANTINE),
        ("p=quarantine; sp=none; np=reject; t=y", NONE, NONE, QUARANTINE),
        ("p=bad", None, None, None),
        ("p=reject; sp=bad", None, None, None),
        ("p=reject; np=bad", None, None, None),
        ("p=bad; sp=reject; rua=mailto:a@example.com", NONE, NONE, NONE),
        ("p=reject; sp=bad; rua=mailto:a@example.com", NONE, NONE, NONE),
        ("p=reject; np=bad; rua=mailto:a@example.com; t=y", NONE, NONE, NONE),
        ("p=reject; np=bad; rua=b", None, None, None),
        ("p=reject; p=reject", None, None, None),  # RFC 6376 §3.2
        ("p=reject; x=1; x=2; rua=mailto:a@example.com", None, None, None),
        ("p=reject; pct=0", REJECT, REJECT, REJECT),  # retired
    ],
)
def test_policy_in_effect(
    tags: str, own: Disposition | None, existing: Disposition | None, missing: Disposition | None
) -> None:
    """§4.10.1, for an organizational domain, and for names below it that have no record."""
    published = {ABOVE: f"v=DMARC1; {tags}"}
    at, below = tree_of(ABOVE, published), tree_of(OWN, published)
    assert (at.policy, at.subdomain_policy, at.nonexistent_policy) == (own, existing, missing)
    assert (below.policy, below.subdomain_policy, below.nonexistent_policy) == (existing, existing, missing)
    assert tree_of(OWN, published, exists=False).policy is missing


@pytest.mark.parametrize("tags", ["p=none", "p=none; sp=none; np=none", "p=none; sp=none; psd=u"])
def test_below_a_subdomain_with_a_record_the_organizational_domain_decides(tags: str) -> None:
    published = {OWN: f"v=DMARC1; {tags}", ABOVE: "v=DMARC1; p=quarantine; np=reject"}
    tree = tree_of(OWN, published)
    assert (tree.policy, tree.subdomain_policy, tree.nonexistent_policy) == (NONE, QUARANTINE, REJECT)


def test_with_psd_n_a_subdomain_decides_for_what_is_below_it() -> None:
    published = {OWN: "v=DMARC1; p=none; sp=reject; psd=n", ABOVE: "v=DMARC1; p=quarantine"}
    tree = tree_of(OWN, published)
    assert (tree.policy, tree.subdomain_policy) == (NONE, REJECT)


def test_with_psd_y_a_name_decides_for_those_registered_below_it() -> None:
    published = {"bank.example": "v=DMARC1; p=none; sp=quarantine; np=reject; psd=y", "example": RECORD}
    tree = tree_of("bank.example", published)
    assert (tree.policy, tree.subdomain_policy, tree.nonexistent_policy) == (NONE, QUARANTINE, REJECT)
    assert tree_of("gone.bank.example", published, exists=False).policy is REJECT


def test_below_a_name_of_eight_labels_its_own_record_is_passed_over() -> None:
    """§4.10, step 4: from nine labels the walk goes on at seven."""
    domain = "a.b.c.d.e.f.g.h"
    tree = tree_of(domain, {domain: "v=DMARC1; p=none", "b.c.d.e.f.g.h": RECORD})
    assert (tree.policy, tree.subdomain_policy) == (NONE, REJECT)
    assert tree_of(domain, {domain: RECORD}).subdomain_policy is None
