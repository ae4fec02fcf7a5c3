"""A whole domain surveyed over a mapping: what comes of it, in how many rounds, by which questions."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, DmarcStatus
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.mta_sts import PolicyHost, StsRecord
from auditor.model.published import Published, RecordStatus
from auditor.model.route import MxStatus
from auditor.model.spf import SpfStatus
from auditor.model.target import Target
from auditor.policy.contact import RoutePolicy, SurveyPlan
from auditor.policy.survey import Survey, made_up_label, survey
from tests.policy.answering import FAILURES, Records, Zone

DOMAIN = "example.com"
PLAN = SurveyPlan(route=RoutePolicy(trust_ad=True), salt="of a test")
KEY = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
GOOD: Records = {
    "example.com MX": ["10 mx1.example.com", "20 mx2.example.com"],
    "example.com A": ["8.8.8.8"],
    "mx1.example.com A": ["8.8.4.4"],
    "mx1.example.com AAAA": ["2606:4700::1111"],
    "mx2.example.com A": ["9.9.9.9"],
    "example.com TXT": ["v=spf1 mx include:_spf.example.net -all", "something else"],
    "_spf.example.net TXT": ["v=spf1 ip4:192.0.2.0/24 -all"],
    "_dmarc.example.com TXT": ["v=DMARC1; p=reject; rua=mailto:a@example.org"],
    "example.com._report._dmarc.example.org TXT": ["v=DMARC1"],
    "default._domainkey.example.com TXT": [f"v=DKIM1; k=ed25519; p={KEY}"],
    "_mta-sts.example.com TXT": ["v=STSv1; id=20261101"],
    "_smtp._tls.example.com TXT": ["v=TLSRPTv1; rua=mailto:tls@example.com"],
    "default._bimi.example.com TXT": ["v=BIMI1; l=https://example.com/logo.svg"],
    "example.com CAA": ['0 issue "ca.example"'],
    "_25._tcp.mx1.example.com TLSA": [f"3 1 1 {'ab' * 32}"],
    "com NS": ["a.gtld-servers.net"],
}


def target(domain: str = DOMAIN, **fields: Any) -> Target:
    return Target(domain=domain, domain_unicode=domain, input=domain, input_line=1, source="-", **fields)


def surveyed(records: Records, domain: str = DOMAIN, **fields: Any) -> tuple[Survey, Zone]:
    zone = Zone(records)
    return zone.evaluate(survey(target(domain, **fields), PLAN)), zone


def published(records: Records, domain: str = DOMAIN) -> Published:
    found = surveyed(records, domain)[0].published
    assert found is not None
    return found


def test_everything_a_domain_publishes_is_found() -> None:
    found, _ = surveyed(GOOD)
    assert found.route.status is MxStatus.MX
    assert found.policy_hosts == (PolicyHost(DOMAIN),)
    assert found.published is not None
    assert (found.published.spf.status, found.published.spf.lookups) == (SpfStatus.VALID, 2)
    assert found.published.dmarc.status is DmarcStatus.VALID
    assert [address.authorised for address in found.published.dmarc.reports] == [True]
    assert found.published.dkim.status is DkimStatus.PRESENT
    assert [key.selector for key in found.published.dkim.keys] == ["default"]
    assert found.published.tls_rpt.status is RecordStatus.VALID
    assert found.published.bimi.status is RecordStatus.VALID
    assert found.published.caa.found_at == DOMAIN
    assert {where: len(tlsa.records) for where, tlsa in found.published.tlsa.items()} == {
        ("mx1.example.com", 25): 1,
        ("mx2.example.com", 25): 0,
    }
    assert (found.published.wildcard_txt, found.published.wildcard_mx) == ((), ())


def test_few_rounds_and_no_question_twice() -> None:
    _, zone = surveyed(GOOD)
    assert len(zone.batches) <= 6
    assert len(zone.asked) == len(set(zone.asked)) <= 40
    names = [question.name for batch in zone.batches for question in batch]
    assert names == [name.lower().removesuffix(".") for name in names]


def test_what_a_wildcard_puts_everywhere_is_seen() -> None:
    label = made_up_label(PLAN.salt, DOMAIN)
    text = "v=DMARC1; p=none"
    everywhere = {f"{label}.example.com TXT": [text], f"{label}.example.com MX": ["10 mx1.example.com"]}
    found = published({**GOOD, **everywhere, "_dmarc.example.com TXT": [text]})
    assert (found.wildcard_txt, found.wildcard_mx) == ((text,), ("10 mx1.example.com",))
    assert found.dmarc.wildcard is True


def test_made_up_labels_hang_on_the_run_and_the_domain() -> None:
    labels = [made_up_label(salt, domain) for salt in ("a", "b") for domain in ("example.com", "example.net")]
    assert len(set(labels)) == 4
    assert all(label.startswith("x-") and len(label) == 18 for label in labels)
    assert made_up_label("a", "example.com") == labels[0]


def test_a_server_named_by_itself_publishes_nothing() -> None:
    found, zone = surveyed({"mx1.example.com A": ["8.8.4.4"]}, "mx1.example.com", direct=True)
    assert found.published is None
    assert zone.asked == ["mx1.example.com A", "mx1.example.com AAAA", "4.4.8.8.in-addr.arpa PTR"]


def test_where_the_servers_of_a_domain_give_no_answer_they_are_left_in_peace() -> None:
    found, zone = surveyed({**GOOD, "example.com MX": DnsStatus.TIMEOUT})
    assert (found.route.status, found.published) == (MxStatus.TIMEOUT, None)
    assert zone.asked == ["example.com MX"]


@pytest.mark.parametrize("failure", sorted({*FAILURES} - {DnsStatus.TIMEOUT, DnsStatus.NOT_ASKED}))
def test_where_only_the_mx_lookup_fails_the_rest_is_surveyed(failure: DnsStatus) -> None:
    found, _ = surveyed({**GOOD, "example.com MX": failure})
    assert found.route.status.value == failure.value
    assert found.published is not None
    assert found.published.dmarc.status is DmarcStatus.VALID
    assert found.published.mta_sts.valid
    assert found.published.dkim.status is DkimStatus.PRESENT
    assert found.published.tlsa == {}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_could_not_be_looked_up_is_unknown_never_absent(failure: DnsStatus) -> None:
    class Silent(Zone):
        def answer(self, question: Question) -> Answer:
            if question.type in {"MX", "A", "AAAA"}:
                return super().answer(question)
            return Answer(question=question, status=failure, error="in words")

    zone = Silent(GOOD)
    found = zone.evaluate(survey(target(), PLAN)).published
    assert found is not None
    assert found.spf.status is SpfStatus.TEMPERROR
    assert found.dmarc.status is DmarcStatus.UNKNOWN
    assert found.dkim.status is DkimStatus.UNKNOWN
    assert found.mta_sts.unknown
    assert found.tls_rpt.status is RecordStatus.UNKNOWN
    assert found.bimi.status is RecordStatus.UNKNOWN
    assert found.caa.unknown
    assert found.wildcard_unknown.startswith(f"{made_up_label(PLAN.salt, DOMAIN)}.example.com TXT: ")
    assert all(tlsa.unknown or tlsa.failed for tlsa in found.tlsa.values())


# A domain that does not exist.

PARENT: Records = {"_dmarc.example.com TXT": ["v=DMARC1; p=none; sp=quarantine; np=reject"], "com NS": ["x"]}
GONE = "gone.example.com"


def test_below_what_does_not_exist_nothing_is_asked() -> None:
    found, zone = surveyed(PARENT, GONE)
    assert found.route.status is MxStatus.NXDOMAIN
    assert [asked for asked in zone.asked if f".{asked.split()[0]}".endswith(f".{GONE}")] == [f"{GONE} MX"]
    assert len(zone.batches) <= 3
    assert len(zone.asked) <= 8


def test_what_does_not_exist_publishes_nothing_but_has_the_dmarc_of_its_parents() -> None:
    found = published(PARENT, GONE)
    assert found.spf.status is SpfStatus.NONE
    assert found.dkim.status is DkimStatus.ABSENT
    assert found.mta_sts == StsRecord()
    assert (found.tls_rpt.status, found.bimi.status) == (RecordStatus.NONE, RecordStatus.NONE)
    assert found.tlsa == {}
    assert found.dmarc.tree is not None
    assert found.dmarc.tree.policy is Disposition.REJECT


def test_what_a_parent_does_not_tell_stays_unknown() -> None:
    found = published({**PARENT, "_dmarc.example.com TXT": DnsStatus.SERVFAIL}, GONE)
    assert found.dmarc.status is DmarcStatus.UNKNOWN
    assert found.spf.status is SpfStatus.NONE


def test_below_an_alias_to_what_does_not_exist_there_may_be_something() -> None:
    mx = Question(GONE, "MX")
    dangling = Answer(question=mx, status=DnsStatus.NXDOMAIN, aliases=("nowhere.test",), canonical_name="nowhere.test")
    records = {**PARENT, f"{GONE} MX": dangling, f"_dmarc.{GONE} TXT": ["v=DMARC1; p=quarantine"]}
    found = published(records, GONE)
    assert found.dmarc.record is not None
    assert found.dmarc.record.location == f"_dmarc.{GONE}"


# Hostile answers.

TEXTS = [
    "v=spf1 include:example.com include:%{i}.example.net a mx ptr exists:%{l}.x redirect=example.org",
    "v=spf1 include:a.example.net include:b.example.net mx:example.net -all",
    "v=DMARC1; p=reject; rua=mailto:a@a.test,mailto:b@b.test",
    "v=DMARC1; p=reject; psd=y",
    f"v=DKIM1; k=ed25519; p={KEY}",
    "v=STSv1; id=1",
    "v=TLSRPTv1; rua=https://example.com/",
    "v=BIMI1; l=; a=",
    "\xff\x00;=" * 50,
    "",
]
POOL: dict[str, list[str]] = {
    "TXT": TEXTS,
    "A": ["8.8.8.8", "127.0.0.1", "192.0.2.1"],
    "AAAA": ["2606:4700::1111", "::1"],
    "MX": ["0 .", "10 example.com", "10 mx1.example.com", "20 mx2.example.com", "30 192.0.2.1", "40 mx"],
    "TLSA": [f"3 1 1 {'ab' * 32}", "2 0 0 00", "0 0 9 ff"],
    "CAA": ['0 issue ";"', '128 unknown "x"', '0 issuewild "ca.test; a=b"'],
}


# A route is drawn only where its own questions were asked, so none of them ends as "not asked".
ENDS = [status for status in DnsStatus if status not in {DnsStatus.ANSWERED, DnsStatus.NOT_ASKED}]


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.floats(0, 0.5))
def test_any_answers_come_to_an_end_in_few_rounds(seed: int, failing: float) -> None:
    class Hostile(Zone):
        def answer(self, question: Question) -> Answer:
            dice = random.Random(f"{seed}/{question.name}/{question.type}")  # noqa: S311 - the same for the same seed
            if dice.random() < failing:
                return Answer(question=question, status=dice.choice(ENDS), error="in words")
            pool = POOL.get(question.type, [])
            records = tuple(sorted(dice.sample(pool, dice.randint(0, min(3, len(pool))))))
            status = DnsStatus.ANSWERED if records else DnsStatus.NODATA
            return Answer(question=question, status=status, records=records, canonical_name=question.name)

    zone = Hostile({})
    found = zone.evaluate(survey(target(), PLAN))
    assert (found.published is None) is (found.route.status is MxStatus.TIMEOUT)
    assert len(zone.batches) <= 20
    assert len(zone.asked) == len(set(zone.asked)) <= 400


def test_spf_is_evaluated_for_as_many_addresses_as_would_be_contacted() -> None:
    hosts = [f"mx{number:02}.example.com" for number in range(40)]
    records = {
        "example.com MX": [f"10 {host}" for host in hosts],
        "example.com TXT": ["v=spf1 ip4:192.0.2.0/24 -all"],
        **{f"{host} A": [f"192.0.{number}.{last}" for last in range(50)] for number, host in enumerate(hosts)},
    }
    addresses = [address for address, _ in published(records).spf.exchanges]
    assert addresses == [f"192.0.{number}.{last}" for number in range(10) for last in range(8)]
