"""The lab of strangers' texts, up while its tests run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.lab_runs import options_of
from tests.hostile_text.screen import ROOT


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
