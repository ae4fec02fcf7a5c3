"""What is said of a run beside its tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.model.finding import Severity
from auditor.report.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check of the catalogue, as the list of checks shows it."""

    check: str
    name: str
    severity: Severity
    title: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The run, its tool and its vantage."""

    name: str
    started_at: datetime
    finished_at: datetime | None = None
    state: str = ""
    """How it ended, such as ``finished`` or ``interrupted``."""
    tool_version: str = ""
    rules_version: str = ""
    resolver: tuple[str, ...] = ()
    vantage: Mapping[str, str] = field(default_factory=dict)
    """Where it ran: host, EHLO name, versions of libraries, as (what, value)."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Its settings, as JSON."""
    options_set: Mapping[str, Any] = field(default_factory=dict)
    """Those of ``options`` that are not the default."""
    checks: tuple[CheckLine, ...] = ()
    merged_from: tuple[Mapping[str, Any], ...] = ()
    """Of a run that was made out of others, those, as JSON."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a writer is given: staged tables, the run, and the folder that takes the files."""

    staging: Staging
    about: About
    folder: Path
