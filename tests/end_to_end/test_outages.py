"""Resolvers, and a network, that go away in the middle of a run and come back: the same rows as if nothing had been."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import rows
from tests.end_to_end.lab_runs import differences, lab_up, shorten, stable, start, wait_for_rows

Auditor = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
HEALTHY = 30  # domains


def heard(process: "subprocess.Popen[str]", words: str) -> str:
    """The line of its messages that says so; what it said, if it ends before."""
    said = []
    assert process.stderr is not None
    for line in process.stderr:
        said.append(line)
        if words in line:
            return line
    raise AssertionError("".join(said))


def ended(process: "subprocess.Popen[str]") -> None:
    """Wait for its end, and see to it if that does not come."""
    try:
        process.communicate(timeout=60)
    finally:
        process.kill()


def test_a_resolver_that_dies_in_the_middle_is_waited_for(auditor: Auditor, tmp_path: Path) -> None:
    with lab_up(tmp_path) as options:
        shorten(tmp_path / "domains.csv")
        scan = ["scan", "domains.csv", *options, "--dns-only", "--outage-wait", "300", "-q", "-o", "out", "--name"]
        done = auditor(*scan, "whole", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        lab = int((tmp_path / "lab.pid").read_text())
        with start(tmp_path, [*scan, "cut"]) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", "answers", 40)
            os.kill(lab, signal.SIGSTOP)
            try:
                heard(process, "no resolver answers: waiting for up to 300 s")
            finally:
                os.kill(lab, signal.SIGCONT)
            heard(process, "going on")
            ended(process)
    assert process.returncode == 0
    assert "back after" in (tmp_path / "out" / "cut" / "errors.log").read_text()
    assert differences(stable(tmp_path / "out" / "whole"), stable(tmp_path / "out" / "cut")) == []


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network of its own, with nothing but loopback."""
    ip = shutil.which("ip")
    if os.getuid() or ip is None:
        pytest.skip("a network of its own needs root and iproute2")
    name = f"auditor-outage-{os.getpid()}"
    subprocess.run([ip, "netns", "add", name], check=True, timeout=10)
    try:
        subprocess.run([ip, "-n", name, "link", "set", "lo", "up"], check=True, timeout=10)
        yield name
    finally:
        subprocess.run([ip, "netns", "delete", name], check=True, timeout=10)


def test_a_network_that_goes_away_in_the_middle_is_waited_for(tmp_path: Path, namespace: str) -> None:
    inside = ["ip", "netns", "exec", namespace]
    with lab_up(tmp_path, inside) as options:
        lines = (tmp_path / "domains.csv").read_text(encoding="utf-8").splitlines()
        healthy = [line.partition(",")[0] for line in lines if ",mx,completed," in line and "Policy" not in line]
        (tmp_path / "list.txt").write_text("\n".join(healthy[-HEALTHY:]))
        scan = [
            "scan",
            "list.txt",
            *options,
            "--concurrency",
            "2",
            "--outage-wait",
            "300",
            "-q",
            "-o",
            "out",
            "--name",
            "cut",
        ]
        with start(tmp_path, scan, inside) as process:
            wait_for_rows(tmp_path / "out" / "cut" / "journal.sqlite", "sessions", 3)
            subprocess.run(
                ["ip", "-n", namespace, "address", "del", "127.0.0.1/8", "dev", "lo"], check=True, timeout=10
            )
            said = heard(process, "waiting for up to 300 s")
            subprocess.run(
                ["ip", "-n", namespace, "address", "add", "127.0.0.1/8", "dev", "lo"], check=True, timeout=10
            )
            ended(process)
    assert process.returncode == 0
    assert "no IPv4 network here" in said or "no resolver answers" in said
    endpoints = rows(tmp_path / "out" / "cut", "endpoints")
    assert {(one["outcome"], one["error"]) for one in endpoints} == {("completed", "")}
    assert {one["smtp"] for one in rows(tmp_path / "out" / "cut", "domains")} == {"all"}
