"""DMARC of one name: what is asked, what it comes to in a word, and what is not known."""

import pytest

from auditor.model.dmarc import Disposition, DmarcStatus
from auditor.model.dns import DnsStatus
from auditor.policy.dmarc import audit_dmarc
from tests.policy.answering import FAILURES
from tests.policy.dmarc.worlds import CONTROL, Published, audited, zone_of

RECORD = "v=DMARC1; p=reject"
TWO = [RECORD, "v=DMARC1; p=none"]


def questions(domain: str, published: Published) -> list[list[str]]:
    zone = zone_of(published)
    zone.evaluate(audit_dmarc(domain, exists=True, control=CONTROL))
    return [[question.name for question in batch] for batch in zone.batches]


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("com", ["_dmarc.com"]),
        ("example.com", ["_dmarc.example.com", "_dmarc.com"]),
        ("a.co.uk", ["_dmarc.a.co.uk", "_dmarc.co.uk", "_dmarc.uk"]),
        # The suffix list may have an organizational domain that the walk passes over.
        (
            "a.b.env.airflow.cn-north-1.on.amazonwebservices.com.cn",
            [
                "_dmarc.a.b.env.airflow.cn-north-1.on.amazonwebservices.com.cn",
                "_dmarc.env.airflow.cn-north-1.on.amazonwebservices.com.cn",
                "_dmarc.airflow.cn-north-1.on.amazonwebservices.com.cn",
                "_dmarc.cn-north-1.on.amazonwebservices.com.cn",
                "_dmarc.on.amazonwebservices.com.cn",
                "_dmarc.amazonwebservices.com.cn",
                "_dmarc.com.cn",
                "_dmarc.cn",
                "_dmarc.b.env.airflow.cn-north-1.on.amazonwebservices.com.cn",
            ],
        ),
    ],
)
def test_one_batch_asks_the_whole_walk_and_a_made_up_name(domain: str, names: list[str]) -> None:
    for published in ({}, {domain: f"{RECORD}; psd=n"}, {domain: f"{RECORD}; rua=mailto:a@{domain}"}):
        assert questions(domain, published) == [[*names, f"{CONTROL}.{domain}"]]


def test_names_too_long_for_the_dns_are_not_asked() -> None:
    domain = ".".join(["a" * 61] * 4)  # of 247 octets
    assert questions(domain, {})[0][0] == f"_dmarc.{'.'.join(['a' * 61] * 3)}"
    audit = audited(domain, {"a" * 61: RECORD})
    assert (audit.status, audit.wildcard) == (DmarcStatus.VALID, False)


@pytest.mark.parametrize(
    ("published", "status", "reason"),
    [
        ({}, DmarcStatus.NONE, ""),
        ({"a.example.com": RECORD}, DmarcStatus.VALID, ""),
        ({"example.com": RECORD}, DmarcStatus.VALID, ""),
        ({"com": RECORD}, DmarcStatus.VALID, ""),
        (
            {"example.com": "v=DMARC1; p=all; np=x"},
            DmarcStatus.INVALID,
            "no policy in p, np at _dmarc.example.com, and no rua that can be read (RFC 9989 §4.10.1)",
        ),
        (
            {"a.example.com": f"{RECORD}; p=none"},
            DmarcStatus.INVALID,
            "tag p more than once at _dmarc.a.example.com (RFC 6376 §3.2)",
        ),
        (
            {"a.example.com": TWO},
            DmarcStatus.INVALID,
            "2 records at _dmarc.a.example.com, of which none counts (RFC 9989 §4.10)",
        ),
        (
            {"b.example.com": TWO},
            DmarcStatus.NONE,
            "",
        ),
        (
            {"example.com": TWO},
            DmarcStatus.INVALID,
            "2 records at _dmarc.example.com, of which none counts (RFC 9989 §4.10)",
        ),
        ({"a.example.com": TWO, "example.com": RECORD}, DmarcStatus.VALID, ""),
        ({"com": TWO}, DmarcStatus.NONE, ""),  # not the owner's fault
    ],
)
def test_status(published: Published, status: DmarcStatus, reason: str) -> None:
    audit = audited("a.example.com", published)
    assert (audit.status, audit.reason) == (status, reason)


