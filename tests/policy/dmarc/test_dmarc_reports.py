"""Where reports go, and whether those who get them agree (RFC 9990 §4; RFC 9991 §5)."""

from dataclasses import replace

import pytest

from auditor.model.dmarc import ReportAddress
from auditor.policy.dmarc import audit_dmarc
from tests.policy.answering import FAILURES, Records
from tests.policy.dmarc.worlds import CONTROL, audited, zone_of

RUA = "mailto:reports@red.example.net"
NAME = "blue.example.com._report._dmarc.red.example.net"


def reports(tags: str, others: Records | None = None, domain: str = "blue.example.com") -> tuple[ReportAddress, ...]:
    return audited(domain, {domain: f"v=DMARC1; p=none; {tags}"}, others=others).reports


def test_published_example() -> None:
    """RFC 9990 §4, blue and red."""
    (address,) = reports(f"rua={RUA}", {f"{NAME} TXT": ["v=DMARC1"]})
    assert address == ReportAddress(uri=RUA, tag="rua", external=True, question=NAME)


def test_published_example_of_failure_reports() -> None:
    """RFC 9989, appendix B.2.3."""
    others = {"example.com._report._dmarc.thirdparty.example.net TXT": ["v=DMARC1;"]}
    tags = "rua=mailto:dmarc-feedback@example.com; ruf=mailto:auth-reports@thirdparty.example.net"
    own, third = reports(tags, others, "example.com")
    assert (own.external, own.authorised) == (False, True)
    assert (third.tag, third.external, third.authorised) == ("ruf", True, True)
    assert reports(tags, {}, "example.com")[1].authorised is False


def test_published_example_of_an_override() -> None:
    """RFC 9989, appendix B.2.4: only the kind of report that is asked for."""
    name = "example.com._report._dmarc.thirdparty.example.net TXT"
    addresses = {"rua": "aggregate-reports@thirdparty.example.net", "ruf": "failure-reports@thirdparty.example.net"}
    there = ["; ".join(["v=DMARC1", *(f"{tag}=mailto:{address}" for tag, address in addresses.items())])]
    (third,) = reports("ruf=mailto:auth-reports@thirdparty.example.net", {name: there}, "example.com")
    assert third.override == ("mailto:failure-reports@thirdparty.example.net",)
    assert third.authorised is True


@pytest.mark.parametrize(
    ("found", "authorised", "override", "reason"),
    [
        (["v=DMARC1"], True, (), ""),
        (["v=DMARC1; p=none"], True, (), ""),
        (["x", "v=DMARC1", "v=DMARC1;"], True, (), ""),  # one of several is enough (step 8)
        (["v=DMARC1; ruf=mailto:a@green.example.org"], True, (), ""),  # of another kind
        (["v=DMARC1; rua=mailto:new@red.example.net"], True, ("mailto:new@red.example.net",), ""),
        (
            ["v=DMARC1; rua=mailto:a@green.example.org"],
            False,
            ("mailto:a@green.example.org",),
            f"{NAME} leads on to mailto:a@green.example.org (RFC 9990 §4)",
        ),
        ([], False, (), f"no v=DMARC1 record at {NAME} (RFC 9990 §4)"),
        (["v=dmarc1", "v=spf1 -all", "yes"], False, (), f"no v=DMARC1 record at {NAME} (RFC 9990 §4)"),
    ],
)
def test_what_the_other_says(found: list[str], authorised: bool, override: tuple[str, ...], reason: str) -> None:
    (address,) = reports(f"rua={RUA}", {f"{NAME} TXT": found})
    assert (address.authorised, address.override, address.reason) == (authorised, override, reason)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_lookup_that_gives_no_fact_leaves_it_open(failure: str) -> None:
    (address,) = reports(f"rua={RUA}", {f"{NAME} TXT": failure})
    assert (address.authorised, address.question) == (None, NAME)
    assert address.reason.startswith(f"{NAME} TXT: {failure}")


