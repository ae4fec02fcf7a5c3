import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.journal.codec import decode, encode
from auditor.model.certificate import Certificate, TlsHandshake, VerifyError
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls, Timings, TranscriptLine
from auditor.model.target import Reject, Target
from auditor.protocol.replies import Deviation, Reply

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENDPOINT = Endpoint("mx.example.com", "192.0.2.1", 25)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def target(name: str, line: int = 1) -> Target:
    return Target(domain=name, domain_unicode=name, input=name, input_line=line, source="list.txt")


def session(endpoint: Endpoint = ENDPOINT, outcome: Outcome = Outcome.COMPLETED) -> SmtpSession:
    return SmtpSession(endpoint=endpoint, outcome=outcome, stage=Stage.DONE)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path / "run", Config(name="run"), BEGAN) as one:
        yield one


RECORDS = st.one_of(
    st.builds(
        Target, domain=texts, domain_unicode=texts, input=texts, extra=st.lists(st.tuples(texts, texts)).map(tuple)
    ),
    st.builds(Reject, source=texts, line=st.integers(0, 10**9), text=texts, reason=texts),
    st.builds(
        Answer, question=st.builds(Question, texts, texts, texts), records=st.lists(texts).map(tuple), asked_at=moments
    ),
    st.builds(
        Certificate, sha256=texts, der=st.just(b""), names=st.lists(texts).map(tuple), not_after=st.none() | moments
    ),
    st.builds(
        SmtpSession,
        endpoint=st.builds(Endpoint, texts, texts, st.integers(1, 65535)),
        greeting=st.none()
        | st.builds(Reply, st.integers(200, 599), st.lists(texts).map(tuple), st.just((Deviation.BARE_LF,))),
        tls=st.none()
        | st.builds(TlsHandshake, version=texts, cipher=texts, verify_errors=st.just((VerifyError(10, 0, "x"),))),
        transcript=st.lists(st.builds(TranscriptLine, st.floats(0, 1e6), texts, texts), max_size=3).map(tuple),
        timings=st.builds(Timings, connect_ms=st.none() | st.floats(0, 1e6)),
        shared_from=st.none() | st.just(ENDPOINT),
    ),
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(RECORDS)
def test_every_record_reads_back_equal(record: object) -> None:
    assert decode(type(record), encode(record)) == record


def test_a_list_is_kept_in_order_with_its_rejects(journal: Journal) -> None:
    bad = Reject(source="list.txt", line=2, text="!!", reason="no name")
    counts = journal.add_list([target("b.example", 1), bad, target("a.example", 3)])
    assert (counts.accepted, counts.rejected, counts.duplicates) == (2, 1, 0)
    assert [one.domain for one in journal.targets()] == ["b.example", "a.example"]
    assert list(journal.rejects()) == [bad]


def test_a_duplicate_is_merged_and_said(journal: Journal) -> None:
    counts = journal.add_list([target("a.example", 4), target("a.example", 9)])
    assert (counts.accepted, counts.duplicates) == (1, 1)
    assert [(one.line, one.reason) for one in journal.rejects()] == [(9, "duplicate of line 4")]


def test_finished_targets_are_passed_over(journal: Journal) -> None:
    journal.add_list(target(f"{n}.example", n) for n in range(1, 1203))
    for one in list(journal.targets())[::2]:
        journal.finish(one.key)
    assert sum(1 for _ in journal.targets(unfinished=True)) == 601
    assert journal.counts()["targets_done"] == 601


def test_what_was_recorded_is_there_at_once(journal: Journal) -> None:
    answer = Answer(question=Question("example.com", "MX"), status=DnsStatus.NXDOMAIN)
    certificate = Certificate(
        sha256="ab", der=b"\x30\x00", names=("mx.example.com",), not_after=BEGAN + timedelta(days=1)
    )
    journal.answer_came(answer)
    journal.certificate_seen(certificate)
    journal.certificate_seen(certificate)
    journal.session_ended(session(), settled=True)
    assert journal.answer(answer.question) == answer
    assert list(journal.answers()) == [answer]
    at_a_server = Answer(question=Question("example.com", "MX", "192.0.2.53"), status=DnsStatus.TIMEOUT)
    journal.answer_came(at_a_server)
    assert [journal.answer(one.question) for one in (answer, at_a_server)] == [answer, at_a_server]
    assert journal.certificate("ab") == certificate
    assert journal.session(ENDPOINT) == session()
    assert list(journal.sessions()) == [session()]
    assert journal.answer(Question("example.com", "A")) is None
    assert journal.certificate("cd") is None


def test_a_second_look_replaces_the_first(journal: Journal) -> None:
    journal.session_ended(session(outcome=Outcome.DEFERRED), settled=False)
    assert not journal.is_settled(ENDPOINT)
    assert list(journal.sessions_at("192.0.2.1", 25, 4)) == []
    journal.session_ended(session(), settled=True)
    assert journal.is_settled(ENDPOINT)
    assert list(journal.sessions_at("192.0.2.1", 25, 4)) == [session()]
    assert journal.counts()["sessions"] == 1


def test_settings_and_times_come_back(journal: Journal) -> None:
    assert journal.config == Config(name="run")
    assert journal.started_at == BEGAN
    assert journal.finished_at is None
    journal.set_meta("finished_at", BEGAN.isoformat())
    assert journal.finished_at == BEGAN
    assert journal.meta("nothing", "else") == "else"
    assert journal.all_meta()["started_at"] == BEGAN.isoformat()


def test_a_reader_is_not_held_up_by_the_writer(journal: Journal) -> None:
    journal.add_list([target("a.example")])
    with Journal.read(journal.folder) as reader:
        assert [one.domain for one in reader.targets()] == ["a.example"]


def test_a_closed_journal_can_be_resumed(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN) as one:
        one.add_list([target("a.example")])
    with Journal.resume(tmp_path / "run") as again:
        assert [one.domain for one in again.targets(unfinished=True)] == ["a.example"]


def test_what_is_no_journal_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no journal"):
        Journal.read(tmp_path)
    (tmp_path / "journal.sqlite").write_text("something else, long enough not to look empty" * 30)
    with pytest.raises(UsageError, match="is no journal"):
        Journal.read(tmp_path)


def test_another_schema_is_refused(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", Config(), BEGAN):
        pass
    with sqlite3.connect(tmp_path / "run" / "journal.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UsageError, match="has schema 99"):
        Journal.resume(tmp_path / "run")


def test_a_folder_that_cannot_be_made_is_a_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        Journal.create(tmp_path / "file" / "run", Config(), BEGAN)


def test_a_full_disk_ends_the_run_and_names_how_to_go_on(journal: Journal) -> None:
    journal.flush()
    (pages,) = journal._database.execute("PRAGMA page_count").fetchone()
    journal._database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(NotFinishedError, match=r"full.*--resume"):
        journal.add_list(target(f"{'x' * 60}{n}.example", n) for n in range(2000))
    journal._database.execute("ROLLBACK") if journal._database.in_transaction else None


@pytest.mark.slow
def test_a_second_process_is_refused(journal: Journal) -> None:
    code = (
        f"from auditor.journal import Journal; from pathlib import Path; Journal.resume(Path({str(journal.folder)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "another auditor is at work" in done.stderr


@pytest.mark.slow
def test_what_was_flushed_survives_kill_9(tmp_path: Path) -> None:
    code = f"""
import os, signal
from datetime import datetime, UTC
from pathlib import Path
from auditor.config import Config
from auditor.journal import Journal
from auditor.model.target import Target
one = Journal.create(Path({str(tmp_path / "run")!r}), Config(), datetime.now(UTC))
make = lambda n: Target(domain=str(n), domain_unicode="", input="", input_line=n, source="")
one.add_list(make(n) for n in range(1000))
one.finish("7")
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    with Journal.resume(tmp_path / "run") as again:
        assert again.counts()["targets"] == 1000


@pytest.mark.slow
def test_memory_does_not_grow_with_the_list(journal: Journal) -> None:
    def peak(count: int, start: int) -> int:
        tracemalloc.start()
        journal.add_list(target(f"{n}.example", n) for n in range(start, start + count))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1000, 0)
    assert peak(40_000, 1000) < peak(4_000, 50_000) + 500_000


def test_blames_and_states_are_kept_as_words() -> None:
    text = encode(SmtpSession(endpoint=ENDPOINT, outcome=Outcome.REFUSED, stage=Stage.CONNECT, blame=Blame.THEIRS))
    assert '"outcome":"refused"' in text
    assert f'"starttls":"{Starttls.NOT_TESTED}"' in text
