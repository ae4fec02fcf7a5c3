"""What is said of a merged run, and which runs do not go together."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.config import Config
from auditor.errors import UsageError
from auditor.journal import Journal
from auditor.journal.merged_meta import merged_meta, trusted_by_all
from auditor.journal.merged_settings import OF_A_MACHINE, OF_THE_REPORTS, WHAT_IS_LOOKED_AT, merged_settings
from auditor.journal.part import distinct_names
from auditor.model.dns import Validation
from tests.journal.conftest import BEGAN, Runs, target

REPORTS = Config(format=("csv",), name="all", exclude=("MX",))
VALIDATES = Validation(trusted=True, words="validates")
DOES_NOT = Validation(trusted=False, words="does not validate")
# Of the first run, where they differ: pace and patience, and how a list was read.
MAY_DIFFER = {
    *("column", "sheet", "yes", "dnssec_proof", "dns_concurrency", "dns_timeout", "dns_tries", "dns_lookup_timeout"),
    *("policy_timeout", "relay_to", "no_share", "concurrency", "per_host", "per_prefix", "rate", "hold_off"),
    *("connect_timeout", "greeting_timeout", "command_timeout", "tls_timeout", "quit_timeout", "session_timeout"),
    *("retries", "retry_wait", "vantage_guard", "domain_timeout", "outage_wait"),
    *("max_line_octets", "max_reply_lines", "max_session_octets", "max_policy_octets"),
}
OF_ITS_OWN = {"resolver", "block", "ca_file"}


def of_two(runs: Runs, first: dict[str, Any], second: dict[str, Any], key: str | None = None) -> Any:
    """What becomes of a value that two runs keep."""
    for values in (first, second):
        run = runs.add(target("a.example"))
        for name, value in values.items():
            run.set_meta(name, value)
    meta = merged_meta(runs.parts())
    return meta[key] if key else meta


def test_a_run_begins_with_the_first_and_ends_with_the_last(runs: Runs) -> None:
    runs.add(shard="2/2")
    runs.add(shard="1/2", began=BEGAN - timedelta(hours=5))
    meta = merged_meta(runs.parts())
    assert meta["finished_at"] == (BEGAN + timedelta(minutes=10)).isoformat()
    assert [(one["name"], one["shard"]) for one in meta["merged_from"]] == [("run1", "2/2"), ("run2", "1/2")]
    assert meta["state"] == "finished"
    assert meta["merge_note"] == ""


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("finished", "interrupted"), "interrupted"),
        (("vantage", "finished"), "vantage"),
        (("vantage", "deadline"), "interrupted"),
        (("running", "finished"), "interrupted"),
    ],
)
def test_it_is_finished_only_if_all_are(runs: Runs, states: tuple[str, str], expected: str) -> None:
    assert of_two(runs, {"state": states[0]}, {"state": states[1]}, "state") == expected


def test_a_killed_run_has_no_end_and_so_the_merged_one_has_none(runs: Runs) -> None:
    assert of_two(runs, {"finished_at": None, "state": "running"}, {}, "finished_at") is None


def test_what_all_say_is_said_once(runs: Runs) -> None:
    first = {
        "vantage": {"host": "one", "Python": "3.11"},
        "resolver": ["a", "b"],
        "tool_version": "1",
        "path_note": "p",
    }
    second = {
        "vantage": {"host": "two", "Python": "3.11"},
        "resolver": ["b", "c"],
        "tool_version": "1",
        "path_note": "p",
    }
    meta = of_two(runs, first, second)
    assert meta["vantage"] == {"host": "one | two", "Python": "3.11"}
    assert meta["resolver"] == ["a", "b", "c"]
    assert (meta["tool_version"], meta["path_note"]) == ("1", "p")


def test_what_one_says_stands_under_its_name(runs: Runs) -> None:
    assert of_two(runs, {}, {"vantage_note": "port 25 is closed"}, "vantage_note") == "run2: port 25 is closed"


@pytest.mark.parametrize(
    ("shards", "note"),
    [
        (("1/2", "2/2"), ""),
        ((None, None), ""),
        (("1/3", "3/3"), "not the whole list: shard 2/3 is missing"),
        (("2/2", "3/3"), "not the whole list: shard 1/2 is missing; not the whole list: shard 1/3, 2/3 is missing"),
        (("1/15", None), f"not the whole list: shard {', '.join(f'{n}/15' for n in range(2, 12))} … is missing"),
    ],
)
def test_a_missing_shard_is_said(runs: Runs, shards: tuple[str, str], note: str) -> None:
    for number, shard in enumerate(shards):
        runs.add(target(f"{number}.example"), shard=shard)
    assert merged_meta(runs.parts())["merge_note"] == note


def test_the_same_shard_twice_is_refused_unless_it_is_of_another_list(runs: Runs) -> None:
    runs.add(target("a.example", source="x/list.txt"), shard="1/2")
    runs.add(target("b.example", source="other.txt"), shard="1/2")
    parts = runs.parts()
    merged_meta(parts)
    runs.add(target("c.example", source="y/list.txt"), shard="1/2")
    with pytest.raises(UsageError, match="run1 and run3 are both shard 1/2"):
        merged_meta(runs.parts())


def test_the_same_run_twice_is_refused(runs: Runs) -> None:
    runs.add()
    (part,) = runs.parts()
    with pytest.raises(UsageError, match="the same run"):
        merged_meta([part, part])


def test_a_merged_run_counts_as_those_it_was_made_out_of(runs: Runs) -> None:
    for shard in ("1/3", "2/3"):
        runs.add(target(f"{shard[0]}.example"), shard=shard)
    parts = runs.parts()
    both = runs.add(began=parts[0].started_at)
    both.set_meta("merged_from", merged_meta(parts)["merged_from"])
    runs.add(target("c.example"), shard="3/3")
    *_, merged, third = runs.parts()
    meta = merged_meta([merged, third])
    assert meta["merge_note"] == ""
    assert [one["shard"] for one in meta["merged_from"]] == ["1/3", "2/3", "3/3"]
    with pytest.raises(UsageError, match="the same run"):
        merged_meta([merged, parts[1]])


@pytest.mark.parametrize(
    ("seen", "trusted"),
    [((VALIDATES, VALIDATES), True), ((VALIDATES, DOES_NOT), False), ((VALIDATES, None), True), ((None, None), None)],
)
def test_the_ad_bit_counts_only_where_every_resolver_validates(
    runs: Runs, seen: tuple[Validation | None, ...], trusted: bool | None
) -> None:
    for one in seen:
        runs.add().set_meta("validation", None if one is None else asdict(one))
    meta = merged_meta(runs.parts())
    assert (meta["validation"] and meta["validation"]["trusted"]) is trusted
    assert ("DNSSEC is judged in none" in meta["merge_note"]) is (DOES_NOT in seen)


def test_the_words_of_several_vantages_stand_under_their_names() -> None:
    both = trusted_by_all([("one", VALIDATES), ("two", DOES_NOT)])
    assert both is not None
    assert both.words == "one: validates; two: does not validate"


def test_runs_called_the_same_are_told_apart_by_where_they_lie() -> None:
    folders = [Path("x/run"), Path("y/run"), Path("y/other")]
    assert distinct_names(folders) == ["x/run", "y/run", "other"]


# Settings


def test_every_setting_has_its_rule() -> None:
    ruled = [*WHAT_IS_LOOKED_AT, *OF_A_MACHINE, *OF_THE_REPORTS, *MAY_DIFFER, *OF_ITS_OWN]
    assert sorted(ruled) == sorted(Config.model_fields)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({}, {"tls_versions": True}, "--tls-versions differs.*run1 has false, run2 has true"),
        ({"port": (25,)}, {"port": (25, 587)}, "--port differs"),
        ({"dns_only": True}, {}, "--dns-only differs"),
        ({"connect_to": ("a:25:b:25",)}, {}, "--connect-to differs"),
        ({"ca_file": "a.pem"}, {}, "--ca-file differs"),
    ],
)
def test_runs_that_looked_at_other_things_are_refused(
    runs: Runs, first: dict[str, Any], second: dict[str, Any], says: str
) -> None:
    runs.add(**first)
    runs.add(**second)
    with pytest.raises(UsageError, match=says):
        merged_settings(runs.parts(), REPORTS)


def test_what_may_differ_becomes_one(runs: Runs) -> None:
    runs.add(port=(25, 587), rate=1.0, helo="a.example", shard="1/2", resolver=("192.0.2.1",), ca_file="x/ca.pem")
    runs.add(port=(587, 25), rate=2.0, helo="b.example", shard="2/2", resolver=("192.0.2.2",), ca_file="y/ca.pem")
    parts = runs.parts()
    settings = merged_settings(parts, REPORTS)
    assert (settings.port, settings.rate, settings.helo, settings.shard) == ((25, 587), 1.0, None, None)
    assert settings.resolver == ("192.0.2.1", "192.0.2.2")
    assert (settings.format, settings.name, settings.exclude) == (("csv",), "all", ("MX",))
    assert "trust anchors were read from several files" in merged_meta(parts)["merge_note"]


def test_what_is_the_same_stays(runs: Runs) -> None:
    for _ in range(2):
        runs.add(helo="a.example", trust_ad=True, block="never.txt", state="interrupted")
    settings = merged_settings(runs.parts(), REPORTS)
    assert (settings.helo, settings.trust_ad, settings.block) == ("a.example", True, Path("never.txt"))


def test_the_systems_resolver_stays_the_systems(runs: Runs) -> None:
    runs.add(resolver=("192.0.2.1",))
    runs.add()
    assert merged_settings(runs.parts(), REPORTS).resolver == ()


def test_who_is_never_contacted_must_not_be_forgotten_by_a_run_that_goes_on(runs: Runs) -> None:
    runs.add(block="a.txt")
    second = runs.add(state="interrupted")
    with pytest.raises(UsageError, match=r"--block differs.*run2 is not finished.*--resume"):
        merged_settings(runs.parts(), REPORTS)
    with Journal.resume(second.folder) as again:
        again.set_meta("state", "finished")
    assert merged_settings(runs.parts(), REPORTS).block == Path("a.txt")


# What the merged journal is judged by


def test_what_was_seen_is_judged_at_the_beginning_of_its_own_run(runs: Runs) -> None:
    for _ in range(3):
        runs.add()
    parts = runs.parts()
    merged = runs.merged(parts)
    assert merged.judged_at(BEGAN + timedelta(days=1)) == BEGAN
    merged.set_meta("merged_from", merged_meta(parts)["merged_from"])
    del merged.starts  # was found out before it was known to be merged
    hours = [BEGAN + timedelta(hours=number) for number in range(3)]
    assert merged.starts == tuple(hours)
    assert merged.judged_at() == BEGAN
    assert merged.judged_at(None, hours[1] + timedelta(minutes=5)) == hours[1]
    assert merged.judged_at(hours[0], hours[2]) == hours[2]
    assert merged.judged_at(BEGAN - timedelta(hours=1)) == BEGAN
