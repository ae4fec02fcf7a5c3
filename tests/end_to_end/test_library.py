"""The same job as a library, and what a scan does where it must not or cannot go on."""

import csv
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import auditor as library
from auditor.lab import open_lab

Auditor = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


async def test_a_program_scans_and_reads_tables(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        config = lab.config(library.Config(output=tmp_path / "out", format=("csv",))).model_copy(
            update={"active": False}
        )
        run = await library.scan(["brand01.example", "mx.tls12.example:25"], config)
        # A trial of TLS ends at the handshake, all else with QUIT.
        assert {visit.commands[-1] for visit in lab.visits} == {"QUIT", "STARTTLS"}
        assert not [one for visit in lab.visits for one in visit.commands if one.startswith(("MAIL", "RCPT", "VRFY"))]
    tables = run.tables()
    assert {"domains", "mx", "endpoints", "certificates", "findings", "listeners", "spf", "records"} <= set(tables)
    assert list(tables["domains"]["mx_status"]) == ["mx", "direct"]
    assert sorted(tables["endpoints"]["tls_version"]) == ["TLSv1.2", *["TLSv1.3"] * 4]
    assert run.manifest()["state"] == "finished"


def test_what_is_no_part_of_the_library_is_not_there() -> None:
    with pytest.raises(AttributeError):
        getattr(library, "nothing")  # noqa: B009 - a name that no type checker lets pass


@contextmanager
def silence() -> Iterator[int]:
    """A port on loopback that never answers a connection."""
    with ExitStack() as held:
        silent = held.enter_context(socket.socket())
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        for _ in range(8):
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(silent.getsockname())
        yield silent.getsockname()[1]


def test_a_closed_way_out_is_not_taken_for_a_broken_world(auditor: Auditor, tmp_path: Path) -> None:
    addresses = [f"192.0.2.{number}" for number in range(1, 13)]
    with silence() as port:
        redirections = [word for one in addresses for word in ("--connect-to", f"{one}:25:127.0.0.1:{port}")]
        settings = ["--vantage-guard", "5", "--connect-timeout", "0.2", "--allow-net", "192.0.2.0/24", "--isolated"]
        done = auditor("scan", *addresses, *settings, *redirections, "--format", "csv", cwd=tmp_path)
    assert done.returncode == 3
    assert "port 25" in done.stderr
    assert "--resume" in done.stderr
    with (tmp_path / "reports/latest/csv/endpoints.csv").open(encoding="utf-8", newline="") as file:
        seen = [one for one in csv.DictReader(file) if one["outcome"]]
    assert {one["blame"] for one in seen if one["outcome"] == "connect-timeout"} == {"path"}


def test_who_asked_not_to_be_contacted_is_not(auditor: Auditor, tmp_path: Path) -> None:
    (tmp_path / "never.txt").write_text("blocked.example # asked us\n192.0.2.0/24\n")
    done = auditor(
        "scan", "www.blocked.example", "192.0.2.7", "127.0.0.9", "--block", "never.txt", "--isolated",
        "--format", "csv", "--retries", "0", "-q", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rejected = (tmp_path / "reports/latest/rejected.csv").read_text()
    assert "www.blocked.example" in rejected
    assert "192.0.2.7" in rejected
    ends = (tmp_path / "reports/latest/csv/endpoints.csv").read_text()
    assert "127.0.0.9" in ends
    assert "skipped" in ends


def test_dns_only_contacts_no_mail_server(auditor: Auditor, tmp_path: Path) -> None:
    done = auditor("scan", "127.0.0.9", "--dns-only", "--isolated", "--format", "csv", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "reports/latest/csv/endpoints.csv").read_text().count("\n") == 1
