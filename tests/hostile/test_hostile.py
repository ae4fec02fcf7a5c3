"""Every fault changes one row, which says what happened, and nothing else."""

from collections.abc import Mapping

import pytest

from tests.hostile.conftest import Rows, Seen
from tests.hostile.every import EVERY
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


@pytest.mark.parametrize("scenario", EVERY, ids=lambda one: one.name)
def test_the_row_says_what_happened(seen: Seen, scenario: Scenario) -> None:
    domain = f"{scenario.name}.example"
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
        assert any(check.startswith(scenario.check) for check in failed), failed


def test_there_are_enough_and_each_kind_of_fault_has_some() -> None:
    assert len(EVERY) >= 250
    assert len({one.name for one in EVERY}) == len(EVERY)
    faults = {one.fault for one in EVERY}
    dialogue = {
        "silence",
        "drip",
        "tarpit",
        "flood",
        "long-line",
        "many-lines",
        "bare-lf",
        "bare-cr",
        "octets",
        "codes",
    }
    assert faults == dialogue | {
        *("early", "refusal", "closing", "connect"),
        *("injection", "starttls", "handshake", "inside", "certificate"),
        *("lookup", "policy-lookup", "route", "address", "policy"),
    }


def test_the_run_ends_well_and_in_time(seen: Seen) -> None:
    assert seen.exit_code == 0
    assert seen.messages == ""
    assert not (seen.folder / "errors.log").exists()
    assert seen.seconds < 60


def test_memory_stays_flat(seen: Seen) -> None:
    assert 0 < seen.peak_mib < 300


def test_every_conversation_ends_within_its_deadline(seen: Seen) -> None:
    longest = seen.settings["session_timeout"] + seen.settings["quit_timeout"] + 1
    took = [float(one["total_ms"]) / 1000 for one in seen.rows("endpoints") if one["total_ms"]]
    assert len(took) > len(EVERY) / 2
    assert max(took) < longest


def test_no_row_is_empty_and_none_is_a_fault_of_ours(seen: Seen) -> None:
    outcomes = {one["outcome"] for one in seen.rows("endpoints")}
    assert outcomes & {"", "internal-error"} == set()
    assert len(seen.rows("domains")) == len(EVERY)


def test_nobody_was_asked_for_more_than_anybody_may_do(seen: Seen) -> None:
    said = {command.split(" ")[0].upper() for visit in seen.visits for command in visit["commands"]}
    assert said & {"MAIL", "RCPT", "DATA", "VRFY", "EXPN", "AUTH", "BDAT"} == set()
    names = {command for visit in seen.visits for command in visit["commands"] if command.startswith("EHLO")}
    assert names == {f"EHLO {seen.settings['helo']}"}


def test_nothing_listens_where_nobody_must_go_and_nobody_knocked(seen: Seen) -> None:
    """The servers that stand where such names lead are those of other scenarios: no visit is one too many."""
    led = {f"mx.{one.name}.example" for one in EVERY if one.fault == "address"}
    assert led
    assert [visit for visit in seen.visits if visit["server"] in led] == []


def test_what_behaves_is_judged_as_if_it_were_alone(seen: Seen) -> None:
    """The exchanges of the domains whose policy host, or zone, alone is hostile are ordinary ones."""
    ordinary = [one for one in EVERY if one.fault == "policy"]
    rows = {one["exchange"]: one for one in seen.rows("endpoints")}
    told = {
        (rows[one.exchange]["outcome"], rows[one.exchange]["starttls"], rows[one.exchange]["cert_trust"])
        for one in ordinary
    }
    assert told == {("completed", "ok", "trusted")}


def test_leave_is_taken_wherever_it_can_be(seen: Seen) -> None:
    """Of those that were greeted and behave; the others end the session themselves."""
    ordinary = {one.exchange for one in EVERY if one.fault in {"policy", "policy-lookup", "route"}}
    visits = [visit for visit in seen.visits if visit["server"] in ordinary and visit["commands"]]
    assert len(visits) > 50
    assert {visit["commands"][-1] for visit in visits} == {"QUIT"}
