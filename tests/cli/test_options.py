from pathlib import Path

import pytest

from auditor.cli import with_resume_value
from auditor.cli.progress_view import status_line, time_left
from auditor.engine.progress import Progress, Rates

ROOT = Path(__file__).resolve().parents[2]


def test_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"auditor {name}" in readme for name in ("scan", "demo", "probe", "report", "explain", "plan"))


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        (["scan", "--resume"], ["scan", "--resume=latest"]),
        (["scan", "--resume", "-q"], ["scan", "--resume=latest", "-q"]),
        (["scan", "--resume", "weekly"], ["scan", "--resume", "weekly"]),
        (["scan", "a.csv"], ["scan", "a.csv"]),
        ([], []),
    ],
)
def test_resume_may_stand_alone(given: list[str], becomes: list[str]) -> None:
    assert with_resume_value(given) == becomes


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (0.4, "0 s"), (59, "59 s"), (61, "1 min"), (4000, "1 h 6 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float | None, text: str) -> None:
    assert time_left(seconds) == text


def test_the_status_line_fits_eighty_columns() -> None:
    busy = Progress(
        at_seconds=1, conversations_open=500, waiting=5000, retries_waiting=120, unknown=999, conversations_done=99999
    )
    rates = Rates()
    rates.see(Progress(at_seconds=0))
    rates.see(busy)
    assert len(status_line(busy, rates)) <= 80
    assert "second look 120" in status_line(busy, rates)
