from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import UsageError
from auditor.runs import find_run, new_run_folder, point_latest

MOMENT = datetime(2026, 11, 23, 23, 1, 5, tzinfo=UTC)


def recorded(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "journal.sqlite").touch()
    return folder


def test_a_run_is_named_by_its_utc_time(tmp_path: Path) -> None:
    assert new_run_folder(tmp_path, None, MOMENT) == tmp_path / "2026-11-23T230105Z"


def test_a_second_run_in_the_same_second_gets_a_number(tmp_path: Path) -> None:
    recorded(tmp_path / "2026-11-23T230105Z")
    assert new_run_folder(tmp_path, None, MOMENT).name == "2026-11-23T230105Z-2"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "latest",
        "a/b",
        "../up",
        "a\x1b[31m",
        "a\nb",
        "\x00",
        "\udcff",
        "\u202e",
        "y" * 300,
        "\u00fc" * 130,
    ],
)
def test_a_name_must_be_one_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        new_run_folder(tmp_path, name, MOMENT)


def test_a_taken_name_is_refused_and_resume_is_named(tmp_path: Path) -> None:
    recorded(tmp_path / "weekly")
    with pytest.raises(UsageError, match="--resume weekly"):
        new_run_folder(tmp_path, "weekly", MOMENT)


def test_a_run_is_found_by_path_by_name_and_as_the_latest(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "weekly")
    recorded(tmp_path / "older")
    point_latest(tmp_path / "older")
    point_latest(folder)
    assert find_run(tmp_path, "weekly") == find_run(tmp_path, str(folder)) == find_run(tmp_path, None) == folder


@pytest.mark.parametrize("run", [None, "nothing"])
def test_a_run_that_is_not_there_is_a_users_error(tmp_path: Path, run: str | None) -> None:
    with pytest.raises(UsageError, match="no recorded run"):
        find_run(tmp_path, run)
