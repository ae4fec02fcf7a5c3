"""Each operation on a file, or on a database, fails in turn: one clear end, old reports whole, and a way to go on."""

import errno
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from auditor import api
from auditor.config import Config
from auditor.errors import AuditorError, NotFinishedError, UsageError
from auditor.lab import open_lab
from tests.end_to_end.lab_runs import Tables, stable
from tests.faults import tally
from tests.faults.injected import Plan
from tests.faults.injected_files import Files

pytestmark = [
    pytest.mark.slow,
    # The library that writes the workbook leaves files open where it fails: they close when it goes.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"),
]
DOMAINS = ["expired.example", "brand01.example"]
ERRNOS = [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.ENOMEM, errno.EAGAIN]
PASSING = ("unlink", "rmdir", "open .staging-", "open .audit.xlsx.", "symlink", "replace .latest")
"""What is done for tidiness alone; nothing is lost where it fails."""
Job = Callable[[Config], Awaitable[None]]


def in_lab(folder: Path, job: Job) -> None:
    """Do a job that reaches the lab under the settings it is given."""

    async def main() -> None:
        async with open_lab(folder) as lab:
            base = Config(output=folder / "out", name="run", format=("xlsx", "csv", "html", "jsonl"))
            config = lab.config(base).model_copy(update={"active": False, "tls_versions": False})
            await job(config)

    trio.run(main, clock=MockClock(autojump_threshold=0.002))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run's reports."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("journal.")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Config]:
    """A run and its reports."""
    folder = tmp_path_factory.mktemp("recorded")
    settings: list[Config] = []

    async def scan(config: Config) -> None:
        settings.append(config)
        await api.scan(DOMAINS, config)

    in_lab(folder, scan)
    return folder / "out" / "run", settings[0]


def how_it_ends(folder: Path, config: Config) -> str:
    """What is said of reports that cannot be written; nothing where they are."""
    try:
        api.judge_again(folder, config)
    except NotFinishedError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("number", ERRNOS, ids=lambda one: errno.errorcode[one])
def test_reports_that_cannot_be_written_leave_the_old_ones_whole(
    recorded: tuple[Path, Config], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, config = recorded
    before = contents(folder)
    files = Files(folder, monkeypatch.setattr)
    files.plan = counted = Plan()
    api.judge_again(folder, config)
    for nth in tally.some(range(1, len(counted.calls) + 1), few=6, offset=7 * ERRNOS.index(number), share=4):
        tally.begin("file calls failed")
        files.plan = plan = Plan(nth, number)
        said = how_it_ends(folder, config)
        assert not said or str(folder) in said
        assert "\n" not in said
        files.plan = Plan(armed=False)
        after = contents(folder)
        if not plan.struck or not plan.struck[0].startswith(PASSING):
            assert sorted(after) == sorted(before)
        assert {name: after[name] for name in before} == before, plan.struck
        tally.well("file calls failed")


class Cut:
    """Scans that are cut off at some operation, and go on."""

    def __init__(self, files: Files, config: Config) -> None:
        self.files, self.config = files, config
        self.folder = config.output / "run"

    async def clean(self) -> tuple[list[str], Tables]:
        """What is done up to the reports, and the tables."""
        self.files.plan = plan = Plan()
        await api.scan(DOMAINS, self.config)
        self.files.plan = Plan(armed=False)
        tables = stable(self.folder)
        shutil.rmtree(self.config.output)
        return plan.calls[: next(at for at, call in enumerate(plan.calls) if ".staging-" in call)], tables

    async def cut(self, plan: Plan) -> AuditorError | None:
        """How a scan ends of which an operation fails."""
        self.files.plan = plan
        try:
            await api.scan(DOMAINS, self.config)
        except AuditorError as error:
            return error
        finally:
            self.files.plan = Plan(armed=False)
        return None

    async def gone_on(self) -> Tables:
        """The tables of the run when it has gone on."""
        await api.resume(self.folder, self.config)
        return stable(self.folder)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[Config], Cut]:
    def made(config: Config) -> Cut:
        config = config.model_copy(update={"format": ("csv",)})
        return Cut(Files(config.output, monkeypatch.setattr), config)

    return made


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EAGAIN], ids=lambda one: errno.errorcode[one])
def test_a_run_whose_journal_fails_ends_clearly_and_goes_on(
    tmp_path: Path, number: int, cut: Callable[[Config], Cut]
) -> None:
    async def job(config: Config) -> None:
        scans = cut(config)
        calls, clean = await scans.clean()
        for nth in tally.some(range(1, len(calls) + 1), few=6, offset=3 * number):
            tally.begin("file calls failed")
            plan = Plan(nth, number)
            error = await scans.cut(plan)
            if error is not None:
                assert str(config.output) in str(error)
            if isinstance(error, UsageError):
                assert "SELECT" not in plan.struck[0]  # nothing was observed yet
            elif "nothing to --resume" not in str(error):
                assert await scans.gone_on() == clean
            shutil.rmtree(config.output, ignore_errors=True)
            tally.well("file calls failed")

    in_lab(tmp_path, job)
