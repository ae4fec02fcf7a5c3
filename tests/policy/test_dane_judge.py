"""What several exchanges come to, and what becomes of records when keys and certificates change."""

from itertools import chain as chained
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dane import DaneStatus, TlsaRecord
from auditor.policy.dane import add_up, renewal_risk, rollover
from tests.policy.dane_world import INTERMEDIATE, OTHER, ROOT, STRANGER, chain, leaf, record, tlsa_set

VALID, PARTIAL, INVALID = DaneStatus.VALID, DaneStatus.PARTIAL, DaneStatus.INVALID
UNUSABLE, ABSENT, UNKNOWN = DaneStatus.UNUSABLE, DaneStatus.ABSENT, DaneStatus.UNKNOWN
NOT_APPLICABLE = DaneStatus.NOT_APPLICABLE

SUMS = [
    ({VALID, ABSENT}, PARTIAL),
    ({VALID, UNUSABLE}, PARTIAL),
    ({VALID, PARTIAL}, PARTIAL),
    ({PARTIAL, ABSENT}, PARTIAL),
    ({VALID, UNKNOWN}, UNKNOWN),
    ({VALID, ABSENT, UNKNOWN}, UNKNOWN),
    ({ABSENT, UNKNOWN}, UNKNOWN),
    ({VALID, INVALID}, INVALID),
    ({INVALID, UNKNOWN}, INVALID),
    ({INVALID, ABSENT}, INVALID),
    ({UNUSABLE, ABSENT}, UNUSABLE),
    ({VALID, NOT_APPLICABLE}, VALID),
    (set(), NOT_APPLICABLE),
]


@pytest.mark.parametrize(("statuses", "total"), SUMS)
def test_several_statuses_add_up(statuses: set[DaneStatus], total: DaneStatus) -> None:
    assert add_up(statuses) is total


@pytest.mark.parametrize("status", DaneStatus)
def test_one_status_is_itself_however_often(status: DaneStatus) -> None:
    assert add_up([status]) is add_up([status] * 3) is status


@given(st.lists(st.sampled_from(DaneStatus)), st.lists(st.sampled_from(DaneStatus)))
def test_adding_up_in_steps_comes_to_the_same(some: list[DaneStatus], others: list[DaneStatus]) -> None:
    assert add_up([add_up(some), add_up(others)]) is add_up(some + others)


ALL = [set(one) for one in chained.from_iterable(combinations(DaneStatus, size) for size in (1, 2, 3))]


@pytest.mark.parametrize("statuses", ALL, ids=lambda one: "+".join(sorted(one)))
def test_nothing_is_valid_unless_all_is(statuses: set[DaneStatus]) -> None:
    assert (add_up(statuses) is VALID) == (statuses - {NOT_APPLICABLE} == {VALID})


SPARE = f"3 1 1 {OTHER}"
ONE_IN_USE = "the one record is of the key in use"
ALL_IN_USE = "all records that senders go by are of the key in use"

ROLLOVERS = [
    # the next key, or an authority that outlives it (RFC 7671 §8.1, §8.4)
    ((record(3, 1, 1, leaf()), SPARE), ""),
    ((record(3, 1, 1, leaf()), record(2, 1, 1, INTERMEDIATE)), ""),
    ((record(3, 1, 1, leaf()), record(2, 0, 1, ROOT)), ""),
    ((record(2, 1, 1, INTERMEDIATE),), ""),
    # one key, however often
    ((record(3, 1, 1, leaf()),), ONE_IN_USE),
    ((record(3, 1, 1, leaf()), record(3, 1, 2, leaf())), ALL_IN_USE),
    ((record(3, 0, 1, leaf()), record(3, 1, 1, leaf())), ALL_IN_USE),
    ((record(3, 1, 0, leaf()), record(3, 1, 1, leaf())), ALL_IN_USE),
    # what no sender heeds keeps nothing going
    ((record(3, 1, 1, leaf()), f"1{SPARE[1:]}"), ONE_IN_USE),
    ((record(3, 1, 1, leaf()), record(3, 1, 2, leaf()), SPARE), ALL_IN_USE),
    ((record(3, 1, 1, leaf()), record(3, 1, 2, leaf()), SPARE, f"3 1 2 {OTHER}{OTHER}"), ""),
    # and with no record there is no change to survive
    ((), ""),
    ((f"1{SPARE[1:]}",), ""),
]


@pytest.mark.parametrize(("records", "said"), ROLLOVERS)
def test_whether_a_change_of_key_is_survived(records: tuple[TlsaRecord | str, ...], said: str) -> None:
    assert rollover(tlsa_set(*records), chain()) == said


def test_without_a_chain_nothing_is_said_of_a_change_of_key() -> None:
    assert rollover(tlsa_set(record(3, 1, 1, leaf())), ()) == ""


RISKS = [
    ((record(3, 0, 1, leaf()),), 1),
    ((record(3, 0, 2, leaf()), record(2, 0, 1, INTERMEDIATE)), 2),
    ((record(2, 0, 1, INTERMEDIATE),), 1),
    ((record(3, 1, 1, leaf()),), 0),
    ((record(2, 1, 1, STRANGER),), 0),
    ((record(3, 0, 1, leaf()), record(3, 1, 1, leaf())), 0),
    ((record(3, 0, 1, leaf()), record(1, 1, 1, leaf())), 1),
    ((record(1, 0, 1, leaf()),), 0),
    ((), 0),
]


@pytest.mark.parametrize(("records", "count"), RISKS)
def test_records_that_break_when_a_certificate_is_renewed(records: tuple[TlsaRecord, ...], count: int) -> None:
    risky = renewal_risk(tlsa_set(*records))
    assert len(risky) == count
    assert {one.selector for one in risky} <= {0}
