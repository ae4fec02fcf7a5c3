"""The lab of strangers' texts, up while its tests run; and runs in their words, written once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.lab_runs import options_of
from tests.hostile_text.disguise import Disguise, hostile_about, hostile_run, ordinary_run
from tests.hostile_text.reports import Written, write_reports
from tests.hostile_text.screen import ROOT
from tests.report.literal import about_of
from tests.report.strangers import strangers_texts


@dataclass(frozen=True)
class LabUp:
    """Where the lab is, and the options that let a command reach it."""

    folder: Path
    options: list[str]


@pytest.fixture(scope="session")
def lab_of_texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabUp]:
    """The lab in a process of its own."""
    folder = tmp_path_factory.mktemp("texts")
    command = [sys.executable, "-m", "tests.hostile_text.world", str(folder)]
    environment, pipe = {**os.environ, "PYTHONPATH": str(ROOT)}, subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=ROOT) as lab:
        assert lab.stdout is not None
        assert lab.stdout.readline() == "up\n"
        try:
            yield LabUp(folder, options_of(json.loads((folder / "settings.json").read_text())))
        finally:
            lab.communicate(timeout=20)


@pytest.fixture(scope="session")
def disguise() -> Disguise:
    return Disguise()


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Written:
    run = ordinary_run()
    return write_reports(run, about_of(run), tmp_path_factory.mktemp("reports") / "ordinary")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, disguise: Disguise) -> Written:
    run = hostile_run(ordinary_run(), disguise)
    return write_reports(run, hostile_about(run, disguise), tmp_path_factory.mktemp("reports") / "hostile")


@pytest.fixture(scope="session")
def marked_up(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The page of a run in which every text is markup of a kind."""
    markup = Disguise(texts=[one for one in strangers_texts() if set("<>&") & set(one) and len(one) < 1_000])
    run = hostile_run(ordinary_run(), markup)
    return write_reports(run, hostile_about(run, markup), tmp_path_factory.mktemp("reports") / "marked-up", ["html"])
