"""Of the same subject looked at in several runs, which look counts; and what becomes of the others."""

import tracemalloc
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.journal.merging import MergedJournal
from auditor.journal.part import Part
from auditor.journal.sharing import shared
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, PolicyHost
from auditor.model.session import Outcome, SmtpSession, Stage, Starttls, TranscriptLine
from tests.journal.conftest import BEGAN, Runs, target

A, B = Endpoint("a.mail.example", "192.0.2.1", 25), Endpoint("b.mail.example", "192.0.2.1", 25)
LATER = BEGAN + timedelta(hours=1)
MX = Question("example.com", "MX")
HELLO = (TranscriptLine(1.0, "S", "220 hello"),)


def answer(status: DnsStatus, at: datetime | None = BEGAN) -> Answer:
    return Answer(question=MX, status=status, asked_at=at)


def session(
    endpoint: Endpoint = A, outcome: Outcome = Outcome.COMPLETED, stage: Stage = Stage.DONE, at: datetime = BEGAN
) -> SmtpSession:
    return SmtpSession(endpoint=endpoint, outcome=outcome, stage=stage, started_at=at, transcript=HELLO)


def in_tls(certificate: str, at: datetime = BEGAN) -> SmtpSession:
    """A conversation completed inside TLS with a trusted certificate."""
    return replace(
        session(at=at), starttls=Starttls.OK, tls=TlsHandshake(version="TLSv1.3", cipher="x", chain=(certificate,))
    )


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (answer(DnsStatus.ANSWERED), answer(DnsStatus.SERVFAIL, LATER), 0),
        (answer(DnsStatus.TIMEOUT, LATER), answer(DnsStatus.NXDOMAIN), 1),
        (answer(DnsStatus.ANSWERED), answer(DnsStatus.NODATA, LATER), 1),
        (answer(DnsStatus.ANSWERED, LATER), answer(DnsStatus.NODATA), 0),
        (answer(DnsStatus.SERVFAIL), answer(DnsStatus.TIMEOUT, LATER), 1),
        (answer(DnsStatus.ANSWERED), answer(DnsStatus.NODATA, None), 0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_fact_counts_before_none_then_the_later(
    runs: Runs, first: Answer, second: Answer, counts: int, turned: bool
) -> None:
    for one in (second, first) if turned else (first, second):
        runs.add().answer_came(one)
    assert list(runs.merged().answers()) == [(first, second)[counts]]


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ((session(), True), (session(stage=Stage.EHLO, outcome=Outcome.RESET, at=LATER), True), 0),
        ((session(), True), (session(at=LATER), True), 1),
        ((session(stage=Stage.CONNECT, outcome=Outcome.CONNECT_TIMEOUT), True), (session(at=LATER), False), 0),
        (
            (session(outcome=Outcome.INTERNAL_ERROR), True),
            (session(stage=Stage.CONNECT, outcome=Outcome.REFUSED), True),
            1,
        ),
        (
            (session(stage=Stage.CONNECT, outcome=Outcome.SKIPPED, at=LATER), True),
            (session(stage=Stage.CONNECT, outcome=Outcome.CONNECT_TIMEOUT), True),
            1,
        ),
        ((session(), True), (shared(session(B, at=LATER), A), True), 0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_conversations_the_settled_and_the_further_counts(
    runs: Runs, first: tuple[SmtpSession, bool], second: tuple[SmtpSession, bool], counts: int, turned: bool
) -> None:
    for one, settled in (second, first) if turned else (first, second):
        runs.add().session_ended(one, settled=settled)
    merged = runs.merged()
    expected, settled = (first, second)[counts]
    assert list(merged.sessions()) == [expected]
    assert merged.is_settled(A) is settled


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_fetches_the_one_that_says_something_counts(runs: Runs, turned: bool) -> None:
    host = PolicyHost("example.com")
    said = PolicyFetch(host=host.name, outcome=FetchOutcome.FETCHED, body="version: STSv1", started_at=BEGAN)
    silent = PolicyFetch(host=host.name, outcome=FetchOutcome.TIMEOUT, started_at=LATER)
    open_one = replace(said, body="of a first look", started_at=LATER)
    looks = [(said, True), (silent, True), (open_one, False)]
    for fetch, settled in reversed(looks) if turned else looks:
        runs.add().policy_fetched(host, fetch, settled=settled)
    merged = runs.merged()
    assert merged.policy_fetch(host) == said
    assert merged.is_settled(host)


def test_what_is_in_one_run_alone_is_kept(runs: Runs) -> None:
    one, other = runs.add(target("a.example", 1)), runs.add(target("b.example", 2))
    one.session_ended(session(A), settled=True)
    other.session_ended(session(B), settled=False)
    certificate = Certificate(sha256="ab", der=b"\x30\x00", names=("a.example",))
    one.certificate_seen(certificate)
    other.certificate_seen(certificate)
    other.set_meta("fault:b.example", "a fault of ours")
    merged = runs.merged()
    assert [found.endpoint for found in merged.sessions()] == [A, B]
    assert (merged.is_settled(A), merged.is_settled(B)) == (True, False)
    assert list(merged.certificates()) == [certificate]
    assert merged.meta("fault:b.example") == "a fault of ours"


@pytest.mark.parametrize(
    ("flags", "unfinished"),
    [
        ([(True, False), (False, False)], False),
        ([(True, True), (True, False)], False),
        ([(True, True), (False, False)], True),
        ([(False, True), (True, False)], False),
        ([(True, True), (True, True)], True),
        ([(False, False), (False, False)], True),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_target_is_done_if_one_run_did_it_without_doubt(
    runs: Runs, flags: list[tuple[bool, bool]], unfinished: bool, turned: bool
) -> None:
    for done, doubtful in reversed(flags) if turned else flags:
        run = runs.add(target("a.example"))
        if done:
            run.finish("a.example")
        if doubtful:
            run.doubt("a.example")
    merged = runs.merged()
    assert merged.counts()["targets_done"] == any(done for done, _ in flags)
    merged.close()
    with Journal.resume(merged.folder) as again:
        assert bool(list(again.targets(unfinished=True))) is unfinished


# Rows that are another endpoint's conversation


def leaf(name: str, *names: str) -> Certificate:
    return Certificate(sha256=name, der=b"\x30\x00", names=names)


def test_a_shared_row_goes_with_the_conversation_that_counts_if_that_serves_it(runs: Runs) -> None:
    one, other = runs.add(), runs.add()
    first, second = in_tls("old"), in_tls("new", LATER)
    for run, held, certificate in (
        (one, first, leaf("old", "*.mail.example")),
        (other, second, leaf("new", "*.mail.example")),
    ):
        run.certificate_seen(certificate)
        run.session_ended(held, settled=True)
    one.session_ended(shared(first, B), settled=True)
    merged = runs.merged()
    assert merged.session(A) == second
    assert merged.session(B) == shared(second, B)


def test_a_shared_row_keeps_its_own_evidence_if_the_conversation_that_counts_does_not_serve_it(runs: Runs) -> None:
    one, other = runs.add(), runs.add()
    first, second = in_tls("wide"), in_tls("narrow", LATER)
    one.certificate_seen(leaf("wide", "*.mail.example"))
    other.certificate_seen(leaf("narrow", "a.mail.example"))
    one.session_ended(first, settled=True)
    other.session_ended(second, settled=True)
    one.session_ended(shared(first, B), settled=True)
    merged = runs.merged()
    assert merged.session(A) == second
    assert merged.session(B) == replace(shared(first, B), transcript=first.transcript)
    assert merged.is_settled(B)


def test_a_shared_row_stays_as_it_is_if_its_conversation_counts(runs: Runs) -> None:
    one, other = runs.add(), runs.add()
    first = in_tls("wide", LATER)
    one.certificate_seen(leaf("wide", "*.mail.example"))
    one.session_ended(first, settled=True)
    one.session_ended(shared(first, B), settled=True)
    other.session_ended(session(A, Outcome.CONNECT_TIMEOUT, Stage.CONNECT), settled=True)
    merged = runs.merged()
    assert (merged.session(A), merged.session(B)) == (first, shared(first, B))


# What cannot be merged


def test_a_run_that_goes_on_is_refused(runs: Runs) -> None:
    run = runs.add(target("a.example"))
    with pytest.raises(UsageError, match="another auditor is at work"):
        Part.open(run.folder)


def test_a_run_whose_list_was_not_read_to_the_end_is_refused(tmp_path: Path) -> None:
    Journal.create(tmp_path / "run", Config(), BEGAN).close()
    with pytest.raises(UsageError, match="before its list was read to the end"):
        Part.open(tmp_path / "run")


def test_a_run_is_left_as_it_was(runs: Runs) -> None:
    run = runs.add(target("a.example"))
    run.close()
    before = sorted((one.name, one.read_bytes()) for one in run.folder.iterdir())
    runs.merged()
    runs._opened.close()
    assert sorted((one.name, one.read_bytes()) for one in run.folder.iterdir()) == before


def test_a_full_disk_says_that_nothing_is_kept(runs: Runs) -> None:
    runs.add(*(target(f"{'x' * 60}{number}.example", number) for number in range(2000)))
    parts = runs.parts()
    with MergedJournal.create(runs.folder / "merged", Config(), BEGAN) as journal:
        (pages,) = journal._database.execute("PRAGMA page_count").fetchone()
        journal._database.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(NotFinishedError, match=r"full.*stand as they were"):
            journal.take(parts)
        journal._database.execute("ROLLBACK") if journal._database.in_transaction else None


@pytest.mark.slow
def test_memory_does_not_grow_with_the_runs(tmp_path: Path) -> None:
    def peak(name: str, count: int) -> int:
        (tmp_path / name).mkdir()
        with ExitStack() as opened:
            made = Runs(tmp_path / name, opened)
            for part in (0, 1):
                run = made.add(*(target(f"{n}.example", n) for n in range(part, count, 2)))
                for n in range(count):
                    run.answer_came(
                        replace(answer(DnsStatus.NODATA), question=Question(f"{n // (1 + part)}.example", "A"))
                    )
                    run.finish(f"{n}.example")
            parts = made.parts()
            tracemalloc.start()
            made.merged(parts)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most

    peak("first", 100)
    # pydantic keeps up to 16,384 short texts at hand; the targets alone would come to 10 MB.
    assert peak("large", 30_000) < peak("small", 3_000) + 1_500_000
