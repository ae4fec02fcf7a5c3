"""A recorded run, reported again where there is no network: every table as it was."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real.policy_world import World
from tests.real.scanning import Tables, audit

pytestmark = [pytest.mark.real, pytest.mark.slow]

NO_SOCKETS = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
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


def in_a_namespace_without_interfaces(folder: Path) -> None:
    without = ("unshare", "--net")
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespaces here")
    report_on(folder, before=without)


def with_every_socket_refused(folder: Path) -> None:
    (folder / "sitecustomize.py").write_text(NO_SOCKETS, encoding="utf-8")
    report_on(folder, path=(folder,))


def report_on(folder: Path, *, before: tuple[str, ...] = (), path: tuple[Path, ...] = ()) -> None:
    audit(folder, "report", "whole", "-o", "out", "--format", "csv", "-q", before=before, path=path)


@pytest.mark.parametrize("report", [in_a_namespace_without_interfaces, with_every_socket_refused])
def test_a_report_needs_no_network(seen: Tables, world: World, recorded: Path, report: Callable[[Path], None]) -> None:
    report(recorded)
    again = Tables(recorded / "out" / "whole")
    assert sorted(path.name for path in (again.run / "csv").iterdir()) == sorted(
        path.name for path in (seen.run / "csv").iterdir()
    )
    for path in (seen.run / "csv").iterdir():
        assert (again.run / "csv" / path.name).read_bytes() == path.read_bytes(), path.name
    assert len(again.rows("domains")) == len(world.domains)
