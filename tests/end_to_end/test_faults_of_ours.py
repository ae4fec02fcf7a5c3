"""A bug met at one domain or one server: its row says so, the others are judged, and the exit code tells."""

from pathlib import Path
from typing import Any

import pytest
import trio

from auditor import api, probes
from auditor.cli.ending import end
from auditor.config import Config
from auditor.lab import open_lab
from auditor.model.endpoint import Endpoint
from tests.end_to_end.conftest import rows

pytestmark = pytest.mark.slow
LIST = "brand01.example\nbrand02.example\nexpired.example\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> api.Run:
    """A run in which a survey and a conversation raise what nobody expects."""
    survey, converse = probes.survey_target, probes.converse

    async def bad_survey(target: Any, *more: Any) -> Any:
        if target.domain == "brand02.example":
            raise LookupError("a bug\x1b[31m")
        return await survey(target, *more)

    async def bad_converse(endpoint: Endpoint, *more: Any) -> Any:
        if endpoint.exchange == "mx.expired.example":
            raise ArithmeticError("another bug")
        return await converse(endpoint, *more)

    monkeypatch.setattr(probes, "survey_target", bad_survey, raising=False)
    monkeypatch.setattr(probes, "converse", bad_converse, raising=False)

    async def scan() -> api.Run:
        async with open_lab(tmp_path) as lab:
            (tmp_path / "list.txt").write_text(LIST)
            config = lab.config(Config(output=tmp_path, name="run", format=("csv",)))
            return await api.scan([str(tmp_path / "list.txt")], config)

    return trio.run(scan)


def test_only_their_rows_are_empty_and_say_why(run: api.Run) -> None:
    assert run.faults == 2
    domains = {one["domain"]: one for one in rows(run.folder, "domains")}
    assert domains["brand01.example"]["smtp"] == "all"
    assert domains["brand02.example"]["smtp"] == ""
    (failed,) = (one for one in rows(run.folder, "endpoints") if one["exchange"] == "mx.expired.example")
    assert (failed["outcome"], failed["error"]) == ("internal-error", "ArithmeticError: another bug")


def test_the_trace_is_kept_and_can_do_nothing_to_a_terminal(run: api.Run) -> None:
    log = (run.folder / "errors.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "LookupError: a bug\\x1b[31m" in log
    assert "ArithmeticError: another bug" in log


def test_the_exit_code_says_that_it_was_our_fault(run: api.Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match="4"):
        end(run, Config())
    assert "a fault of ours kept 2 of the rows empty" in " ".join(capsys.readouterr().err.split())
