"""A file stands whole or not at all; an old one stays until the new one is whole."""

from pathlib import Path
from typing import Any

import pytest

from auditor.errors import NotFinishedError
from auditor.report.about import Report
from auditor.report.files import sha256_of, whole_file
from auditor.report.writers.xlsx import write as write_workbook


def test_a_new_file_replaces_the_old_one_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.csv"
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
        assert temporary.parent == path.parent
    assert path.read_text() == "new"
    assert [one.name for one in path.parent.iterdir()] == ["a.csv"]
    assert path.stat().st_mode & 0o444 == 0o444
    assert sha256_of(path) == "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"


class OwnError(Exception):
    pass


def half_written(path: Path, error: BaseException) -> None:
    with whole_file(path) as temporary:
        temporary.write_text("half of it")
        raise error


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(28, "No space left on device"), NotFinishedError),
        (OwnError(), OwnError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_an_interrupted_write_leaves_the_old_file_whole(
    tmp_path: Path, error: BaseException, raised: type[BaseException]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old and whole")
    with pytest.raises(raised):
        half_written(path, error)
    assert path.read_text() == "old and whole"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotFinishedError, match=r"cannot write .*a\.csv: .*; the journal keeps"):
        half_written(tmp_path / "file" / "a.csv", AssertionError("never entered"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotFinishedError, match="folder"), whole_file(tmp_path / "folder") as temporary:
        temporary.write_text("x")


class Failing:
    """Staging that loses its disk when findings are read."""

    def __init__(self, staging: Any) -> None:
        self._staging = staging

    def __getattr__(self, name: str) -> Any:
        return getattr(self._staging, name)

    def rows(self, sql: str, *parameters: Any) -> Any:
        if "FROM findings ORDER" in sql:
            raise OSError(28, "No space left on device")
        return self._staging.rows(sql, *parameters)


@pytest.mark.slow
def test_an_interrupted_write_leaves_the_old_workbook_whole(sixty: Any, staged: Any) -> None:
    report = staged(sixty)
    (path,) = write_workbook(report)
    before = path.read_bytes()
    staging: Any = Failing(report.staging)
    with pytest.raises(NotFinishedError, match=r"audit\.xlsx: No space left"):
        write_workbook(Report(staging, report.about, report.folder))
    assert path.read_bytes() == before
    assert [one.name for one in report.folder.iterdir() if one.suffix == ".tmp"] == []
