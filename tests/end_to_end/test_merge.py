"""A list scanned in shards, as on several machines, and merged: the tables of one run of the whole list."""

import csv
import json
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.conftest import rows
from tests.end_to_end.lab_runs import differences, lab_up, shorten, stable, start, wait_for_rows

Auditor = Callable[..., subprocess.CompletedProcess[str]]
SHARDS = ("1/3", "2/3", "3/3")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Scanned:
    """A list scanned whole and in shards, in a lab each: a server may say something else to its second visitor."""

    folder: Path
    auditor: Auditor

    def merge(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.auditor("merge", *arguments, "-o", "out", "--name", name, "--format", "csv", cwd=self.folder)

    def run(self, name: str) -> Path:
        return self.folder / "out" / name


@pytest.fixture(scope="module")
def scanned(auditor: Auditor, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("shards")
    done = Scanned(folder, auditor)
    for shards in ((), SHARDS):
        with lab_up(folder) as options:
            shorten(folder / "domains.csv")
            for shard in shards or ("1/1",):
                name = f"shard{shard[0]}" if shards else "whole"
                arguments = ["domains.csv", "--shard", shard, *options, "-o", "out", "--name", name, "-q"]
                one = auditor("scan", *arguments, cwd=folder)
                assert one.returncode == 0, one.stderr
    return done


def test_shards_merged_are_one_run_of_the_whole_list(scanned: Scanned) -> None:
    done = scanned.merge("merged", "shard3", "shard1", "shard2")
    assert done.returncode == 0, done.stderr
    whole, merged = scanned.run("whole"), scanned.run("merged")
    assert differences(stable(whole), stable(merged)) == []
    assert (merged / "rejected.csv").read_bytes() == (whole / "rejected.csv").read_bytes()
    assert [listener(one) for one in rows(merged, "listeners")] == [listener(one) for one in rows(whole, "listeners")]
    assert (scanned.folder / "out" / "latest").resolve() == merged.resolve()


def listener(row: dict[str, str]) -> tuple[str, ...]:
    return row["address"], row["port"], row["service"], row["domains"]


def test_the_run_says_what_it_was_made_out_of(scanned: Scanned) -> None:
    done = scanned.merge("told", "shard1", "shard2", "shard3", "--json")
    told = json.loads(done.stdout)
    assert told["state"] == "finished"
    assert [(one["name"], one["shard"]) for one in told["merged_from"]] == [
        ("shard1", "1/3"), ("shard2", "2/3"), ("shard3", "3/3"),
    ]  # fmt: skip
    first, last = (json.loads((scanned.run(f"shard{number}") / "run.json").read_text()) for number in (1, 3))
    assert (told["started_at"], told["finished_at"]) == (first["started_at"], last["finished_at"])
    assert told["options"]["shard"] is None
    again = scanned.auditor("report", "told", "-o", "out", "--format", "csv", "-q", cwd=scanned.folder)
    assert (again.returncode, again.stdout) == (0, "")


def test_a_missing_shard_is_said_and_the_runs_are_judged_by_what_is_there(scanned: Scanned) -> None:
    done = scanned.merge("two", "shard1", str(scanned.run("shard3")), "--fail-on", "high")
    assert done.returncode == 1
    assert "not the whole list: shard 2/3 is missing" in done.stderr
    there = {one["domain"] for name in ("shard1", "shard3") for one in rows(scanned.run(name), "domains")}
    assert {one["domain"] for one in rows(scanned.run("two"), "domains")} == there


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["shard1"], "two or more"),
        (["shard1", "shard1"], "the same run"),
        (["shard1", "nothing"], "nothing: no recorded run"),
        (["shard1", "shard2", "--format", "nonsense"], "nonsense"),
        (["shard1", "shard2", "--exclude", "MX999"], "MX999"),
    ],
)
def test_what_cannot_be_merged_is_refused_in_one_line(scanned: Scanned, arguments: list[str], says: str) -> None:
    done = scanned.auditor("merge", *arguments, "-o", "out", "--name", "wrong", cwd=scanned.folder)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert not scanned.run("wrong").exists()


def test_a_shard_that_was_killed_goes_on_in_the_merged_run(auditor: Auditor, scanned: Scanned, tmp_path: Path) -> None:
    with lab_up(tmp_path) as options, ExitStack() as ended:
        shorten(tmp_path / "domains.csv")
        scan = ["scan", "domains.csv", *options, "-o", "out", "-q"]
        killed = ended.enter_context(start(tmp_path, [*scan, "--shard", "1/2", "--name", "one"]))
        wait_for_rows(tmp_path / "out" / "one" / "journal.sqlite", "sessions", 10)
        refused = auditor("merge", "one", "one", "-o", "out", cwd=tmp_path)
        killed.kill()
        killed.wait()
        assert "another auditor is at work" in refused.stderr
        assert auditor(*scan, "--shard", "2/2", "--name", "two", cwd=tmp_path).returncode == 0
        done = auditor("merge", "one", "two", "-o", "out", "--name", "all", "--format", "csv", cwd=tmp_path)
        assert done.returncode == 3
        assert "one is not finished (killed)" in done.stderr
        assert "auditor scan --resume" in done.stderr
        assert json.loads((tmp_path / "out" / "all" / "run.json").read_text())["state"] == "interrupted"
        done = auditor("scan", "--resume", "all", "-o", "out", "-q", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "out" / "all" / "run.json").read_text())["state"] == "finished"
    assert differences(stable(scanned.run("whole")), stable(tmp_path / "out" / "all")) == []


def test_two_lists_merged_name_what_stands_in_both(auditor: Auditor, tmp_path: Path) -> None:
    for name, names in (("one", "127.0.0.9\n127.0.0.8\n"), ("two", "127.0.0.7\n127.0.0.9\n")):
        (tmp_path / f"{name}.txt").write_text(names)
        nobody = ("--resolver", "127.0.0.1:9", "--no-trust-ad", "--dns-timeout", "0.2", "--dns-tries", "1")
        settings = [*nobody, "--dns-only", "--isolated", "-o", "out", "--name", name, "--format", "csv", "-q"]
        assert auditor("scan", f"{name}.txt", *settings, cwd=tmp_path).returncode == 0
    done = auditor(
        "merge", "one", "two", "-o", "out", "--isolated", "--name", "both", "--format", "csv", "-q", cwd=tmp_path
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    both = tmp_path / "out" / "both"
    assert [one["domain"] for one in rows(both, "domains")] == ["127.0.0.9", "127.0.0.8", "127.0.0.7"]
    with (both / "rejected.csv").open(encoding="utf-8", newline="") as file:
        (rejected,) = csv.DictReader(file)
    assert (rejected["source"], rejected["line"]) == ("two.txt", "2")
    assert rejected["reason"] == "duplicate of line 1 of one.txt, in another of the merged runs"
