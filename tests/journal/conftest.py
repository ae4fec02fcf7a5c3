"""Recorded runs to be merged, made by hand."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.config import Config
from auditor.journal import Journal
from auditor.journal.merging import MergedJournal
from auditor.journal.part import Part
from auditor.model.target import Reject, Target

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
Entry = Target | Reject


def target(name: str, line: int = 1, source: str = "list.txt", **more: Any) -> Target:
    return Target(domain=name, domain_unicode=name, input=name, input_line=line, source=source, **more)


def reject(line: int, source: str = "list.txt") -> Reject:
    return Reject(source=source, line=line, text="!!", reason="no name")


class Runs:
    """Makes runs of a folder, each begun an hour after the one before, and merges them."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder = folder
        self._opened = opened
        self._made: list[Journal] = []

    def add(self, *entries: Entry, state: str = "finished", began: datetime | None = None, **settings: Any) -> Journal:
        """A run of that list, open to be written to."""
        number = len(self._made)
        began = began or BEGAN + timedelta(hours=number)
        run = Journal.create(self.folder / f"run{number + 1}", Config(**settings), began)
        self._made.append(run)
        run.add_list(entries)
        run.set_meta("state", state)
        run.set_meta("finished_at", (began + timedelta(minutes=10)).isoformat())
        return run

    def parts(self) -> list[Part]:
        """The runs, closed and ready to be merged."""
        for run in self._made:
            run.close()
        return [self._opened.enter_context(Part.open(run.folder)) for run in self._made]

    def merged(self, parts: Sequence[Part] | None = None) -> MergedJournal:
        """The rows of the runs in one journal."""
        journal = self._opened.enter_context(MergedJournal.create(self.folder / "merged", Config(), BEGAN))
        journal.take(self.parts() if parts is None else parts)
        return journal


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """Recorded runs of this test."""
    with ExitStack() as opened:
        yield Runs(tmp_path, opened)
