"""Killed processes, full disks, and several at one journal."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.journal.journal import BATCH_ROWS, BATCH_SECONDS
from auditor.journal.schema import SCHEMA_VERSION
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome, SmtpSession, Stage
from auditor.model.target import Reject, Target

ROOT = Path(__file__).resolve().parents[2]
BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEAD = """
import os, resource, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from auditor.config import Config
from auditor.errors import AuditorError
from auditor.journal import Journal
from auditor.model.target import Reject, Target
folder = Path(sys.argv[1])
def reject(n): return Reject(source="s", line=n, text="t" * 200, reason="r")
def target(n): return Target(domain=f"{n}.example", domain_unicode="", input="", input_line=n, source="s")
"""
Started = subprocess.Popen[str]


def target(number: int, name: str | None = None) -> Target:
    name = name or f"{number}.example"
    return Target(domain=name, domain_unicode=name, input=name, input_line=number, source="list")


def session(number: int) -> SmtpSession:
    return SmtpSession(
        endpoint=Endpoint("mx.example", f"192.0.2.{number}", 25), outcome=Outcome.COMPLETED, stage=Stage.DONE
    )


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[str], Started]]:
    """Starts Python on a text, given the run's folder as its argument."""
    started: list[Started] = []

    def start(text: str) -> Started:
        command = [sys.executable, "-c", HEAD + text, str(tmp_path / "run")]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, stdin=pipe, text=True, env=environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()


WRITES = """
journal = Journal.create(folder, Config(), datetime.now(UTC))
journal.add_list([target(1)])
n = 0
while True:
    n += 1
    journal.reject(reject(n))
    if n % 7 == 0 and FLUSHES:
        journal.flush()
    print(n, flush=True)
"""


def said_when_killed(one: Started, rows: int) -> int:
    """The last number that a process said which is killed after so many."""
    assert one.stdout is not None
    said = [one.stdout.readline() for _ in range(rows)]
    one.kill()
    said += one.stdout.readlines()
    one.wait()
    return int([line for line in said if line.endswith("\n")][-1])


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 6, 7, 150, 333, 1000, 2571])
@pytest.mark.parametrize("flushes", [True, False])
def test_kill_9_loses_nothing_that_was_flushed_and_at_most_a_batch(
    process: Callable[[str], Started], tmp_path: Path, rows: int, flushes: bool
) -> None:
    one = process(WRITES.replace("FLUSHES", str(flushes)))
    said = said_when_killed(one, rows)
    with Journal.resume(tmp_path / "run") as journal:
        lines = [reject.line for reject in journal.rejects()]
        assert lines == list(range(1, len(lines) + 1)), "whole and in order"
        assert len(lines) > said - (7 if flushes else BATCH_ROWS)
        assert journal._database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert list(journal.targets(unfinished=True)) != []


@pytest.mark.slow
def test_what_a_killed_run_left_can_be_read_without_resuming_it(
    process: Callable[[str], Started], tmp_path: Path
) -> None:
    said = said_when_killed(process(WRITES.replace("FLUSHES", "True")), 70)
    with Journal.read(tmp_path / "run") as journal:
        assert journal.counts()["rejects"] > said - 7
        assert journal.finished_at is None


@pytest.mark.slow
def test_a_run_killed_while_its_list_is_read_is_not_taken_for_whole(
    process: Callable[[str], Started], tmp_path: Path
) -> None:
    one = process("""
def listed():
    for n in range(1, 1000):
        yield target(n)
    journal.flush()
    os.kill(os.getpid(), signal.SIGKILL)
journal = Journal.create(folder, Config(), datetime.now(UTC))
journal.add_list(listed())
""")
    one.communicate()
    with Journal.read(tmp_path / "run") as journal:
        assert journal.counts()["targets"] == 999
    for _ in range(2):  # the lock is let go of
        with pytest.raises(UsageError, match="before its list was read to the end"):
            Journal.resume(tmp_path / "run")


