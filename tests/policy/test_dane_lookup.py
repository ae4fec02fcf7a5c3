"""TLSA lookups from a dictionary of answers: what is asked, what applies, and what is not known."""

from collections.abc import Mapping
from typing import Any

import pytest

from auditor.model.dane import DaneStatus, TlsaSet
from auditor.model.dns import Answer, Dnssec, DnsStatus, Question
from auditor.policy.dane import judge_host, look_up_tlsa
from auditor.policy.drive import replay
from tests.policy.dane_world import NOW

MX, TARGET = "mx.example.net", "host.example.org"
AT_MX, AT_TARGET = f"_25._tcp.{MX}", f"_25._tcp.{TARGET}"
GOOD, OTHER = f"3 1 1 {'ab' * 32}", f"3 1 1 {'cd' * 32}"
SECURE, INSECURE, INDETERMINATE = Dnssec.SECURE, Dnssec.INSECURE, Dnssec.INDETERMINATE

Zone = Mapping[str, Any]
"""By "name TYPE": signed records, a whole answer, or how the lookup ends; what is not there is signed NODATA."""


def answer_from(zone: Zone, question: Question) -> Answer:
    value = zone.get(f"{question.name} {question.type}", DnsStatus.NODATA)
    if isinstance(value, DnsStatus):
        return Answer(question=question, status=value, authenticated=value.known)
    return Answer(question=question, **value) if isinstance(value, dict) else answered(question, *value)


def answered(question: Question, *records: str) -> Answer:
    return Answer(question=question, status=DnsStatus.ANSWERED, records=records, authenticated=True)


def records(*texts: str, signed: bool = True, alias: str = "") -> dict[str, Any]:
    aliases = {"aliases": (alias,), "canonical_name": alias} if alias else {}
    return {"status": DnsStatus.ANSWERED, "records": texts, "authenticated": signed, **aliases}


def nothing(*, signed: bool = True, alias: str = "") -> dict[str, Any]:
    return records(signed=signed, alias=alias) | {"status": DnsStatus.NODATA}


def look_up(zone: Zone, *, trust_ad: bool = True, port: int = 25) -> TlsaSet:
    found = replay(look_up_tlsa(MX, port, trust_ad), lambda question: answer_from(zone, question))
    assert found is not None
    return found


def status_of(tlsa: TlsaSet) -> DaneStatus:
    """As far as it is settled without a chain."""
    return judge_host(tlsa, (), NOW, ())[0]


ADDRESSES = {f"{MX} A": ["192.0.2.1"]}
UNSIGNED = {f"{MX} A": records("192.0.2.1", signed=False)}
ALIAS = {f"{MX} {kind}": records(*found, alias=TARGET) for kind, found in (("A", ["192.0.2.1"]), ("AAAA", []))}
ALIAS[f"{MX} AAAA"]["status"] = DnsStatus.NODATA
LEADS_OUT = {
    f"{MX} A": records("192.0.2.1", signed=False, alias=TARGET),
    f"{MX} AAAA": nothing(signed=False, alias=TARGET),
}
SIGNED_ALIAS = {f"{MX} CNAME": records(TARGET)}


def test_one_batch_of_questions_is_enough_for_a_host_that_is_no_alias() -> None:
    evaluation = look_up_tlsa(MX, 25, trust_ad=True)
    asked = next(evaluation)
    assert set(asked) == {Question(AT_MX, "TLSA"), Question(MX, "A"), Question(MX, "AAAA")}
    with pytest.raises(StopIteration) as stop:
        evaluation.send(tuple(answer_from(ADDRESSES, question) for question in asked))
    assert stop.value.value.exchange == MX


def test_signed_records_at_a_signed_host() -> None:
    tlsa = look_up(ADDRESSES | {f"{AT_MX} TLSA": [GOOD, OTHER]})
    assert (tlsa.exchange, tlsa.port, tlsa.name, tlsa.base_domain) == (MX, 25, AT_MX, MX)
    assert ([one.data[:2] for one in tlsa.usable], tlsa.signed) == (["ab", "cd"], True)
    assert (tlsa.dnssec, tlsa.host_dnssec, tlsa.unknown, tlsa.failed, tlsa.client_dependent) == (
        SECURE,
        SECURE,
        "",
        False,
        "",
    )


def test_the_port_is_in_the_name() -> None:
    assert look_up(ADDRESSES, port=465).name == f"_465._tcp.{MX}"


