"""Every fault changes one row, which says what happened, and nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.end_to_end.lab_runs import stable
from tests.hostile.conftest import Rows, Seen
from tests.hostile.every import EVERY
from tests.hostile.healthy import HEALTHY
from tests.hostile.index import NAMED
from tests.hostile.others import LARGE
from tests.hostile.scenario import Scenario

pytestmark = pytest.mark.slow


def differences(row: Mapping[str, str], expected: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By column what is expected and what is there, where they differ."""
    return {
        column: (wanted, row[column])
        for column, wanted in expected.items()
        if (wanted not in row[column] if column == "error" else wanted != row[column])
    }


def of_exchange(rows: Rows, scenario: Scenario) -> Rows:
    return [one for one in rows if f".{one['exchange']}".endswith(f".{scenario.name}.example")]


def _marked(scenario: Scenario) -> Any:
    marks = (
        [pytest.mark.xfail(reason=scenario.still_open, raises=AssertionError, strict=True)]
        if scenario.still_open
        else []
    )
    return pytest.param(scenario, marks=marks, id=scenario.name)


@pytest.mark.parametrize("scenario", [_marked(one) for one in EVERY])
def test_the_row_says_what_happened(seen: Seen, scenario: Scenario) -> None:
    domain = scenario.listed_as
    (row,) = (one for one in seen.rows("domains") if one["domain"] == domain)
    assert differences(row, scenario.domain) == {}
    for one in seen.rows("mx"):
        if one["domain"] == domain:
            assert differences(one, scenario.mx) == {}
    endpoints = of_exchange(seen.rows("endpoints"), scenario)
    assert endpoints or not scenario.endpoint
    for one in endpoints:
        assert differences(one, scenario.endpoint) == {}
    if scenario.check:
        failed = {one["check"] for one in seen.rows("findings") if one["domain"] == domain and one["verdict"] == "fail"}
        assert all(any(one.startswith(check) for one in failed) for check in scenario.check.split()), failed


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY) >= 500


@pytest.mark.parametrize("fault", NAMED)
def test_each_named_fault_has_a_scenario(fault: str) -> None:
    assert set(NAMED[fault].split()) <= {one.name for one in EVERY}


def test_all_of_500_exchanges_are_counted_and_ten_are_tried(seen: Seen) -> None:
    domain = "mx-500.example"
    assert len([one for one in seen.rows("mx") if one["domain"] == domain]) == 500
    assert len([one for one in seen.rows("endpoints") if one["exchange"].endswith(f".{domain}")]) == 10
    told = [one["evidence"] for one in seen.rows("findings") if one["domain"] == domain and one["check"] == "MX016"]
    assert told == ["500 MX records"]


def test_the_run_ends_well_and_in_time(seen: Seen) -> None:
    assert seen.exit_code == 0
    assert seen.messages == ""
    assert not (seen.folder / "errors.log").exists()
    assert seen.seconds < 60


def test_memory_stays_flat(seen: Seen) -> None:
    assert 0 < seen.peak_mib < 300


@pytest.mark.parametrize("scenario", EVERY, ids=lambda one: one.name)
def test_it_ends_in_time_and_little_is_taken(seen: Seen, scenario: Scenario) -> None:
    for one in of_exchange(seen.rows("endpoints"), scenario):
        assert float(one["total_ms"] or 0) < scenario.seconds * 1000
    for visit in seen.visits:
        if f".{visit['server']}".endswith(f".{scenario.name}.example"):
            assert visit["sent_octets"] < scenario.octets
            assert visit["seconds"] < scenario.seconds


def test_no_row_is_empty_and_none_is_a_fault_of_ours(seen: Seen) -> None:
    outcomes = {one["outcome"] for one in seen.rows("endpoints")}
    assert outcomes & {"", "internal-error"} == set()
    assert len(seen.rows("domains")) == len(EVERY)


def test_nobody_was_asked_for_more_than_anybody_may_do(seen: Seen) -> None:
    said = {command.split(" ")[0].upper() for visit in seen.visits for command in visit["commands"]}
    assert said & {"MAIL", "RCPT", "DATA", "VRFY", "EXPN", "AUTH", "BDAT"} == set()
    names = {command for visit in seen.visits for command in visit["commands"] if command.startswith("EHLO")}
    assert names == {f"EHLO {seen.settings['helo']}"}


def test_nobody_knocks_where_nobody_must_go(seen: Seen) -> None:
    """At what listens wherever the machine itself is meant; the same is reached where that is allowed."""
    unasked, allowed = seen.knocks
    assert unasked == 0
    assert allowed >= 2


def test_the_healthy_are_judged_as_if_they_were_alone(seen: Seen) -> None:
    names = {one.listed_as for one in HEALTHY}
    alone, among = stable(seen.alone), stable(seen.folder)
    for one in (*alone["domains"], *among["domains"]):
        del one["input_line"]
    assert {one["domain"] for one in alone["domains"]} == names
    for table, rows in alone.items():
        of_them = [one for one in among[table] if one.get("domain", one.get("exchange", "")[3:]) in names]
        assert sorted(map(repr, of_them)) == sorted(map(repr, rows)), table


def test_leave_is_taken_wherever_it_can_be(seen: Seen) -> None:
    """By all that were greeted and heard to the end; whoever breaks off or never listens cannot be told anything."""
    ended = {one["exchange"] for one in seen.rows("endpoints") if one["outcome"] in {"completed", "rejected"}}
    ended -= {one.exchange for one in EVERY if one.fault in {"closing", "flood"}}
    visits = [visit for visit in seen.visits if visit["server"] in ended and visit["commands"]]
    without = [one["server"] for one in visits if one["commands"][-1].split()[-1] not in {"QUIT", "LOGOUT"}]
    assert len(visits) > 150
    assert len(without) <= 0.01 * len(visits), without


def test_the_tables_of_whoever_says_as_much_as_it_may_are_read_by_usual_readers(seen: Seen) -> None:
    assert seen.large is not None
    assert seen.large.exit_code == 0, seen.large.messages
    (row,) = seen.large.rows("endpoints")
    assert differences(row, LARGE.endpoint) == {}
