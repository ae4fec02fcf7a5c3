"""Discovery by the public suffix list (RFC 7489 §6.6.3), and where it parts from the tree walk."""

import pytest

from auditor.model.dmarc import Disposition
from auditor.model.dns import DnsStatus
from tests.policy.dmarc.worlds import Published, audited, suffix_of

NONE, QUARANTINE, REJECT = Disposition
RECORD = "v=DMARC1; p=reject"


@pytest.mark.parametrize(
    ("domain", "published", "organizational", "location"),
    [
        ("example.com", {}, "example.com", None),
        ("example.com", {"com": RECORD}, "example.com", None),
        ("a.b.example.com", {"example.com": RECORD}, "example.com", "example.com"),
        ("a.b.example.com", {"b.example.com": RECORD}, "example.com", None),  # never asked: only two names are
        ("a.example.com", {"a.example.com": RECORD, "example.com": RECORD}, "example.com", "a.example.com"),
        ("a.example.co.uk", {"example.co.uk": RECORD, "co.uk": RECORD}, "example.co.uk", "example.co.uk"),
        ("shop.github.io", {"github.io": RECORD}, "shop.github.io", None),
        ("co.uk", {"co.uk": RECORD, "uk": RECORD}, "co.uk", "co.uk"),
        ("com", {"com": RECORD}, "com", "com"),
        ("a.b.c.d.e.f.g.h.i.example.com", {"example.com": RECORD}, "example.com", "example.com"),
        ("www.xn--85x722f.xn--55qx5d.cn", {"xn--85x722f.xn--55qx5d.cn": RECORD}, *["xn--85x722f.xn--55qx5d.cn"] * 2),
        ("a.example.com", {"a.example.com": "v=DMARC2", "example.com": RECORD}, "example.com", "example.com"),
        # Several records end it there: none of them counts, and nobody goes on to the organizational domain (step 5).
        ("a.example.com", {"a.example.com": [RECORD, f"{RECORD};"], "example.com": RECORD}, "example.com", None),
    ],
)
def test_organizational_domain_and_record(
    domain: str, published: Published, organizational: str, location: str | None
) -> None:
    suffix = suffix_of(domain, published)
    assert suffix.organizational_domain == organizational
    assert (suffix.record and suffix.record.location) == (location and f"_dmarc.{location}")


@pytest.mark.parametrize(
    ("tags", "own", "below"),
    [
        ("p=reject", REJECT, REJECT),
        ("p=reject; sp=none", REJECT, NONE),
        ("p=none; np=reject; t=y; psd=y", NONE, NONE),
        ("p=reject; t=y", REJECT, REJECT),
        ("p=reject; np=bad", REJECT, REJECT),
        ("sp=reject", None, None),
        ("p=bad; sp=reject", None, None),
        ("p=reject; sp=bad", None, None),
        ("sp=reject; rua=mailto:a@example.com", NONE, NONE),
        ("p=reject; sp=bad; rua=mailto:a@example.com", NONE, NONE),
        ("p=reject; p=reject; rua=mailto:a@example.com", None, None),
    ],
)
def test_policy_in_effect(tags: str, own: Disposition | None, below: Disposition | None) -> None:
    published = {"example.com": f"v=DMARC1; {tags}"}
    at, under = suffix_of("example.com", published), suffix_of("a.example.com", published)
    assert (at.policy, at.subdomain_policy, at.nonexistent_policy) == (own, below, below)
    assert (under.policy, under.subdomain_policy, under.nonexistent_policy) == (below, below, below)


def test_below_a_public_suffix_its_record_says_nothing() -> None:
    suffix = suffix_of("co.uk", {"co.uk": RECORD})
    assert (suffix.policy, suffix.subdomain_policy) == (REJECT, None)


def test_with_a_record_of_its_own_only_what_is_below_the_name_hangs_on_the_organizational_domain() -> None:
    suffix = suffix_of("a.example.com", {"a.example.com": RECORD, "example.com": DnsStatus.SERVFAIL})
    assert (suffix.policy, suffix.subdomain_policy, suffix.complete) == (REJECT, None, False)


@pytest.mark.parametrize(
    ("domain", "published", "differs"),
    [
        ("example.com", {}, False),
        ("example.com", {"example.com": RECORD}, False),
        ("a.example.com", {"example.com": "v=DMARC1; p=reject; sp=none"}, False),
        ("a.example.com", {"a.example.com": RECORD, "example.com": RECORD}, False),
        ("example.com", {"example.com": f"{RECORD}; t=y"}, True),  # quarantine by one, reject by the other
        ("example.com", {"example.com": "v=DMARC1; sp=reject; rua=mailto:a@example.com"}, True),
        ("example.com", {"com": f"{RECORD}; psd=y"}, True),  # applies by one alone
        ("a.b.example.com", {"b.example.com": RECORD}, True),
        ("a.example.com", {"a.example.com": f"{RECORD}; psd=n", "example.com": RECORD}, True),  # two organizations
        ("shop.github.io", {"shop.github.io": RECORD, "github.io": RECORD}, True),
        ("a.example.com", {"a.example.com": [RECORD, f"{RECORD};"], "example.com": RECORD}, True),
    ],
)
def test_whether_receivers_differ(domain: str, published: Published, differs: bool) -> None:
    assert audited(domain, published).differs is differs
