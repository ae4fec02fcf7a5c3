"""A list of any length is taken in, line by line accounted for, in memory that does not grow with it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile_text.screen import ROOT

pytestmark = pytest.mark.slow
OCTETS_OF_A_DOMAIN = 100
TEN_MILLION = 10_000_000


def taken(folder: Path, lines: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.hostile_text.long_list", str(folder), str(lines)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("lines", [60_000, TEN_MILLION])
def test_memory_does_not_grow_by_a_hundred_octets_a_domain(lines: int, tmp_path: Path) -> None:
    if lines == TEN_MILLION and not os.environ.get("TEN_MILLION_LINES"):
        pytest.skip("takes ten minutes and 2 GB of disk: set TEN_MILLION_LINES=1")
    told = taken(tmp_path, lines, seconds=lines / 1_000)
    assert told["counts"] == {"accepted": lines * 3 // 5, "rejected": lines // 5, "duplicates": lines // 5}
    grown = (told["whole_kib"] - told["quarter_kib"]) * 1024
    assert grown < OCTETS_OF_A_DOMAIN * told["counts"]["accepted"] * 3 // 4
    assert told["whole_kib"] < 150 * 1024
