"""A run folder, from its journal to its files."""

import csv
import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from auditor.checks import Selection
from auditor.config import Config
from auditor.errors import NotFinishedError, UsageError
from auditor.journal import Journal
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.target import Reject
from auditor.report import left_out, read_tables, write_reports, writers
from auditor.report.files import sha256_of
from auditor.report.rejected import write_rejected
from auditor.report.target_rows import judged_here
from auditor.report.write import write_run
from auditor.report.writers import FORMATS, chosen_formats

pytestmark = pytest.mark.slow

ALL = Selection()
TABLE_NAMES = ["domains", "mx", "endpoints", "certificates", "findings", "spf", "dkim", "tlsa", "records", "listeners"]
WRITTEN = {
    *("audit.xlsx", "report.html", "rejected.csv", "run.json"),
    *(f"csv/{name}.csv" for name in TABLE_NAMES),
}


def answer(name: str, kind: str, *records: str, status: DnsStatus = DnsStatus.ANSWERED) -> Answer:
    return Answer(question=Question(name, kind), status=status, records=records, canonical_name=name, ttl_seconds=300)


def record(make: Any, folder: Path) -> Path:
    """A run of three domains, the last of which was not looked up before it ended."""
    with Journal.create(folder, Config(), make.STARTED) as journal:
        names = ("a.example", "null.example", "late.example")
        targets = [make.target(name, input_line=line) for line, name in enumerate(names, start=1)]
        journal.add_list([*targets, Reject(source="list", line=4, text="=x\r", reason="no domain name")])
        journal.answer_came(answer("a.example", "MX", "10 mx.example"))
        journal.answer_came(answer("mx.example", "A", "9.9.9.9"))
        journal.answer_came(answer("mx.example", "AAAA", status=DnsStatus.NODATA))
        journal.answer_came(answer("null.example", "MX", "0 ."))
        certificate = make.certificate("mx.example", der=b"\x30\x00")
        endpoint = Endpoint("mx.example", "9.9.9.9", 25)
        journal.session_ended(make.session(endpoint, certificate), settled=True)
        journal.certificate_seen(certificate)
        for name in names[:2]:
            journal.finish(name)
        journal.set_meta("finished_at", (make.STARTED + timedelta(seconds=3)).isoformat())
        journal.set_meta("state", "interrupted")
        journal.set_meta("resolver", ["127.0.0.1#53"])
        journal.set_meta("vantage", {"host": "audit.example"})
        journal.set_meta("vantage_note", "port 25 may be closed here")
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_folder_gets_all_its_files(make: Any, tmp_path: Path) -> None:
    folder = record(make, tmp_path / "run")
    written = write_reports(folder, ("xlsx", "csv", "html"), ALL)
    assert {path.relative_to(folder).as_posix() for path in written} == WRITTEN
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name for name in left if not name.startswith("journal")} == WRITTEN


def test_rows_come_from_the_journal_as_judged_today(make: Any, tmp_path: Path) -> None:
    folder = record(make, tmp_path / "run")
    write_reports(folder, ["csv"], ALL)
    first, null, late = rows_of(folder / "csv" / "domains.csv")
    assert (first["mx_status"], first["smtp"], first["starttls"], first["cert_trust"]) == ("mx", "all", "all", "all")
    assert first["score"] != ""
    assert (null["mx_status"], null["smtp"]) == ("null", "not-applicable")
    assert {name for name, value in late.items() if value} == {"domain", "domain_unicode", "input", "input_line"}
    (endpoint,) = rows_of(folder / "csv" / "endpoints.csv")
    assert (endpoint["domains"], endpoint["cert_name"], endpoint["tls_version"]) == ("1", "match", "TLSv1.3")


def test_run_json_tells_what_ran_and_vouches_for_the_files(make: Any, tmp_path: Path) -> None:
    folder = record(make, tmp_path / "run")
    *written, manifest = write_reports(folder, ["csv", "csv", " JSONL"], ALL)
    told = json.loads(manifest.read_text("utf-8"))
    assert (told["schema_version"], told["name"], told["state"]) == (1, "run", "interrupted")
    assert (told["started_at"], told["duration_seconds"]) == ("2026-09-03T02:00:00Z", 3.0)
    assert told["resolver"] == ["127.0.0.1#53"]
    assert told["vantage"] == {"host": "audit.example", "note": "port 25 may be closed here"}
    assert told["options"]["port"] == [25]
    assert told["rows"]["domains"] == 3
    assert (told["summary"]["domains_looked_up"], told["summary"]["endpoints_judged"]) == (2, 1)
    assert set(told["files"]) == {path.relative_to(folder).as_posix() for path in written}
    for name, file in told["files"].items():
        assert file == {"octets": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)}


