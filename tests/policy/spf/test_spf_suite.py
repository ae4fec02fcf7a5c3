"""The openspf.org test suite of RFC 7208, read in place."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import replay
from auditor.policy.spf import check_host

VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[4] / "shared" / "vectors"))
FILE = VECTORS / "spf" / "pyspf-rfc7208-tests.yml"
DEFAULT = "DEFAULT"
"""What the suite writes where a domain has no explanation of its own."""

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the public test vectors are not here")

Zone = Mapping[str, list[Any]]


def scenarios() -> Iterator[tuple[str, Mapping[str, Any], Zone]]:
    """(name, case, zone) of each test."""
    documents = yaml.safe_load_all(FILE.read_text(encoding="utf-8")) if FILE.is_file() else []
    for document in documents:
        zone = {str(name).lower(): entries for name, entries in document["zonedata"].items()}
        yield from ((f"{document['description']}: {name}", case, zone) for name, case in document["tests"].items())


SCENARIOS = list(scenarios())


def entries_of(zone: Zone, name: str) -> list[tuple[str, Any]]:
    """(type, value) of each record; a record of type SPF is one of type TXT too, unless there are such."""
    entries = [next(iter(entry.items())) for entry in zone[name] if isinstance(entry, dict)]
    if not any(kind == "TXT" for kind, _ in entries):
        entries += [("TXT", value) for kind, value in entries if kind == "SPF"]
    return [(kind, value) for kind, value in entries if value != "NONE"]


def answer_from(zone: Zone, question: Question, depth: int = 0) -> Answer:
    if depth > 8:
        return Answer(question=question, status=DnsStatus.SERVFAIL, error="alias loop")
    if question.name not in zone:
        return Answer(question=question, status=DnsStatus.NXDOMAIN)
    entries = entries_of(zone, question.name)
    alias = [value for kind, value in entries if kind == "CNAME"]
    if alias:
        target = answer_from(zone, Question(alias[0].lower(), question.type), depth + 1)
        return Answer(question=question, status=target.status, records=target.records, error=target.error)
    records = tuple(presented(kind, value) for kind, value in entries if kind == question.type)
    if records:
        return Answer(question=question, status=DnsStatus.ANSWERED, records=records)
    failed = "TIMEOUT" in zone[question.name]
    return Answer(question=question, status=DnsStatus.TIMEOUT if failed else DnsStatus.NODATA)


def presented(kind: str, value: Any) -> str:
    if kind == "MX":
        return f"{value[0]} {value[1].lower() or '.'}"
    if kind == "PTR":
        return str(value).lower().removesuffix(".")
    return "".join(value) if kind == "TXT" else str(value)


@pytest.mark.skipif(not FILE.is_file(), reason="the public test vectors are not here")
def test_all_published_cases_are_read() -> None:
    assert len(SCENARIOS) == 203
    assert len(Counter(name.partition(":")[0] for name, _, _ in SCENARIOS)) == 16


@pytest.mark.parametrize(("case", "zone"), [pytest.param(case, zone, id=name) for name, case, zone in SCENARIOS])
def test_published_case(case: Mapping[str, Any], zone: Zone) -> None:
    sender = case["mailfrom"] or f"postmaster@{case['helo']}"
    outcome = replay(
        check_host(str(case["host"]), sender.rpartition("@")[2], sender, helo=str(case["helo"])),
        lambda question: answer_from(zone, question),
    )
    assert outcome is not None
    assert outcome.result in case["result"] if isinstance(case["result"], list) else outcome.result == case["result"]
    if case.get("explanation", DEFAULT) != DEFAULT:
        assert outcome.explanation == case["explanation"]
    elif "explanation" in case:
        assert outcome.explanation == ""
