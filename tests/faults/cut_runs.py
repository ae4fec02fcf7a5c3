"""Runs of the command line over one lab that stays up, cut off at seeded moments."""

import json
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.lab_runs import Tables, lab_up, stable, start

LISTED = [
    *("brand01.example", "brand02.example", "brand03.example", "big.example", "expired.example", "healed.example"),
    *("sts-good.example", "sts-404.example", "cname.example", "implicit.example", "flaky.example", "six.example"),
]
MOMENTS = [
    *(("answers", count) for count in (1, 5, 12, 20, 40, 60, 90, 120, 150)),
    *(("sessions", count) for count in (1, 2, 3, 5, 8, 11, 13, 15)),
    *(("policies", 1), ("certificates", 2), ("writing", 0), ("writing", 0), ("writing", 0)),
]
"""Rows after which a run is cut off; or while its reports are written, which is when the end is taken down."""
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class World:
    """The lab's folder, and the options that let a scan reach it."""

    folder: Path
    options: list[str]

    def begin(self, name: str, *more: str) -> "subprocess.Popen[str]":
        """A scan under way."""
        return start(self.folder, ["scan", "list.txt", *self.options, "-o", "out", "--name", name, "-q", *more])

    def begin_report(self, name: str) -> "subprocess.Popen[str]":
        """The reports of a run under way."""
        return start(self.folder, ["report", name, *self.options, "-o", "out", "-q"])

    def finish(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """What a command came to."""
        process = start(self.folder, [*arguments, *self.options[:2], "-o", "out", "-q"])
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def run(self, name: str) -> Path:
        """The folder of a run."""
        return self.folder / "out" / name


@contextmanager
def world_up(folder: Path) -> Iterator[World]:
    """The lab and a short list for it."""
    with lab_up(folder) as options:
        (folder / "list.txt").write_text("\n".join(LISTED))
        yield World(folder, [*options, "--format", "csv,html"])


def moment_of(number: int) -> tuple[str, int, float]:
    """The seeded moment of that number: rows of a table, and a fraction of a second after these."""
    order = random.Random(number)  # noqa: S311 - a moment, not a secret
    table, count = MOMENTS[number % len(MOMENTS)]
    return table, count + order.randrange(3) * (count > 3), order.random() * 0.3


def wait_for(process: "subprocess.Popen[str]", folder: Path, moment: tuple[str, int, float]) -> None:
    """Until the run has come to that moment, or to its end."""
    table, count, later = moment
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and _rows(folder / "journal.sqlite", table) < count:
        assert time.monotonic() < give_up_at, moment
        time.sleep(0.002)
    time.sleep(later)


def _rows(journal: Path, table: str) -> int:
    """The rows of a table; of ``writing``, none until the run's end is taken down."""
    query = f"SELECT count(*) FROM {table}"  # noqa: S608 - a table's name
    if table == "writing":
        query = "SELECT count(*) - 1 FROM meta WHERE key = 'finished_at'"
    try:
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database:
            return int(database.execute(query).fetchone()[0])
    except sqlite3.Error:
        return -1


def committed(folder: Path) -> dict[str, set[tuple[object, ...]]]:
    """What is settled in a journal, by table."""
    queries = {
        "answers": "SELECT name_backwards, type, server, json_extract(record, '$.asked_at') FROM answers"
        " WHERE json_extract(record, '$.status') IN ('answered', 'nodata', 'nxdomain')",
        "sessions": "SELECT exchange, address, port, json_extract(record, '$.started_at') FROM sessions"
        " WHERE settled = 1",
        "certificates": "SELECT sha256 FROM certificates",
        "targets": "SELECT key FROM targets",
    }
    with closing(sqlite3.connect(folder / "journal.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {table: set(database.execute(query)) for table, query in queries.items()}


def left_over(folder: Path) -> list[str]:
    """What was in passing, and is still there."""
    return [path.name for path in folder.rglob(".*")]


def torn(folder: Path) -> list[str]:
    """Reports that are not whole, by what ``run.json`` says of them."""
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    files = manifest["files"].items()
    return [name for name, told in files if (folder / name).stat().st_size != told["octets"]]


def whole_tables(world: World) -> Tables:
    """The tables of a run that nothing cut off."""
    with world.begin("whole") as process:
        _, messages = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, messages
    return stable(world.run("whole"))


def interrupted(world: World, name: str, number: signal.Signals, at: int, *more: str) -> tuple[int, float]:
    """The exit code of a run that is told to stop, and the seconds that it took to."""
    with world.begin(name, *more) as process:
        wait_for(process, world.run(name), moment_of(at))
        process.send_signal(number)
        began_at = time.monotonic()
        process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, time.monotonic() - began_at