@pytest.mark.slow
def test_a_second_process_is_refused_until_the_first_is_gone(process: Callable[[str], Started], tmp_path: Path) -> None:
    one = process("""
journal = Journal.create(folder, Config(), datetime.now(UTC))
journal.add_list([target(1)])
print("held", flush=True)
sys.stdin.read()
""")
    assert one.stdout is not None
    assert one.stdout.readline() == "held\n"
    with pytest.raises(UsageError, match=r"run: another auditor is at work"):
        Journal.resume(tmp_path / "run")
    with pytest.raises(UsageError, match=r"run: another auditor is at work"):
        Journal.create(tmp_path / "run", Config(), BEGAN)
    with Journal.read(tmp_path / "run") as reader:
        assert reader.counts()["targets"] == 1
    one.kill()
    one.communicate()
    Journal.resume(tmp_path / "run").close()


@pytest.mark.slow
@pytest.mark.parametrize("octets", [60_000, 200_000, 700_000])
def test_a_disk_that_fills_up_ends_it_cleanly_and_can_be_gone_on_with(
    process: Callable[[str], Started], tmp_path: Path, octets: int
) -> None:
    one = process(f"""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal.create(folder, Config(), datetime.now(UTC))
journal.add_list([target(1)])
resource.setrlimit(resource.RLIMIT_FSIZE, ({octets}, {octets}))
n = 0
try:
    while True:
        n += 1
        journal.reject(reject(n))
        if n % 100 == 0:
            journal.flush()
            print(n, flush=True)
except AuditorError as error:
    print(type(error).__name__, error.exit_code, error, flush=True)
try:
    journal.close()
except AuditorError:
    pass
""")
    output, errors = one.communicate(timeout=60)
    assert errors == ""
    *flushed, said = output.splitlines()
    assert said.startswith("NotFinishedError 3 ")
    assert f"auditor scan --resume {tmp_path / 'run'}" in said
    with Journal.resume(tmp_path / "run") as journal:
        lines = [reject.line for reject in journal.rejects()]
        assert lines == list(range(1, len(lines) + 1))
        assert len(lines) >= int(flushed[-1] if flushed else 0)
        journal.reject(Reject(source="s", line=0, text="", reason="there is space again"))


