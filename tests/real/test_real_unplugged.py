"""A recorded run, reported again where there is no network: every table as it was."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real.mail_servers import Running
from tests.real.policy_world import World
from tests.real.processes import apart
from tests.real.scanning import Tables, audit, with_root_on_path

pytestmark = [pytest.mark.real, pytest.mark.slow]

KNOCK = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"
NO_SOCKETS = """
import sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise OSError(f"unplugged: {event}")

sys.addaudithook(refuse)
"""


@pytest.fixture
def recorded(seen: Tables, tmp_path: Path) -> Path:
    """A folder with no more of the run than its journal."""
    run = tmp_path / "out" / "whole"
    run.mkdir(parents=True)
    shutil.copy(seen.run / "journal.sqlite", run)
    return tmp_path


@dataclass(frozen=True)
class Unplugged:
    """A way to start a program that reaches no server."""

    before: tuple[str, ...] = ()
    path: tuple[Path, ...] = ()

    def reaches(self, mail: Running) -> bool:
        knocking = [*self.before, sys.executable, "-c", KNOCK, mail.address, str(mail.port)]
        done = subprocess.run(knocking, env=with_root_on_path(*self.path), capture_output=True, check=False)
        return done.returncode == 0


@pytest.fixture
def without_interfaces() -> Unplugged:
    return Unplugged(before=apart("--net"))


@pytest.fixture
def without_sockets(tmp_path: Path) -> Unplugged:
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS, encoding="utf-8")
    return Unplugged(path=(tmp_path,))


@pytest.mark.parametrize("way", ["without_interfaces", "without_sockets"])
def test_a_report_needs_no_network(
    seen: Tables, world: World, recorded: Path, way: str, request: pytest.FixtureRequest
) -> None:
    unplugged: Unplugged = request.getfixturevalue(way)
    assert Unplugged().reaches(world.mail)
    assert not unplugged.reaches(world.mail)
    words = ("report", "whole", "-o", "out", "--format", "csv", "-q")
    audit(recorded, *words, before=unplugged.before, path=unplugged.path)
    again = recorded / "out" / "whole" / "csv"
    tables = sorted(path.name for path in (seen.run / "csv").iterdir())
    assert sorted(path.name for path in again.iterdir()) == tables
    for name in tables:
        assert (again / name).read_bytes() == (seen.run / "csv" / name).read_bytes(), name
    assert len(Tables(again.parent).rows("domains")) == len(world.domains)
