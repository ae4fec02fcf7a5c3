"""A scan that is killed or interrupted, and goes on: the same tables as if nothing had happened."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import rows
from tests.end_to_end.lab_runs import differences, lab_up, run_whole, shorten, stable, start, wait_for_rows

Auditor = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def whole(auditor: Auditor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing interrupted."""
    return run_whole(auditor, tmp_path_factory.mktemp("whole"))


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
