"""The command under test: ``auditor scan`` over a list, and what it used and opened."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measured import MOST_SECONDS, Measured, run
from benchmarks.rig import SMTP_PORT, Rig

AUDITOR = ("-m", "auditor")
NAME = "run"
"""Of the run's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One run of the command."""

    measured: Measured
    accepted: int
    """Connections that the sink took."""
    written: Mapping[str, int]
    """Octets of each file of the run, by its path in the run's folder, largest first."""


def scan_command(
    rig: Rig, domains: Path, output: Path, *more: str, port: int = SMTP_PORT, program: Sequence[str] = AUDITOR
) -> list[str]:
    """The command, as it is run where the servers are."""
    return rig.inside(scan_words(rig, domains, output, *more, port=port, program=program))


def scan_words(
    rig: Rig, domains: Path, output: Path, *more: str, port: int = SMTP_PORT, program: Sequence[str] = AUDITOR
) -> list[str]:
    """The command: no settings of the user's, no limit but the concurrency, CSV alone, our anchor beside others."""
    fixed = ["--isolated", "--no-progress", "--rate", "0", "--per-host", "64", "--per-prefix", "0", "--format", "csv"]
    where = ["--resolver", rig.resolver, "--port", str(port), "--allow-net", "127.0.0.0/8"]
    trust = ["--ca-file", str(rig.certificates.ca_file)]
    place = ["-o", str(output), "--name", NAME]
    return [sys.executable, *program, "scan", str(domains), *fixed, *where, *trust, *place, *more]


def scan(rig: Rig, domains: Path, *more: str, port: int = SMTP_PORT, most_seconds: float = MOST_SECONDS) -> Scan:
    """Run the command over a list, with further options; what it wrote is measured and thrown away.

    Raises:
        CannotMeasureError: it did not end well.
    """
    with output_folder(rig) as output:
        before = rig.counters()
        measured = run(scan_command(rig, domains, output, *more, port=port), most_seconds=most_seconds).checked()
        after = rig.counters()
        written = _sizes(output / NAME)
    return Scan(measured=measured, accepted=after.accepted - before.accepted, written=written)


def _sizes(folder: Path) -> dict[str, int]:
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return dict(sorted(sizes.items(), key=lambda one: -one[1]))


@contextmanager
def output_folder(rig: Rig) -> Iterator[Path]:
    """A folder for runs, on the disk of the work folder: the journal's writes are part of what is measured."""
    place = rig.folder / "runs"
    place.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
