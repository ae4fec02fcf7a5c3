"""A scan that is killed or interrupted, and goes on: the same tables as if nothing had happened."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.conftest import rows

ROOT = Path(__file__).resolve().parents[2]
CHANGING = {
    *("shared_from", "cert_sha256", "cert_not_after", "cert_days_left", "attempts"),
    *("asked_at", "resolver", "tlsa", "data"),
}
# Labels from the run's start, digests of keys, and when the lab's certificates begin and end.
MADE_UP = re.compile(
    r"x-[0-9a-f]{16}|[0-9a-f]{16,}|(?:[0-9A-F]{2}:){31}[0-9A-F]{2}|[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d \d{4} GMT"
)
NOT_TAKEN = 2  # lines of the list
Tables = dict[str, list[dict[str, str]]]
Auditor = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow

LAB = """
import sys, trio
from pathlib import Path
from auditor.config import Config
from auditor.lab import open_lab

async def main(folder):
    async with open_lab(folder) as lab:
        (folder / "settings.json").write_text(lab.config(Config(format=("csv",))).model_dump_json())
        print("up", flush=True)
        await trio.to_thread.run_sync(sys.stdin.read)
        servers = {}
        for visit in lab.visits:
            servers.setdefault((visit.server, visit.address), []).append(visit.commands)
        print(max(len(visits) for visits in servers.values()))
        print(sum("QUIT" in visit for visits in servers.values() for visit in visits))

trio.run(main, Path(sys.argv[1]))
"""


@contextmanager
def lab_up(folder: Path) -> Iterator[list[str]]:
    """The lab in a process of its own; the options that let a scan reach it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LAB, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        try:
            yield _options(json.loads((folder / "settings.json").read_text()))
        finally:
            process.communicate()


def _options(settings: dict[str, object]) -> list[str]:
    toml = [f"{name} = {json.dumps(value)}" for name, value in settings.items() if value not in (None, [])]
    path = Path(str(settings["ca_file"])).with_name("lab.toml")
    path.write_text("\n".join(toml))
    return ["--config", str(path)]


def start(folder: Path, arguments: list[str]) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "auditor", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for_rows(journal: Path, table: str, count: int) -> None:
    """Until the journal holds so many rows; the moment itself may be any."""
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        try:
            with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database:
                query = f"SELECT count(*) FROM {table}"  # noqa: S608 - a table's name
                if database.execute(query).fetchone()[0] >= count:
                    return
        except sqlite3.Error:
            pass
    raise TimeoutError(journal)