def test_an_alias_of_the_tlsa_name_itself_is_followed_and_is_no_alias_of_the_host() -> None:
    tlsa = look_up(ADDRESSES | {f"{AT_MX} TLSA": records(GOOD, alias="_dane.example.org")})
    assert (tlsa.name, len(tlsa.usable), tlsa.client_dependent) == (AT_MX, 1, "")


@pytest.mark.parametrize("status", [DnsStatus.NODATA, DnsStatus.NXDOMAIN])
@pytest.mark.parametrize("host", [ADDRESSES, UNSIGNED])
@pytest.mark.parametrize("trust_ad", [True, False])
def test_no_record_is_a_fact_however_unsafe(status: DnsStatus, host: Zone, trust_ad: bool) -> None:
    tlsa = look_up(dict(host) | {f"{AT_MX} TLSA": status}, trust_ad=trust_ad)
    assert (tlsa.records, tlsa.unknown, tlsa.failed, status_of(tlsa)) == ((), "", False, DaneStatus.ABSENT)


FAILURES = [DnsStatus.BOGUS, DnsStatus.SERVFAIL, DnsStatus.REFUSED, DnsStatus.TIMEOUT, DnsStatus.MALFORMED]


@pytest.mark.parametrize("status", FAILURES)
def test_a_lookup_that_fails_is_never_absence_at_a_signed_host(status: DnsStatus) -> None:
    """RFC 7672 §2.1.2."""
    tlsa = look_up(ADDRESSES | {f"{AT_MX} TLSA": status})
    held_against_it = status in {DnsStatus.BOGUS, DnsStatus.SERVFAIL}
    assert (tlsa.records, tlsa.unknown, tlsa.failed) == ((), f"TLSA: {status}", held_against_it)
    assert status_of(tlsa) is (DaneStatus.INVALID if held_against_it else DaneStatus.UNKNOWN)


@pytest.mark.parametrize("status", FAILURES)
def test_a_lookup_that_fails_at_an_unsigned_host_keeps_nobody_away(status: DnsStatus) -> None:
    """Senders do not ask there (RFC 7672 §2.2.2)."""
    tlsa = look_up(UNSIGNED | {f"{AT_MX} TLSA": status})
    assert (tlsa.unknown, tlsa.failed, status_of(tlsa)) == (f"TLSA: {status}", False, DaneStatus.ABSENT)


@pytest.mark.parametrize("status", FAILURES)
def test_a_lookup_that_fails_is_unknown_where_no_resolver_is_trusted(status: DnsStatus) -> None:
    tlsa = look_up(ADDRESSES | {f"{AT_MX} TLSA": status}, trust_ad=False)
    assert (tlsa.failed, status_of(tlsa)) == (False, DaneStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("zone", "trust_ad", "dnssec", "host_dnssec", "status"),
    [
        (ADDRESSES | {f"{AT_MX} TLSA": records(GOOD, signed=False)}, True, INSECURE, SECURE, DaneStatus.ABSENT),
        (UNSIGNED | {f"{AT_MX} TLSA": [GOOD]}, True, SECURE, INSECURE, DaneStatus.ABSENT),
        (ADDRESSES | {f"{AT_MX} TLSA": [GOOD]}, False, INDETERMINATE, INDETERMINATE, DaneStatus.UNKNOWN),
        (
            {f"{MX} A": DnsStatus.TIMEOUT, f"{AT_MX} TLSA": [GOOD]},
            True,
            SECURE,
            INDETERMINATE,
            DaneStatus.UNKNOWN,
        ),
        ({f"{MX} A": DnsStatus.BOGUS, f"{AT_MX} TLSA": [GOOD]}, True, SECURE, Dnssec.BOGUS, DaneStatus.UNKNOWN),
        (ADDRESSES | {f"{AT_MX} TLSA": [f"1{GOOD[1:]}"]}, True, SECURE, SECURE, DaneStatus.UNUSABLE),
    ],
)
def test_records_apply_only_where_all_is_signed(
    zone: Zone, trust_ad: bool, dnssec: Dnssec, host_dnssec: Dnssec, status: DaneStatus
) -> None:
    tlsa = look_up(zone, trust_ad=trust_ad)
    assert (tlsa.dnssec, tlsa.host_dnssec, len(tlsa.records)) == (dnssec, host_dnssec, 1)
    assert status_of(tlsa) is status
    assert judge_host(tlsa, (), NOW, ())[2]