def test_reports_written_again_are_the_same(make: Any, tmp_path: Path) -> None:
    folder = record(make, tmp_path / "run")
    first = {path.name: path.read_bytes() for path in write_reports(folder, ("csv", "html", "jsonl"), ALL)}
    assert {path.name: path.read_bytes() for path in write_reports(folder, ("csv", "html", "jsonl"), ALL)} == first


def test_a_run_that_is_not_over_has_no_duration(make: Any, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    Journal.create(folder, Config(), make.STARTED).close()
    (*_, manifest) = write_reports(folder, ["csv"], ALL)
    told = json.loads(manifest.read_text("utf-8"))
    assert (told["finished_at"], told["duration_seconds"], told["state"]) == (None, None, "killed")


def test_checks_can_be_chosen_anew(make: Any, tmp_path: Path) -> None:
    folder = record(make, tmp_path / "run")
    write_reports(folder, ["csv"], Selection(include=("MX",)))
    assert all(row["check"].startswith("MX") for row in rows_of(folder / "csv" / "findings.csv"))
    with pytest.raises(UsageError, match="no such check"):
        write_reports(folder, ["csv"], Selection(include=("NOTHING",)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("xslx", r"no report format 'xslx'; did you mean 'xlsx'\? \(there are: xlsx, csv, html, jsonl\)"),
        ("pdf", r"no report format 'pdf' \(there are"),
    ],
)
def test_an_unknown_format_is_refused_before_anything_is_written(
    make: Any, tmp_path: Path, name: str, message: str
) -> None:
    folder = record(make, tmp_path / "run")
    before = sorted(folder.iterdir())
    with pytest.raises(UsageError, match=message):
        write_reports(folder, ["csv", name], ALL)
    assert sorted(folder.iterdir()) == before
    assert chosen_formats(FORMATS) == tuple(FORMATS)


def test_frames_for_a_program(make: Any, tmp_path: Path) -> None:
    frames = read_tables(record(make, tmp_path / "run"), ALL)
    assert list(frames) == TABLE_NAMES
    assert frames["domains"]["mx_status"].tolist()[:2] == ["mx", "null"]
    assert [path.name for path in (tmp_path / "run").iterdir() if path.name.startswith(".")] == []


def test_lines_not_taken_are_listed(tmp_path: Path, make: Any) -> None:
    folder = record(make, tmp_path / "run")
    write_reports(folder, ["csv"], ALL)
    assert rows_of(folder / "rejected.csv") == [
        {"source": "list", "line": "4", "text": "'=x\\x0d", "reason": "no domain name"}
    ]
    assert write_rejected(tmp_path, []).read_text() == "source,line,text,reason\n"


def test_a_folder_that_cannot_be_written_is_named(make: Any, tmp_path: Path) -> None:
    run = make.Run()
    judged = judged_here(run, run.survey_of, run.judge)
    with pytest.raises(NotFinishedError, match=r"cannot write reports in .*nowhere"):
        write_run(run, lambda: make.about(run), judged, tmp_path / "nowhere", ["csv"])


def test_the_room_offers_what_it_says_and_no_more() -> None:
    room = import_module("auditor.report")
    assert all(callable(getattr(room, name)) for name in room.__all__)
    assert not hasattr(room, "nothing")


def test_of_a_very_large_list_the_workbook_is_written_only_if_it_is_asked_for_alone(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record(make, tmp_path / "run")
    assert left_out(folder, ["xlsx", "csv"]) == ""
    monkeypatch.setattr(writers, "MOST_OF_A_WORKBOOK", 2)
    assert "audit.xlsx" not in {path.name for path in write_reports(folder, ["xlsx", "csv"], ALL)}
    assert left_out(folder, ["xlsx", "csv"]).startswith("no workbook is written of 3 targets")
    assert "audit.xlsx" in {path.name for path in write_reports(folder, ["xlsx"], ALL)}
    assert left_out(folder, ["xlsx"]) == left_out(folder, ["csv"]) == ""
