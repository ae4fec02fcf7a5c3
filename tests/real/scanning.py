"""The command line run against real servers, and the tables that it writes."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Row = dict[str, str]


@dataclass(frozen=True)
class Tables:
    """The CSV files of a run."""

    run: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """``run.json``."""
        content: dict[str, Any] = json.loads((self.run / "run.json").read_text(encoding="utf-8"))
        return content

    def rows(self, table: str, **cells: str) -> list[Row]:
        """The rows of a table that have these cells."""
        with (self.run / "csv" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if cells.items() <= row.items()]

    def row(self, table: str, **cells: str) -> Row:
        """The one row that has these cells."""
        (found,) = self.rows(table, **cells)
        return found

    def by(self, column: str, table: str) -> dict[str, Row]:
        """The rows of a table by one of its columns."""
        return {row[column]: row for row in self.rows(table)}

    def verdicts(self, domain: str, family: str = "") -> dict[str, str]:
        """The verdict of each check of a family that the domain did not pass; ``fail`` where it failed anywhere."""
        found = sorted(self.rows("findings", domain=domain), key=lambda row: row["verdict"], reverse=True)
        return {row["check"]: row["verdict"] for row in found if row["check"].startswith(family)}

    def failed(self, domain: str, family: str) -> set[str]:
        """The checks of a family that failed for the domain."""
        return {check for check, verdict in self.verdicts(domain, family).items() if verdict == "fail"}


def scan(folder: Path, name: str, domains: Iterable[str], *options: str) -> Tables:
    """A run of these domains; it trusts ``ca.pem`` alone, and may contact loopback addresses."""
    audit(
        folder,
        *(
            "scan",
            *domains,
            "--isolated",
            "-q",
            "--format",
            "csv",
            "-o",
            "out",
            "--name",
            name,
            "--helo",
            "auditor.example",
        ),
        *("--ca-file", "ca.pem", "--only-ca-file", "--allow-net", "127.0.0.0/8", *options),
    )
    return Tables(folder / "out" / name)


def audit(folder: Path, *words: str, before: Iterable[str] = (), path: Iterable[Path] = ()) -> None:
    """Run ``auditor`` in ``folder``; ``before`` are words of a program that starts it, ``path`` is searched first."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "auditor", *words],
        cwd=folder,
        env=with_root_on_path(*path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def with_root_on_path(*before: Path) -> dict[str, str]:
    """The environment in which Python finds what is under test, and first of all what is in ``before``."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*before, ROOT)))}
