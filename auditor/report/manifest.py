"""``run.json``: what ran, where, with which settings, what came of it, and which files tell it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditor.model.finding import Severity
from auditor.report.about import About, Report
from auditor.report.columns import iso
from auditor.report.files import sha256_of, whole_file
from auditor.report.summary import Summary, summarize
from auditor.report.tables import TABLES

SCHEMA_VERSION = 1
"""Raised when a key changes its meaning or goes."""


def write_manifest(report: Report, written: Sequence[Path]) -> Path:
    """Writes ``run.json``; ``written`` are the files of the report."""
    path = report.folder / "run.json"
    content = _content(report, written)
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=True) + "\n", encoding="utf-8")
    return path


def _content(report: Report, written: Sequence[Path]) -> dict[str, Any]:
    about = report.about
    return {
        "schema_version": SCHEMA_VERSION,
        "name": about.name,
        "state": about.state,
        **_times(about),
        "tool_version": about.tool_version,
        "rules_version": about.rules_version,
        "resolver": list(about.resolver),
        "vantage": dict(about.vantage),
        "options": dict(about.options),
        "merged_from": list(about.merged_from),
        "rows": {table.name: report.staging.count(table.name) for table in TABLES},
        "summary": _numbers(summarize(report.staging, about.started_at)),
        "worst_check": _worst_check(report),
        "files": {
            path.relative_to(report.folder).as_posix(): {"octets": path.stat().st_size, "sha256": sha256_of(path)}
            for path in sorted(written)
        },
    }


def _worst_check(report: Report) -> str | None:
    """The check that failed most often among the most severe failures; nothing where nothing failed."""
    rank = " ".join(f"WHEN '{severity.value}' THEN {severity.rank}" for severity in Severity)
    found = report.staging.rows(
        f"SELECT \"check\" FROM findings WHERE verdict = 'fail' GROUP BY 1"  # noqa: S608 - words of ours
        f" ORDER BY MIN(CASE severity {rank} END), COUNT(*) DESC, 1 LIMIT 1"
    )
    return next((check for (check,) in found), None)


def _times(about: About) -> dict[str, Any]:
    finished = about.finished_at
    return {
        "started_at": iso(about.started_at),
        "finished_at": None if finished is None else iso(finished),
        "duration_seconds": None if finished is None else round((finished - about.started_at).total_seconds(), 3),
    }


def _numbers(summary: Summary) -> dict[str, Any]:
    return {
        "domains": summary.domains,
        "domains_looked_up": summary.looked_up,
        "endpoints": summary.endpoints,
        "endpoints_judged": summary.judged,
        "listeners": summary.listeners,
        "listeners_unlisted": summary.unlisted,
        "silent_addresses": summary.silent,
        "average_score": None if summary.score is None else round(summary.score, 1),
        "failed_by_severity": {severity.value: count for severity, count in summary.failed.items()},
        "unknown": summary.unknown,
        "certificates_under_30_days": summary.expiring,
        "starttls_everywhere": summary.control("STARTTLS").known_share,
        "dmarc_enforced": summary.control("DMARC").known_share,
        "roles": dict(summary.roles),
        "controls": {
            one.name: dict(zip(("pass", "partial", "fail", "unknown"), one.counts, strict=True))
            for one in summary.controls
        },
        "outcomes": dict(summary.outcomes),
    }