def test_a_reader_cannot_change_anything(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as writer:
        writer.add_list([target(1)])
        with Journal.read(tmp_path / "run") as reader:
            with pytest.raises(NotFinishedError, match="readonly"):
                reader.finish("1.example")
            with pytest.raises(NotFinishedError, match="readonly"):
                reader.set_meta("state", "finished")
        assert writer.counts()["targets_done"] == 0


def test_a_reader_sees_what_is_flushed_while_the_writer_goes_on(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as writer:
        writer.add_list(target(number) for number in range(1, 50))
        with Journal.read(tmp_path / "run") as reader:
            streamed = reader.targets()
            assert next(streamed).domain == "1.example"
            writer.session_ended(session(1), settled=True)
            assert writer.counts()["sessions"] == 1, "the writer sees its own at once"
            writer.flush()
            assert list(reader.sessions()) == [session(1)]
            assert len(list(streamed)) == 48


def test_reading_leaves_no_file_behind(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as writer:
        writer.add_list([target(1)])
    before = sorted(path.name for path in (tmp_path / "run").iterdir())
    with Journal.read(tmp_path / "run") as reader:
        assert reader.counts()["targets"] == 1
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == before
    assert {"journal.sqlite-wal", "journal.sqlite-shm"}.isdisjoint(before)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_finished_run_in_a_folder_that_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with Journal.create(folder, Config(), BEGAN) as writer:
        writer.add_list([target(1)])
    (folder / "journal.sqlite").chmod(0o400)
    folder.chmod(0o500)
    try:
        with Journal.read(folder) as reader:
            assert reader.counts()["targets"] == 1
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("attempt", [Journal.resume, Journal.read])
def test_where_there_is_no_run_nothing_is_made(attempt: Callable[[Path], Journal], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no journal"):
        attempt(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_run_is_never_written_over(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:
        journal.add_list([target(1)])
    with pytest.raises(UsageError, match="holds a run already"):
        Journal.create(tmp_path / "run", Config(), BEGAN)
    with Journal.resume(tmp_path / "run") as again:
        assert again.counts()["targets"] == 1


def test_the_settings_of_a_killed_run_come_back(tmp_path: Path) -> None:
    config = Config.model_validate(
        {"allow_net": ["10.0.0.0/8", "fd00::/8"], "deadline": BEGAN, "port": [25, 465], "block": "b.txt"}
    )
    with Journal.create(tmp_path / "run", config, BEGAN) as journal:
        journal.add_list([target(1)])
    with Journal.resume(tmp_path / "run") as again:
        assert again.config == config
        assert again.started_at == BEGAN


def test_closing_twice_does_nothing(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path / "run", Config(), BEGAN)
    journal.close()
    journal.close()


def test_rows_go_out_in_batches(tmp_path: Path) -> None:
    rows, statements = 10 * BATCH_ROWS + 7, list[str]()
    with Journal.create(tmp_path / "run", Config(), BEGAN) as writer, Journal.read(tmp_path / "run") as reader:
        writer._database.set_trace_callback(statements.append)
        began = time.monotonic()
        for number in range(1, rows + 1):
            writer.reject(Reject(source="s", line=number, text="", reason=""))
        commits_by_time = (time.monotonic() - began) / BATCH_SECONDS
        assert 10 <= statements.count("COMMIT") <= 10 + commits_by_time
        assert reader.counts()["rejects"] >= rows - BATCH_ROWS


def test_the_disk_can_be_synced_from_a_thread_while_rows_come(tmp_path: Path) -> None:
    done: list[int] = []
    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:

        def sync() -> None:
            for number in range(20):
                journal.sync()
                done.append(number)

        thread = threading.Thread(target=sync)
        thread.start()
        journal.add_list(target(number) for number in range(1, 2000))
        thread.join()
        assert done == list(range(20))
        assert journal.counts()["targets"] == 1999


def test_a_disk_that_is_gone_is_said(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:
        journal.add_list([target(1)])
        (tmp_path / "run" / "journal.sqlite-wal").unlink()
        with pytest.raises(NotFinishedError, match="No such file"):
            journal.sync()


def test_doubtful_targets_are_open_again_when_the_run_is_resumed(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:
        journal.add_list(target(number) for number in range(1, 5))
        for number in (1, 2, 3):
            journal.finish(f"{number}.example")
        journal.doubt("2.example")
        assert [one.input_line for one in journal.targets(unfinished=True)] == [4]
    with Journal.resume(tmp_path / "run") as again:
        assert [one.input_line for one in again.targets(unfinished=True)] == [2, 4]
        again.finish("2.example")
    with Journal.resume(tmp_path / "run") as third:
        assert [one.input_line for one in third.targets(unfinished=True)] == [4]
        third.doubt_all()
    with Journal.resume(tmp_path / "run") as fourth:
        assert len(list(fourth.targets(unfinished=True))) == 4


def test_conversations_at_a_place_are_those_held_there(tmp_path: Path) -> None:
    def at(name: str, origin: str | None = None) -> SmtpSession:
        place = ("192.0.2.1", 25)
        shared_from = Endpoint(origin, *place) if origin else None
        endpoint = Endpoint(name, *place)
        return SmtpSession(endpoint=endpoint, outcome=Outcome.COMPLETED, stage=Stage.DONE, shared_from=shared_from)

    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:
        for number in range(20):
            journal.session_ended(at(f"a{number}.example", "z.example"), settled=True)
        journal.session_ended(at("z.example"), settled=True)
        journal.session_ended(at("y.example"), settled=False)
        assert [one.endpoint.exchange for one in journal.sessions_at("192.0.2.1", 25, 4)] == ["z.example"]


@pytest.mark.slow
def test_a_list_of_200_000_streams_through_bounded_memory(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:
        journal.add_list(target(number) for number in range(1, 2_000))
        tracemalloc.start()
        try:
            counts = journal.add_list(target(number) for number in range(1, 200_001))
            assert sum(1 for _ in journal.targets()) == 200_000
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (counts.accepted, counts.duplicates) == (198_001, 1_999)
        assert peak < 2_000_000


def test_tables_are_strict(tmp_path: Path) -> None:
    Journal.create(tmp_path / "run", Config(), BEGAN).close()
    database = sqlite3.connect(tmp_path / "run" / "journal.sqlite")
    tables = {name: strict for _, name, _, _, _, strict in database.execute("PRAGMA table_list") if name[0] != "s"}
    mode, version = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "user_version"))
    database.close()
    assert tables == dict.fromkeys(("meta", "targets", "rejects", "answers", "policies", "certificates"), 1)
    assert (mode, version) == ("wal", SCHEMA_VERSION)
