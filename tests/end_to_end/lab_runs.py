"""A lab that is up beside the command line, and the tables of runs over it compared."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

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

LAB = """
import os, sys, trio
from pathlib import Path
from auditor.config import Config
from auditor.lab import open_lab

async def main(folder):
    async with open_lab(folder) as lab:
        (folder / "settings.json").write_text(lab.config(Config(format=("csv",))).model_dump_json())
        (folder / "lab.pid").write_text(str(os.getpid()))
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
def lab_up(folder: Path, inside: Sequence[str] = ()) -> Iterator[list[str]]:
    """The lab in a process of its own, begun by the words ``inside``; the options that let a scan reach it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*inside, sys.executable, "-c", LAB, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        try:
            yield options_of(json.loads((folder / "settings.json").read_text()))
        finally:
            process.communicate()


def options_of(settings: dict[str, object]) -> list[str]:
    """The options under which a scan has these settings."""
    toml = [f"{name} = {json.dumps(value)}" for name, value in settings.items() if value not in (None, [])]
    path = Path(str(settings["ca_file"])).with_name("lab.toml")
    path.write_text("\n".join(toml))
    return ["--config", str(path)]


def run_whole(auditor: Callable[..., "subprocess.CompletedProcess[str]"], folder: Path) -> Path:
    """The run of a shortened list in a lab of its own, which nothing interrupts."""
    with lab_up(folder) as options:
        shorten(folder / "domains.csv")
        done = auditor("scan", "domains.csv", *options, "-o", "out", "--name", "whole", "-q", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder / "out" / "whole"


def start(folder: Path, arguments: list[str], inside: Sequence[str] = ()) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.Popen(
        [*inside, sys.executable, "-m", "auditor", *arguments],
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
    tables["tlsa"].sort(key=lambda one: list(one.values()))  # records of one name stand in the order of their data
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
