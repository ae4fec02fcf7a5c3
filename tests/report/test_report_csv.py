"""CSV and JSON lines hold the same tables; hostile text does no harm in them, and all comes back."""

import csv
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from auditor.report.columns import Kind, Table
from auditor.report.frames import chunks, whole
from auditor.report.staging import select
from auditor.report.tables import DOMAINS, ENDPOINTS, FINDINGS, MX, TABLES
from auditor.report.writers import FORMATS
from auditor.report.writers.csv import write


def read_csv(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(folder: Path, name: str) -> list[dict[str, Any]]:
    text = (folder / "jsonl" / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


@pytest.mark.slow
def test_every_table_is_a_file_with_its_columns_in_order(sixty: Any, staged: Any) -> None:
    report = staged(sixty)
    written = write(report)
    assert [path.name for path in written] == [f"{table.name}.csv" for table in TABLES]
    for table, path in zip(TABLES, written, strict=True):
        head = path.read_text("utf-8").split("\n", 1)[0].split(",")
        assert head == [*table.names, *(["input_owner"] if table is DOMAINS else [])]
        assert len(read_csv(report.folder, table.name)) == report.staging.count(table.name) > 0


@pytest.mark.slow
def test_a_row_is_one_line_and_no_cell_is_a_formula(sixty: Any, staged: Any) -> None:
    for path in write(staged(sixty)):
        octets = path.read_bytes()
        assert b"\r" not in octets
        assert not set(octets) & (set(range(32)) - {10})
        rows = list(csv.reader(octets.decode("utf-8").splitlines()))
        assert len(rows) == octets.count(b"\n")
        assert {len(row) for row in rows} == {len(rows[0])}
        numbers = {"cert_days_left"}
        free = [place for place, name in enumerate(rows[0]) if name not in numbers]
        assert not any(row[place].lstrip(" \"'").startswith(tuple("=+-@\t\r")) and row[place][0] != "'"
                       for row in rows for place in free)  # fmt: skip


def test_values_are_written_as_promised(make: Any, staged: Any) -> None:
    run = make.Run()
    exchange = make.exchange("mx.example", "192.0.2.1")
    run.add("a.example", make.route("a.example", exchange), extra=(("owner", "-me"), ("=x", "a,b")))
    run.add("late.example")
    certificate = make.certificate("mx.example")
    run.speak(make.session(run.routes["a.example"].endpoints[0], certificate), certificate)
    report = staged(run)
    write(report)
    first, late = read_csv(report.folder, "domains")
    assert (first["score"], first["coverage"], first["endpoints_total"]) == ("100", "1.0", "1")
    assert (first["input_owner"], first["input_=x"], first["spf"]) == ("'-me", "a,b", "temperror")
    assert {name for name, value in late.items() if value} == {"domain", "domain_unicode", "input", "input_line"}
    (endpoint,) = read_csv(report.folder, "endpoints")
    shown = ("plaintext_after_starttls", "cert_not_after", "connect_ms", "size_limit_octets", "greeting_code")
    assert [endpoint[name] for name in shown] == ["false", "2026-11-02T02:00:00Z", "12.3", "10240000", "220"]


def test_csv_round_trip_equals_what_was_staged(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add(make.HOSTILE, make.route(make.HOSTILE, make.exchange(make.HOSTILE, "192.0.2.1")))
    finding = make.finding(make.HOSTILE, evidence="'=1", reference='"+1', remediation="\udc80\ufffe")
    run.judgements[make.HOSTILE] = make.Judgement(findings=(finding,), failed=1)
    report = staged(run)
    write(report)
    for table in (DOMAINS, MX, FINDINGS):
        (row,) = report.staging.rows(select(table))
        (read,) = read_csv(report.folder, table.name)
        assert [as_staged(kind_of(table, name), text) for name, text in read.items()] == list(row)


def kind_of(table: Table[Any], name: str) -> Kind:
    return table.column(name).kind


def as_staged(kind: Kind, text: str) -> Any:
    """What a reader of the documentation makes of a cell."""
    if text == "":
        return None
    if kind is Kind.INTEGER:
        return int(text)
    if kind is Kind.NUMBER:
        return float(text)
    if kind is Kind.BOOLEAN:
        return {"true": 1, "false": 0}[text]
    if text.startswith("'") and text[1:].lstrip(" \"'").startswith(("=", "+", "-", "@")):
        text = text[1:]
    return text.replace("\\x0a", "\n") if kind is Kind.LINES else text


def test_an_empty_run_has_headers_alone(make: Any, staged: Any) -> None:
    report = staged(make.Run())
    FORMATS["jsonl"](report)
    for path in write(report):
        assert path.read_text("utf-8").count("\n") == 1
    assert read_jsonl(report.folder, "findings") == []


@pytest.mark.slow
def test_json_lines_say_the_same_as_csv(sixty: Any, staged: Any) -> None:
    report = staged(sixty)
    write(report)
    FORMATS["jsonl"](report)
    for table in TABLES:
        rows, objects = read_csv(report.folder, table.name), read_jsonl(report.folder, table.name)
        assert len(rows) == len(objects)
        for row, found in zip(rows, objects, strict=True):
            assert list(found) == list(row)
            for column in table.columns:
                value = found[column.name]
                joined: object = "|".join(value) if isinstance(value, list) else value
                text = as_staged(column.kind, row[column.name])
                assert joined == text or (joined == "" and text is None)


def test_json_lines_tell_unknown_from_none(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example", make.exchange("mx.example", "192.0.2.1")), extra=(("o", "x"),))
    run.add("late.example")
    endpoint = run.routes["a.example"].endpoints[0]
    certificate = make.certificate("mx.example")
    run.speak(make.session(endpoint, certificate), certificate)
    report = staged(run)
    FORMATS["jsonl"](report)
    first, late = read_jsonl(report.folder, "domains")
    assert (first["mx_hosts"], first["input_o"], first["spf_record"]) == (["mx.example"], "x", None)
    assert (late["mx_hosts"], late["input_o"]) == (None, None)
    (row,) = read_jsonl(report.folder, "endpoints")
    assert (row["plaintext_after_starttls"], row["deviations"]) == (False, [])


@pytest.mark.slow
def test_frames_for_programs_have_types(sixty: Any, staged: Any) -> None:
    staging = staged(sixty).staging
    endpoints, domains = whole(staging, ENDPOINTS), whole(staging, DOMAINS)
    assert str(endpoints["cert_not_after"].dtype).startswith("datetime64")
    assert str(endpoints["cert_not_after"].dt.tz) == "UTC"
    assert (str(endpoints["port"].dtype), str(endpoints["plaintext_after_starttls"].dtype)) == ("Int64", "boolean")
    assert (str(domains["coverage"].dtype), list(domains.columns)[-1]) == ("Float64", "input_owner")
    assert endpoints["keywords"].dropna().iloc[0][0] == "PIPELINING"
    empty = domains[domains["domain"] == "east58.example"].iloc[0]
    assert empty.isna()[["mx_status", "score", "input_owner"]].all()


@pytest.mark.slow
def test_chunks_are_joined_without_a_seam(sixty: Any, staged: Any) -> None:
    staging = staged(sixty).staging
    parts = list(chunks(staging, DOMAINS, rows=7))
    assert [len(part) for part in parts] == [7] * 8 + [4]
    assert [one for part in parts for one in part["domain"]] == [row[0] for row in staging.rows(select(DOMAINS))]


@pytest.mark.slow
def test_memory_stays_flat_however_long_the_list_is(make: Any, staged: Any) -> None:
    def peak(domains: int) -> int:
        run = make.Run()
        exchange = make.exchange("mx.example", "192.0.2.1")
        run.listed = Lazy(make, domains)
        run.survey_of = lambda target: make.surveyed(make.route(target.domain, exchange))
        run.judge = lambda facts: make.Judgement(findings=(make.finding(facts.target.domain),), failed=1)
        tracemalloc.start()
        report = staged(run)
        FORMATS["csv"](report)
        FORMATS["jsonl"](report)
        assert report.staging.count("findings") == domains
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # imports
    few, many = peak(5_200), peak(7_800)  # the shorter one fills a chunk of 5,000 rows already
    assert many < few * 1.2


class Lazy:
    """A list of domains that is never in memory."""

    def __init__(self, make: Any, length: int) -> None:
        self.make, self.length = make, length

    def __iter__(self) -> Any:
        return (self.make.target(f"d{number}.example") for number in range(self.length))