def test_several_records_between_the_name_and_its_organizational_domain_count_as_the_owners() -> None:
    audit = audited("a.b.example.com", {"b.example.com": TWO})
    assert audit.status is DmarcStatus.INVALID
    assert audit.several == ("_dmarc.b.example.com",)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("domain", "published", "failing", "known"),
    [
        ("a.example.com", {}, "a.example.com", False),
        ("a.example.com", {}, "example.com", False),
        ("a.example.com", {}, "com", False),
        ("a.example.com", {"example.com": RECORD}, "a.example.com", False),
        ("a.example.com", {"example.com": RECORD}, "com", False),  # its psd=y or its lack of it would decide
        ("a.example.com", {"example.com": f"{RECORD}; psd=n"}, "com", True),
        ("a.example.com", {"a.example.com": RECORD}, "example.com", True),
        ("a.example.com", {"a.example.com": RECORD}, "com", True),
    ],
)
def test_a_lookup_that_gives_no_fact_is_never_taken_for_no_record(
    domain: str, published: Published, failing: str, known: bool, failure: DnsStatus
) -> None:
    audit = audited(domain, {**published, failing: failure})
    assert audit.status is (DmarcStatus.VALID if known else DmarcStatus.UNKNOWN)
    assert (audit.tree is not None) is known
    if f"_dmarc.{failing}" in audit.walked:
        words = "timeout" if failure is DnsStatus.TIMEOUT else f"{failure} (in words)"
        assert audit.reason == f"_dmarc.{failing} TXT: {words}"


def test_with_a_record_of_its_own_a_name_has_a_policy_although_nothing_further_up_is_known() -> None:
    audit = audited("a.example.com", {"a.example.com": RECORD, "example.com": DnsStatus.SERVFAIL})
    assert audit.tree is not None
    assert (audit.tree.policy, audit.tree.complete) == (Disposition.REJECT, False)
    assert (audit.tree.subdomain_policy, audit.tree.organizational_domain) == (None, "")
    assert audit.differs is False


@pytest.mark.parametrize(("between", "top"), [(DnsStatus.TIMEOUT, RECORD), (RECORD, DnsStatus.TIMEOUT)])
def test_the_suffix_list_needs_the_name_and_its_organizational_domain_alone(between: str, top: str) -> None:
    audit = audited("a.b.example.com", {"b.example.com": between, "com": top})
    assert audit.tree is None
    assert audit.suffix is not None
    assert audit.suffix.record is None


@pytest.mark.parametrize(
    ("at_made_up", "wildcard"),
    [
        ([], False),
        (["v=spf1 -all"], False),
        ([f"{RECORD};"], False),
        (["v=spf1 -all", RECORD], True),
        (DnsStatus.NXDOMAIN, False),
        *[(failure, None) for failure in FAILURES],
    ],
)
def test_a_record_at_a_made_up_name_too_may_be_a_wildcard(
    at_made_up: list[str] | DnsStatus, wildcard: bool | None
) -> None:
    others = {f"{CONTROL}.example.com TXT": at_made_up}
    assert audited("example.com", {"example.com": RECORD}, others=others).wildcard is wildcard
    assert audited("example.com", {"com": RECORD}, others=others).wildcard is False
    assert audited("example.com", {"example.com": DnsStatus.TIMEOUT}, others=others).wildcard is None


def test_look_alikes_are_those_at_the_name_itself() -> None:
    texts = ["v=dmarc1; p=none", RECORD, "v=spf1 -all", "v=DMARC1 p=none"]
    assert audited("example.com", {"example.com": texts, "com": texts}).look_alikes == (texts[0], texts[3])


def test_a_record_of_more_than_255_octets_is_one_text() -> None:
    text = f"{RECORD}; rua={','.join(f'mailto:reports{number}@example.com' for number in range(20))}"
    audit = audited("example.com", {"example.com": text})
    assert audit.record is not None
    assert (len(text) > 255, len(audit.record.rua)) == (True, 20)


def test_a_policy_for_names_that_do_not_exist_is_for_them_alone() -> None:
    published = {"example.com": "v=DMARC1; p=none; sp=quarantine; np=reject"}
    for exists, policy in ((True, Disposition.QUARANTINE), (False, Disposition.REJECT)):
        audit = audited("gone.example.com", published, exists=exists)
        assert audit.tree is not None
        assert audit.tree.policy is policy
