"""Commands, options, exit codes and what stands on which stream."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Auditor = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


def test_help_names_every_command(auditor: Auditor, tmp_path: Path) -> None:
    done = auditor("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(
        name in done.stdout for name in ("scan", "demo", "report", "merge", "explain", "plan", "probe", "doctor")
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scan"], "name what to audit"),
        (["scam"], "No such command 'scam'"),
        (["scan", "example.com", "--rat", "1"], "--rate"),
        (["scan", "example.com", "--rate", "fast"], "--rate"),
        (["demo", "--fail-on", "awful"], "critical"),
        (["scan", "no-such-list.csv"], "no-such-list.csv"),
        (["scan", "example.com", "--per-host", "-1"], "--per-host"),
        (["scan", "example.com", "--format", "xlsxx"], "did you mean 'xlsx'"),
        (["scan", "example.com", "--include", "MX999"], "MX999: no such check"),
        (["scan", "example.com", "--resolver", "nowhere"], "nowhere"),
        (["scan", "example.com", "--connect-to", "nonsense"], "--connect-to nonsense"),
        (["scan", "example.com", "--ca-file", "none.pem"], "none.pem"),
        (["scan", "example.com", "--block", "none.txt"], "none.txt"),
        (["scan", "example.com", "--shard", "3/2"], "3/2"),
        (["scan", "-"], "no domain in the list"),
        (["scan", "--resume"], "no recorded run"),
        (["report", "nothing"], "nothing: no recorded run"),
        (["merge"], "RUN"),
        (["merge", "one", "two"], "one: no recorded run"),
        (["explain", "nothing"], "nothing: no such check"),
        (["probe"], "name one of the two"),
        (["probe", "--send-test", "nonsense"], "nonsense: no mail address"),
        (["probe", "--send-test", "a@b.example", "--json"], "--send-test is for one server"),
        (["probe", "--send-test", "a@b.example", "--from", "<x@y.example>"], "no mail address"),
        (["plan"], "name what would be audited"),
    ],
)
def test_a_wrong_request_ends_with_2_one_line_and_nothing_written(
    auditor: Auditor, tmp_path: Path, arguments: list[str], says: str
) -> None:
    done = auditor(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_json_stands_alone_on_standard_output(auditor: Auditor, tmp_path: Path) -> None:
    done = auditor("demo", "-o", "out", "--json", "--format", "csv", cwd=tmp_path)
    assert json.loads(done.stdout)["summary"]["domains"] > 200
    assert "\x1b" not in done.stdout + done.stderr


def test_a_vantage_that_is_not_fit_ends_with_3_and_says_what_to_do(auditor: Auditor, tmp_path: Path) -> None:
    nobody = ("--resolver", "127.0.0.1:9", "--dns-timeout", "0.2", "--dns-tries", "1", "--dns-lookup-timeout", "0.5")
    done = auditor("doctor", "--local", *nobody, cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "fail  resolver" in done.stdout
    assert "Name one: --resolver." in done.stdout
    assert "port 25" not in done.stdout
    told = json.loads(auditor("doctor", "--local", "--json", *nobody, cwd=tmp_path).stdout)
    assert [one["what"] for one in told][:2] == ["versions", "resolver"]
    assert list(tmp_path.iterdir()) == []


def test_fail_on_ends_with_1_if_a_finding_stands(auditor: Auditor, tmp_path: Path) -> None:
    done = auditor("demo", "-o", "out", "--format", "csv", "--fail-on", "high", "-q", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")  # quiet says nothing


def test_a_report_is_written_again_without_a_network(auditor: Auditor, demo: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(demo, tmp_path / "reports" / "again")
    before = (copy / "csv" / "findings.csv").read_bytes()
    (copy / "csv" / "findings.csv").unlink()
    done = auditor("report", "again", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (copy / "csv" / "findings.csv").read_bytes() == before


def test_explain_lists_and_explains(auditor: Auditor, tmp_path: Path) -> None:
    assert "MX003" in auditor("explain", cwd=tmp_path).stdout
    assert "RFC 2181" in auditor("explain", "mx-alias", cwd=tmp_path).stdout
    assert [one["id"] for one in json.loads(auditor("explain", "MX003", "--json", cwd=tmp_path).stdout)] == ["MX003"]


def test_the_environment_and_the_file_are_heard(auditor: Auditor, tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text('format = ["nonsense"]\n')
    assert "nonsense" in auditor("demo", cwd=tmp_path).stderr
    done = auditor("demo", "-q", cwd=tmp_path, AUDITOR_FORMAT="csv", AUDITOR_OUTPUT="elsewhere")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "elsewhere" / "latest" / "csv").is_dir()
    assert "nonsense" not in auditor("demo", "-q", "--isolated", "--format", "csv", cwd=tmp_path).stderr


def test_versions_are_told(auditor: Auditor, tmp_path: Path) -> None:
    done = auditor("--version", cwd=tmp_path)
    assert all(word in done.stdout for word in ("auditor 0.", "rules", "Python", "dnspython", "OpenSSL"))


BROKEN = """
import sys
import auditor.checks.catalogue
import auditor.cli
del auditor.checks.catalogue.line
sys.argv[1:] = ["explain"]
auditor.cli.main()
"""


def test_a_fault_of_ours_is_one_line_and_a_log(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BROKEN],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "broken")},
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr.startswith("auditor: a fault of ours: ImportError")
    assert done.stderr.count("\n") == 1
    (log,) = (tmp_path / "broken").iterdir()
    assert "Traceback" in log.read_text()


def test_a_reader_that_has_enough_is_no_failure() -> None:
    command = f"{sys.executable} -m auditor explain | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.startswith("MX001")
    assert done.stderr == ""