@pytest.mark.parametrize(
    ("domain", "host", "external"),
    [
        ("example.com", "example.com", False),
        ("example.com", "MAIL.Example.com", False),
        ("a.example.com", "b.example.com", False),
        ("a.example.com", "example.net", True),
        ("a.github.io", "b.github.io", True),
        ("example.co.uk", "other.co.uk", True),
    ],
)
def test_organizations_are_told_apart_by_the_public_suffix_list(domain: str, host: str, external: bool) -> None:
    (address,) = reports(f"rua=mailto:a@{host}", domain=domain)
    assert address.external is external


def test_for_a_record_further_up_the_other_agrees_for_the_domain_of_the_record() -> None:
    audit = audited("a.b.example.com", {"example.com": f"v=DMARC1; p=none; rua={RUA}"})
    assert [address.question for address in audit.reports] == ["example.com._report._dmarc.red.example.net"]


def test_all_outsiders_are_asked_in_one_batch_each_once() -> None:
    tags = f"rua={RUA},mailto:b@x.example.org,mailto:c@RED.example.net; ruf={RUA},mailto:own@blue.example.com"
    zone = zone_of({"blue.example.com": f"v=DMARC1; p=none; {tags}"})
    audit = zone.evaluate(audit_dmarc("blue.example.com", exists=True, control=CONTROL))
    assert [question.name for question in zone.batches[1]] == [NAME, "blue.example.com._report._dmarc.x.example.org"]
    assert len(zone.batches) == 2
    assert [address.tag for address in audit.reports] == ["rua", "rua", "rua", "ruf", "ruf"]


def test_a_name_too_long_for_the_dns_cannot_agree() -> None:
    host = ".".join(["a" * 60] * 3) + ".example.net"
    domain = "b" * 60 + ".example.com"
    (address,) = reports(f"rua=mailto:a@{host}", domain=domain)
    assert (address.external, address.authorised) == (True, False)
    assert address.reason == f"no v=DMARC1 record at {address.question}, too long a name for the DNS (RFC 9990 §4)"


def test_of_thousands_of_outsiders_ten_are_asked_and_the_others_are_unknown() -> None:
    uris = [f"mailto:a@host{number}.test" for number in range(2000)]
    zone = zone_of({"example.com": f"v=DMARC1; p=none; rua={','.join(uris)}"})
    audit = zone.evaluate(audit_dmarc("example.com", exists=True, control=CONTROL))
    assert len(zone.batches[1]) == 10
    assert [address.authorised for address in audit.reports] == [False] * 10 + [None] * 1990
    assert audit.reports[10].reason.endswith("not asked, for 10 other hosts stand before it")
    assert [address.uri for address in audit.reports] == uris


def test_thousands_of_addresses_of_an_outsider_that_leads_on_to_thousands_are_told_in_few_words() -> None:
    uris = [f"mailto:a{number}@red.example.net" for number in range(2000)]
    elsewhere = ",".join(f"mailto:{'b' * 20}{number}@host{number}.test" for number in range(1500))
    addresses = reports(f"rua={','.join(uris)}", {f"{NAME} TXT": [f"v=DMARC1; rua={elsewhere}"]})
    assert [address.uri for address in addresses] == uris
    assert {address.authorised for address in addresses} == {False}
    assert len({id(address.reason) for address in addresses}) == 1
    assert addresses[0].reason.endswith("19@host19.test, and 1480 more (RFC 9990 §4)")


@pytest.mark.parametrize("tags", ["p=bad", "p=none; p=none"])
def test_a_record_that_does_not_apply_sends_no_reports(tags: str) -> None:
    assert audited("example.com", {"example.com": f"v=DMARC1; {tags}; ruf={RUA}"}).reports == ()


def test_a_record_that_only_one_way_finds_sends_reports_too() -> None:
    (by_suffix_alone,) = audited("example.com", {"example.com": f"v=DMARC1; p=none; np=bad; ruf={RUA}"}).reports
    assert by_suffix_alone.tag == "ruf"
    by_both = audited("a.b.example.com", {"a.b.example.com": [], "example.com": f"v=DMARC1; p=none; rua={RUA}"})
    by_tree = audited("a.b.example.com", {"b.example.com": f"v=DMARC1; p=none; rua={RUA}"})
    assert [replace(address, question="", reason="") for address in by_tree.reports] == [
        replace(address, question="", reason="") for address in by_both.reports
    ]