ALIASES = [
    # records at both names, at one, at none; signed and not: the name whose records apply (RFC 7672 §2.2.3)
    ([GOOD], [GOOD], AT_TARGET, False),
    ([GOOD], [OTHER], AT_TARGET, True),
    ([GOOD], DnsStatus.NXDOMAIN, AT_TARGET, True),
    (DnsStatus.NODATA, [GOOD], AT_MX, True),
    (records(OTHER, signed=False), [GOOD], AT_MX, True),
    (records(OTHER, signed=False), DnsStatus.NODATA, AT_TARGET, True),
    (DnsStatus.NODATA, DnsStatus.NXDOMAIN, AT_TARGET, False),
    ([GOOD], DnsStatus.TIMEOUT, AT_TARGET, True),
]


@pytest.mark.parametrize(("at_target", "at_mx", "name", "differs"), ALIASES)
def test_an_alias_is_looked_up_at_its_target_first(at_target: Any, at_mx: Any, name: str, differs: bool) -> None:
    tlsa = look_up(ALIAS | SIGNED_ALIAS | {f"{AT_TARGET} TLSA": at_target, f"{AT_MX} TLSA": at_mx})
    assert (tlsa.exchange, tlsa.name, tlsa.host_dnssec) == (MX, name, SECURE)
    assert bool(tlsa.client_dependent) is differs


def test_what_clients_do_differently_is_told() -> None:
    zone = ALIAS | SIGNED_ALIAS | {f"{AT_TARGET} TLSA": [GOOD, OTHER], f"{AT_MX} TLSA": DnsStatus.SERVFAIL}
    assert look_up(zone).client_dependent == (
        f"{MX} is an alias of {TARGET}: senders look at {AT_TARGET} (2 records), then at {AT_MX} (TLSA: servfail); "
        "some at the one alone"
    )


@pytest.mark.parametrize("status", FAILURES)
def test_a_failure_at_the_target_ends_the_search(status: DnsStatus) -> None:
    tlsa = look_up(ALIAS | SIGNED_ALIAS | {f"{AT_TARGET} TLSA": status, f"{AT_MX} TLSA": [GOOD]})
    assert (tlsa.name, tlsa.records, tlsa.unknown) == (AT_TARGET, (), f"TLSA: {status}")


def test_an_alias_that_leads_out_of_signed_zones_has_dane_by_its_own_name() -> None:
    """RFC 7672 §2.2.2: the alias is signed, what it leads to is not."""
    tlsa = look_up(LEADS_OUT | SIGNED_ALIAS | {f"{AT_MX} TLSA": [GOOD], f"{AT_TARGET} TLSA": [OTHER]})
    assert (tlsa.name, tlsa.signed, tlsa.usable[0].data[:2]) == (AT_MX, True, "ab")
    assert tlsa.client_dependent.startswith(f"{MX} is an alias of {TARGET}, which is not signed")


@pytest.mark.parametrize("cname", [records(TARGET, signed=False), DnsStatus.TIMEOUT, DnsStatus.NODATA])
def test_an_alias_of_an_unsigned_zone_has_none(cname: Any) -> None:
    tlsa = look_up(LEADS_OUT | {f"{MX} CNAME": cname, f"{AT_MX} TLSA": [GOOD]})
    assert (tlsa.host_dnssec, tlsa.client_dependent, status_of(tlsa)) == (INSECURE, "", DaneStatus.ABSENT)


@pytest.mark.parametrize("trust_ad", [True, False])
def test_trust_in_the_resolver_changes_no_question(trust_ad: bool) -> None:
    """A recorded run is judged again with other settings."""
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        asked.append(question)
        return answer_from(LEADS_OUT, question)

    replay(look_up_tlsa(MX, 25, trust_ad), answer)
    assert set(asked[-2:]) == {Question(AT_TARGET, "TLSA"), Question(MX, "CNAME")}


def test_more_records_than_anybody_publishes_are_not_looked_at() -> None:
    many = [f"3 1 1 {number:064x}" for number in range(51)]
    found = look_up({**ADDRESSES, f"{AT_MX} TLSA": many})
    assert (found.records, found.unknown) == ((), "51 records, more than the 50 that are looked at")
    assert (status_of(found), found.failed) == (DaneStatus.UNKNOWN, False)
    assert len(look_up({**ADDRESSES, f"{AT_MX} TLSA": many[:50]}).records) == 50
