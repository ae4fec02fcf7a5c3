"""TLSA records against chains that were really issued."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.certificate import Certificate
from auditor.model.dane import DaneStatus, TlsaMatch, TlsaRecord
from auditor.policy.certificate import read_certificate
from auditor.policy.dane import judge_host
from auditor.policy.dane.match import accepts
from auditor.policy.dane.record import read_record
from tests.policy.dane_world import (
    DAY,
    DOMAIN,
    HOST,
    INTERMEDIATE,
    NOW,
    OTHER,
    ROOT,
    STRANGER,
    chain,
    leaf,
    record,
    seen,
    tlsa_set,
    tlsa_text,
)

VALID, INVALID = DaneStatus.VALID, DaneStatus.INVALID
FORMS = [(selector, matching) for selector in (0, 1) for matching in (0, 1, 2)]


def judged(
    *records: TlsaRecord | str,
    presented: tuple[Certificate, ...],
    at: datetime = NOW,
    names: tuple[str, ...] = (HOST, DOMAIN),
) -> tuple[DaneStatus, tuple[TlsaMatch, ...], str]:
    return judge_host(tlsa_set(*records), presented, at, names)


@pytest.mark.parametrize(("selector", "matching"), FORMS)
def test_usage_3_matches_the_leaf(selector: int, matching: int) -> None:
    status, (match,), why = judged(record(3, selector, matching, leaf()), presented=chain())
    assert (status, match.matches, match.depth, match.why_not, why) == (VALID, True, 0, "", "")


@pytest.mark.parametrize("kind", ["expired", "future", "wrong-name", "cn-only", "self-signed", "unknown-issuer"])
def test_usage_3_ignores_names_dates_and_issuers(kind: str) -> None:
    assert judged(record(3, 1, 1, leaf(kind)), presented=chain(kind))[0] is VALID


@pytest.mark.parametrize(
    ("numbers", "why"),
    [("3 1 1", "the server presents another key"), ("3 0 1", "the server presents another certificate")],
)
def test_usage_3_of_anything_else_does_not_match(numbers: str, why: str) -> None:
    status, (match,), said = judged(f"{numbers} {OTHER}", presented=chain())
    assert (status, match.matches, match.depth, match.why_not) == (INVALID, False, None, why)
    assert said == f"{numbers} {OTHER[:16]}…: {why}"


def test_usage_3_of_an_authority_in_the_chain_does_not_match() -> None:
    assert judged(record(3, 1, 1, INTERMEDIATE), presented=chain())[0] is INVALID


@pytest.mark.parametrize(("selector", "matching"), FORMS)
def test_usage_2_matches_an_authority_that_is_sent(selector: int, matching: int) -> None:
    status, (match,), _ = judged(record(2, selector, matching, INTERMEDIATE), presented=chain())
    assert (status, match.matches, match.depth) == (VALID, True, 1)


def test_usage_2_may_be_of_a_root_or_of_what_stands_below_it() -> None:
    presented = seen(leaf(), INTERMEDIATE, ROOT)
    depths = [judged(record(2, 1, 1, one), presented=presented)[1][0].depth for one in (INTERMEDIATE, ROOT)]
    assert depths == [1, 2]


def test_the_order_in_which_authorities_are_sent_does_not_matter() -> None:
    status, (match,), _ = judged(record(2, 0, 1, ROOT), presented=seen(leaf(), ROOT, INTERMEDIATE))
    assert (status, match.depth) == (VALID, 1)


@pytest.mark.parametrize(("selector", "matching"), [(0, 1), (0, 2), (1, 1), (1, 2)])
def test_a_digest_of_an_authority_that_is_not_sent_matches_nothing(selector: int, matching: int) -> None:
    """RFC 7671 §5.2.2."""
    status, _, why = judged(record(2, selector, matching, ROOT), presented=chain())
    assert status is INVALID
    assert why.endswith("no such authority among the certificates that are sent")


@pytest.mark.parametrize("selector", [0, 1])
def test_an_authority_that_the_record_holds_in_full_need_not_be_sent(selector: int) -> None:
    """RFC 7671 §5.2.1, §5.2.3."""
    below_root, below_issuer = chain(), chain("incomplete")
    for presented, authority in ((below_root, ROOT), (below_issuer, INTERMEDIATE)):
        status, (match,), _ = judged(record(2, selector, 0, authority), presented=presented)
        assert (status, match.depth) == (VALID, len(presented))


@pytest.mark.parametrize("selector", [0, 1])
def test_an_authority_in_full_that_issued_nothing_here_matches_nothing(selector: int) -> None:
    assert judged(record(2, selector, 0, STRANGER), presented=chain())[0] is INVALID


def test_an_authority_that_is_sent_but_issued_nothing_here_matches_nothing() -> None:
    status, _, why = judged(record(2, 1, 1, STRANGER), presented=seen(leaf(), INTERMEDIATE, STRANGER))
    assert status is INVALID
    assert "unable to get" in why


@pytest.mark.parametrize("selector", [0, 1])
def test_usage_2_of_the_servers_own_certificate_is_no_authority(selector: int) -> None:
    presented = chain("self-signed")
    status, _, why = judged(record(2, selector, 1, leaf("self-signed")), presented=presented)
    assert status is INVALID
    assert why.endswith("it is of the server's own certificate, where usage 2 wants an authority's")
    assert judged(record(2, 0, 0, leaf("self-signed")), presented=presented * 2)[0] is INVALID


@pytest.mark.parametrize(("kind", "words"), [("expired", "expired"), ("future", "not yet valid")])
def test_usage_2_minds_the_dates(kind: str, words: str) -> None:
    status, _, why = judged(record(2, 1, 1, INTERMEDIATE), presented=chain(kind))
    assert status is INVALID
    assert words in why


def test_usage_2_minds_the_dates_of_the_authority_at_the_moment_given() -> None:
    statuses = [
        judged(record(2, 1, 1, INTERMEDIATE), presented=chain(), at=NOW + days * DAY)[0] for days in (-31, 0, 59, 61)
    ]
    assert statuses == [INVALID, VALID, VALID, INVALID]


@pytest.mark.parametrize(
    ("kind", "name", "status"),
    [
        ("good", HOST, VALID),
        ("good", DOMAIN, VALID),
        ("good", "www.example.org", INVALID),
        ("wrong-name", HOST, INVALID),
        ("cn-only", HOST, INVALID),
    ],
)
def test_usage_2_wants_one_of_the_names(kind: str, name: str, status: DaneStatus) -> None:
    found, _, why = judged(record(2, 1, 1, INTERMEDIATE), presented=chain(kind, name))
    assert found is status
    assert found is VALID or f"does not name {HOST} or {DOMAIN}" in why


def test_one_record_that_matches_is_enough() -> None:
    status, matches, why = judged(f"3 1 1 {OTHER}", record(3, 1, 1, leaf()), presented=chain())
    assert (status, [one.matches for one in matches], why) == (VALID, [False, True], "")


def test_records_that_may_not_be_used_are_left_aside() -> None:
    status, matches, _ = judged(record(1, 1, 1, leaf()), record(3, 1, 1, leaf()), presented=chain())
    assert (status, len(matches)) == (VALID, 1)
    assert judged(record(1, 1, 1, leaf()), f"3 1 1 {OTHER}", presented=chain())[0] is INVALID


AGILITY = [
    # SHA-512 is heeded where there is one of that usage and selector, and SHA-256 is not then (RFC 7671 §9)
    ((record(3, 1, 1, leaf()), f"3 1 2 {OTHER}{OTHER}"), INVALID),
    ((f"3 1 1 {OTHER}", record(3, 1, 2, leaf())), VALID),
    ((record(3, 1, 1, leaf()), record(3, 1, 2, leaf())), VALID),
    # data in full are heeded beside either
    ((record(3, 1, 1, leaf()), f"3 1 2 {OTHER}{OTHER}", record(3, 1, 0, leaf())), VALID),
    ((record(3, 1, 1, leaf()), record(3, 1, 0, INTERMEDIATE)), VALID),
    # another usage or selector is another matter
    ((record(3, 1, 1, leaf()), f"3 0 2 {OTHER}{OTHER}"), VALID),
    ((record(3, 1, 1, leaf()), f"2 1 2 {OTHER}{OTHER}"), VALID),
    # and one that cannot be used outranks nothing
    ((record(3, 1, 1, leaf()), f"3 1 2 {OTHER}"), VALID),
]


@pytest.mark.parametrize(("records", "status"), AGILITY)
def test_a_stronger_digest_is_heeded_alone(records: tuple[TlsaRecord | str, ...], status: DaneStatus) -> None:
    assert judged(*records, presented=chain())[0] is status


def test_a_match_that_is_outranked_says_so() -> None:
    _, (weak, strong), _ = judged(record(3, 1, 1, leaf()), f"3 1 2 {OTHER}{OTHER}", presented=chain())
    assert weak.why_not == "senders go by the SHA-512 record beside it, which differs"
    assert (weak.matches, weak.depth, strong.matches) == (False, None, False)


def test_a_certificate_that_cannot_be_read_is_unknown() -> None:
    status, _, why = judged(record(3, 1, 1, leaf()), presented=(read_certificate(b"no certificate"),))
    assert (status, why) == (DaneStatus.UNKNOWN, "the server's certificate cannot be read")


def test_an_authority_that_cannot_be_read_is_left_aside() -> None:
    presented = (*chain(), read_certificate(b"no certificate"))
    assert judged(record(2, 1, 1, INTERMEDIATE), presented=presented)[0] is VALID


def test_a_long_chain_and_many_records_stay_bounded() -> None:
    presented = seen(leaf(), *[ROOT] * 150, INTERMEDIATE)
    status, matches, why = judged(*(f"2 1 1 {number:064x}" for number in range(200)), presented=presented)
    assert (status, len(matches)) == (INVALID, 200)
    assert why.endswith("; 195 more")


records = st.sampled_from(
    [
        record(usage, selector, matching, one)
        for usage in (2, 3)
        for selector, matching in FORMS
        for one in (leaf(), ROOT)
    ]
) | st.text().map(read_record)
certificates = st.sampled_from([*chain(), *seen(ROOT, STRANGER)]) | st.binary(max_size=80).map(read_certificate)


@given(st.lists(records, max_size=4), st.lists(certificates, max_size=4))
def test_nothing_raises_and_the_status_follows_from_the_matches(
    published: list[TlsaRecord], presented: list[Certificate]
) -> None:
    tlsa = tlsa_set(*published)
    status, matches, why = judge_host(tlsa, presented, NOW, (HOST,))
    assert (status is VALID) == any(one.matches for one in matches)
    assert (status is VALID) == (why == "")
    assert [one.record for one in matches] == (list(tlsa.usable) if presented else [])


def test_a_conversation_does_not_stand_for_a_name_with_more_records_than_are_looked_at() -> None:
    texts = [tlsa_text(3, 1, 1, leaf()), *(f"3 1 1 {number:064x}" for number in range(50))]
    assert accepts(texts[:50], chain(), NOW, HOST) is True
    assert accepts(texts, chain(), NOW, HOST) is False