def stable(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The tables without what differs between any two runs: durations and keys, and where a shared look began."""
    names = ("domains", "mx", "endpoints", "findings", "spf", "dkim", "tlsa", "records")
    tables = {name: rows(folder, name) for name in names}
    tables["records"] = [one for one in tables["records"] if one["type"] != "TLSA"]
    # Each lab has its own ports and mints its own certificates, which name is spoken to for others is left
    # to chance, and a look that the kill cut off is not counted.
    for one in (row for table in tables.values() for row in table):
        for column in [name for name in one if name.endswith("_ms") or name in CHANGING]:
            del one[column]
        for column, text in one.items():
            one[column] = MADE_UP.sub("made-up", text)
    return tables


def differences(whole: Tables, cut: Tables) -> list[object]:
    """Every value that differs, as (table, key of the row, column, one, other); a missing row by its key alone."""
    found: list[object] = []
    for table, one_rows in whole.items():
        found += [(table, len(one_rows), len(cut[table]))] if len(one_rows) != len(cut[table]) else []
        for one, other in zip(one_rows, cut[table], strict=False):
            found += [
                (table, *list(one.values())[:2], name, one[name], other[name])
                for name in one
                if one[name] != other[name]
            ]
    return found


def shorten(listed: Path) -> int:
    """Leave every sixth of the domains that are about policy alone; how many domains the list then has."""
    header, *lines = listed.read_text(encoding="utf-8").splitlines()
    kept = [line for number, line in enumerate(lines) if ",Policy," not in line or number % 6 == 0]
    listed.write_text("\n".join((header, *kept)), encoding="utf-8")
    return len([one for one in kept if "/" not in one]) - NOT_TAKEN


@pytest.fixture(scope="session")
def whole(auditor: Auditor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    with lab_up(folder) as options:
        shorten(folder / "domains.csv")
        done = auditor("scan", "domains.csv", *options, "-o", "out", "--name", "whole", "-q", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder / "out" / "whole"


@pytest.mark.parametrize(
    ("table", "count"),
    [("answers", 1), ("answers", 60), ("sessions", 1), ("sessions", 30), ("sessions", 60), ("policies", 1)],
)
def test_kill_9_and_resume_give_the_same_tables(
    auditor: Auditor, tmp_path: Path, whole: Path, table: str, count: int
) -> None:
    with lab_up(tmp_path) as options:
        shorten(tmp_path / "domains.csv")
        arguments = ["scan", "domains.csv", *options, "-o", "out", "--name", "cut", "-q"]
        with start(tmp_path, arguments) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", table, count)
            process.kill()
        done = auditor("scan", "--resume", "cut", *options, "-o", "out", "-q", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert differences(stable(whole), stable(tmp_path / "out" / "cut")) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_reports_of_what_was_observed(
    auditor: Auditor, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with lab_up(tmp_path) as options:
        domains = shorten(tmp_path / "domains.csv")
        arguments = ["scan", "domains.csv", *options, "-o", "out", "--name", "cut", "--format", "xlsx,csv"]
        with start(tmp_path, arguments) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", "sessions", 5)
            process.send_signal(number)
            _, messages = process.communicate(timeout=20)
        assert process.returncode == code
        assert "--resume" in messages
        folder = tmp_path / "out" / "cut"
        # Of a range, only what was found stands there.
        assert len([one for one in rows(folder, "domains") if "/" not in one["input"]]) == domains
        assert json.loads((folder / "run.json").read_text())["state"] == "interrupted"
        assert (folder / "audit.xlsx").is_file()
        done = auditor("scan", "--resume", "cut", *options, "-o", "out", "-q", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert json.loads((folder / "run.json").read_text())["state"] == "finished"


def test_a_second_process_on_the_same_run_is_refused(auditor: Auditor, tmp_path: Path) -> None:
    with (
        lab_up(tmp_path) as options,
        start(tmp_path, ["scan", "domains.csv", *options, "-o", "out", "--name", "one", "-q"]) as process,
    ):
        wait_for_rows(tmp_path / "out" / "one" / "journal.sqlite", "answers", 1)
        done = auditor("scan", "--resume", "one", "-o", "out", cwd=tmp_path)
        assert done.returncode == 2
        assert "another auditor is at work" in done.stderr
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_nameservers_are_asked_themselves_where_that_is_wanted(auditor: Auditor, tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        header, *lines = (tmp_path / "domains.csv").read_text(encoding="utf-8").splitlines()
        listed = [line for line in lines if ",Nameservers," in line]
        (tmp_path / "ns.csv").write_text("\n".join((header, *listed)), encoding="utf-8")
        done = auditor("scan", "ns.csv", *options, "--nameservers", "-o", "out", "--name", "ns", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / "ns"
    failed = {one["domain"]: set[str]() for one in rows(folder, "domains")}
    for one in rows(folder, "findings"):
        if one["check"].startswith("DNS") and one["verdict"] == "fail" and one["severity"] != "info":
            failed[one["domain"]].add(one["check"])
    expected = {one["domain"]: one["input_expected_findings"] for one in rows(folder, "domains")}
    assert {domain: "|".join(sorted(checks)) or "none" for domain, checks in failed.items()} == expected


def test_plan_contacts_no_mail_server(auditor: Auditor, tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        done = auditor("plan", "domains.csv", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Connections  at most" in done.stdout
    assert "hosting.example" in done.stdout


def test_probe_shows_the_conversation_and_the_verdicts(auditor: Auditor, tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        settings = ["--config", options[1]]
        done = auditor("probe", "mx.expired.example", *settings, cwd=tmp_path)
        data = auditor("probe", "--domain", "brand01.example", "--json", *settings, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for text in ("C: EHLO auditor.example", "S: 250 STARTTLS", "* TLS", "TLS023", "expired"):
        assert text in done.stdout.replace("*: TLS", "* TLS")
    assert len(json.loads(data.stdout)["sessions"]) == 4
