"""Literal records, runs made of them, and reports of those runs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.report.about import Report
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging
from auditor.report.target_rows import judged_here
from tests.report.literal import (
    HOSTILE,
    SILENT,
    STARTED,
    FakeRun,
    Judgement,
    about_of,
    certificate_of,
    exchange_of,
    finding_of,
    route_of,
    session_of,
    surveyed,
    target_of,
)
from tests.report.published import published_of
from tests.report.sixty import sixty_domains


@pytest.fixture
def make() -> SimpleNamespace:
    """What builds literal records."""
    return SimpleNamespace(
        STARTED=STARTED,
        HOSTILE=HOSTILE,
        SILENT=SILENT,
        Run=FakeRun,
        Judgement=Judgement,
        target=target_of,
        surveyed=surveyed,
        exchange=exchange_of,
        route=route_of,
        published=published_of,
        certificate=certificate_of,
        session=session_of,
        finding=finding_of,
        about=about_of,
    )


@pytest.fixture
def sixty() -> FakeRun:
    """Sixty domains as a list of a company would hold them; one greeting is hostile."""
    return sixty_domains()


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Callable[[FakeRun], Report]]:
    """What stages a run and gives the report that writers take."""
    opened: list[Staging] = []

    def open_report(run: FakeRun) -> Report:
        staging = Staging(tmp_path, STAGED)
        opened.append(staging)
        stage(run, judged_here(run, run.survey_of, run.judge), staging)
        return Report(staging, about_of(run), tmp_path)

    yield open_report
    for staging in opened:
        staging.__exit__(None, None, None)
