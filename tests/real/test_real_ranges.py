"""A range of addresses with real servers in it: what listens is found, as nmap finds it, and silence is no finding."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.lab.certificates import Authority
from tests.real.dns_servers import free_server, unbound
from tests.real.mail_servers import keep, postfix
from tests.real.processes import program
from tests.real.scanning import Tables, scan

RANGE, LISTED, SHADOW, PLAIN = "127.0.72.0/29", "127.0.72.1", "127.0.72.3", "127.0.72.5"

pytestmark = [pytest.mark.real, pytest.mark.slow]


@dataclass(frozen=True)
class World:
    tables: Tables
    port: int


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="auditor-real-"))
    folder.chmod(0o755)
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.root.pem())
    with ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        own = keep(folder, "listed", *authority.issue("good", ("mx.range.example",)))
        shadow = keep(folder, "shadow", *authority.issue("good", ("old.range.example",)))
        up = held.enter_context(postfix(folder / "postfix", own, LISTED, beside={SHADOW: shadow, PLAIN: None}))
        zone = [
            'module-config: "iterator"',
            'local-zone: "example." static',
            'local-data: "range.example MX 10 mx.range.example"',
            f'local-data: "mx.range.example A {LISTED}"',
            'local-zone: "127.in-addr.arpa." static',
            f'local-data-ptr: "{LISTED} mx.range.example"',
            f'local-data-ptr: "{SHADOW} forgotten.range.example"',
        ]
        resolver = held.enter_context(unbound(folder, free_server("127.0.72.53"), zone, ("mx.range.example", "A")))
        options = (
            "--resolver",
            f"{resolver.address}:{resolver.port}",
            "--port",
            str(up.port),
            "--connect-timeout",
            "3",
        )
        yield World(scan(folder, "run", ["range.example", RANGE], *options), up.port)


def test_every_listener_is_found_named_and_matched(world: World) -> None:
    rows = world.tables.by("address", "listeners")
    assert {address: (row["listed"], row["matched_by"], row["domains"]) for address, row in rows.items()} == {
        LISTED: ("true", "mx", "range.example"),
        SHADOW: ("false", "certificate", "range.example"),
        PLAIN: ("false", "", ""),
    }
    assert (rows[LISTED]["ptr"], rows[LISTED]["ptr_confirmed"]) == ("mx.range.example", "true")
    assert (rows[SHADOW]["ptr"], rows[SHADOW]["ptr_confirmed"]) == ("forgotten.range.example", "false")
    assert (rows[PLAIN]["ptr"], rows[PLAIN]["starttls"]) == ("", "not-offered")


def test_what_is_listed_and_in_the_range_is_spoken_to_once(world: World) -> None:
    rows = [row for row in world.tables.rows("endpoints") if row["address"] == LISTED]
    assert {row["exchange"] for row in rows} == {"mx.range.example", LISTED}
    # Whichever came first: its certificate, valid for the name, serves the other.
    assert sorted(bool(row["shared_from"]) for row in rows) == [False, True]


def test_silence_is_no_finding_and_in_no_table(world: World) -> None:
    addresses = {LISTED, SHADOW, PLAIN}
    assert {row["address"] for row in world.tables.rows("endpoints")} == addresses
    assert {row["domain"] for row in world.tables.rows("domains")} == {"range.example", *addresses}
    assert not [row for row in world.tables.rows("findings") if row["check"] in {"SMTP001", "SMTP003"}]


def test_nmap_finds_the_same(world: World) -> None:
    command = [program("nmap"), "-Pn", "-n", "-p", str(world.port), "--open", "-oG", "-", RANGE]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {line.split()[1] for line in said.splitlines() if "/open/" in line}
    assert found == {row["address"] for row in world.tables.rows("listeners")}
