"""What RFC 9989 shows by example: walks, organizational domains and records."""

import pytest

from auditor.model.dmarc import Disposition
from tests.policy.dmarc.worlds import Published, tree_of, walked_by

NONE, QUARANTINE, REJECT = Disposition
RECORD = "v=DMARC1; p=reject"


def test_a_long_name_takes_eight_queries() -> None:
    """§4.10, at its end."""
    assert walked_by("a.b.c.d.e.f.g.h.i.j.mail.example.com", {}) == [
        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "g.h.i.j.mail.example.com",
        "h.i.j.mail.example.com",
        "i.j.mail.example.com",
        "j.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
    ]


@pytest.mark.parametrize(
    ("published", "organizational"),
    [
        ({"mail.example.com": RECORD, "example.com": RECORD}, "example.com"),
        ({"mail.example.com": f"{RECORD}; psd=n", "example.com": RECORD}, "mail.example.com"),
        ({"com": f"{RECORD}; psd=y"}, "example.com"),
    ],
)
def test_organizational_domain_of_a_mail_example_com(published: Published, organizational: str) -> None:
    """§4.10.2, the three examples at its end."""
    assert tree_of("a.mail.example.com", published).organizational_domain == organizational


@pytest.mark.parametrize("domain", ["example.com", "signing.example.com"])
def test_simple_example(domain: str) -> None:
    """Appendix B.4.1."""
    published = {"example.com": RECORD, "signing.example.com": "v=DMARC1; p=none"}
    assert walked_by(domain, published)[-2:] == ["example.com", "com"]
    assert tree_of(domain, published).organizational_domain == "example.com"
    assert tree_of(domain, published).policy is (REJECT if domain == "example.com" else NONE)


def test_deep_example() -> None:
    """Appendix B.4.2."""
    domain, published = "a.b.c.d.e.f.g.h.i.j.k.example.com", {"example.com": RECORD, "signing.example.com": RECORD}
    assert walked_by(domain, published) == [
        domain,
        "g.h.i.j.k.example.com",
        "h.i.j.k.example.com",
        "i.j.k.example.com",
        "j.k.example.com",
        "k.example.com",
        "example.com",
        "com",
    ]
    tree = tree_of(domain, published)
    assert tree.organizational_domain == "example.com"
    assert tree.record is not None
    assert tree.record.location == "_dmarc.example.com"


@pytest.mark.parametrize(
    ("domain", "names", "organizational", "policy"),
    [
        ("giant.bank.example", ["giant.bank.example", "bank.example"], "giant.bank.example", REJECT),
        (
            "mail.giant.bank.example",
            ["mail.giant.bank.example", "giant.bank.example", "bank.example"],
            "giant.bank.example",
            REJECT,
        ),
        (
            "mail.mega.bank.example",
            ["mail.mega.bank.example", "mega.bank.example", "bank.example"],
            "mega.bank.example",
            QUARANTINE,
        ),
    ],
)
def test_public_suffix_example(domain: str, names: list[str], organizational: str, policy: Disposition) -> None:
    """Appendix B.4.3."""
    published = {"bank.example": "v=DMARC1; p=quarantine; psd=y", "giant.bank.example": RECORD}
    assert walked_by(domain, published) == names
    tree = tree_of(domain, published)
    assert (tree.organizational_domain, tree.policy) == (organizational, policy)


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com", NONE),
        ("v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com; t=y", NONE),
        ("v=DMARC1; p=reject; rua=mailto:dmarc-feedback@example.com", REJECT),
    ],
)
def test_records_of_a_domain_owner(record: str, policy: Disposition) -> None:
    """Appendix B.2.1 and B.2.5."""
    published = {"test.example.com": record, "example.com": "v=DMARC1; p=quarantine"}
    assert tree_of("test.example.com", published).policy is policy
