"""Postfix's own client beside the auditor: what each makes of the TLSA records of every exchange."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests.real.processes import apart, needs_root, program
from tests.real.scanning import with_root_on_path

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def judged() -> dict[str, list[str]]:
    needs_root()
    program("posttls-finger")
    done = subprocess.run(
        [*apart("--net", "--mount"), sys.executable, "-m", "tests.real.judged_by_postfix"],
        env=with_root_on_path(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_postfix_delivers_by_dane_where_the_auditor_says_so(judged: dict[str, list[str]]) -> None:
    assert {exchange: ours for exchange, (ours, _) in judged.items()} == {
        exchange: postfix for exchange, (_, postfix) in judged.items()
    }


def test_every_kind_of_verdict_was_compared(judged: dict[str, list[str]]) -> None:
    counted = Counter(postfix for _, postfix in judged.values())
    assert counted.keys() == {"valid", "invalid", "unusable", "absent"}
    assert min(counted.values()) >= 3
