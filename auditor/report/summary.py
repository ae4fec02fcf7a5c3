"""What a run adds up to, from the staged tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from auditor.model.finding import Severity
from auditor.model.published import Role
from auditor.report.controls import Control, controls
from auditor.report.staging import Staging

SOON_DAYS = 30
FIRST_TO_FIX = 10
NOT_CONTACTED = "not contacted"
_MOST_OUTCOMES = 8


@dataclass(frozen=True, slots=True)
class FirstToFix:
    """A domain in want of attention, with its failed findings by severity."""

    target: int
    """Its position in the list, from 1."""
    domain: str
    score: int | None
    critical: int
    high: int
    medium: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run in numbers."""

    domains: int
    looked_up: int
    """Domains whose mail route is known, one way or the other."""
    endpoints: int
    judged: int
    """Endpoints that showed for certain whether they speak SMTP."""
    score: float | None
    """Average over the domains that have one."""
    failed: Mapping[Severity, int]
    """Failed findings by severity, every severity present."""
    unknown: int
    """Findings that could not be judged."""
    listeners: int
    """Addresses and ports that accepted a connection."""
    unlisted: int
    """Of these, those to which no MX record of the list leads."""
    silent: int
    """Addresses of ranges at which nothing was found."""
    expiring: int
    """Leaf certificates with less than 30 days left, expired ones included."""
    controls: tuple[Control, ...]
    roles: Mapping[Role, int]
    """Domains by what they were taken for, every role present."""
    outcomes: tuple[tuple[str, int], ...]
    """Endpoints by outcome, the commonest first."""
    first: tuple[FirstToFix, ...]

    def control(self, name: str) -> Control:
        """The control of that name."""
        return next(one for one in self.controls if one.name == name)

    @property
    def coverage_line(self) -> str:
        """How much of what was asked could be judged, in words."""
        return (
            f"{self.looked_up:,} of {self.domains:,} targets looked up · "
            f"{self.judged:,} of {self.endpoints:,} endpoints judged{_percent(self.judged, self.endpoints)} · "
            f"{self.unknown:,} findings unknown (unknown is not failed; see Coverage)"
            + (f" · {self.silent:,} addresses of ranges where nothing was found" if self.silent else "")
        )

    @property
    def tiles(self) -> tuple[tuple[str, str], ...]:
        """The six numbers that stand first, as (number, what it is)."""
        share = self.control("DMARC").known_share
        return (
            (f"{self.domains:,}", "Domains"),
            ("–" if self.score is None else f"{self.score:.0f}", "Average score"),
            (f"{self.failed[Severity.CRITICAL]:,}", "Critical findings"),
            (f"{self.failed[Severity.HIGH]:,}", "High findings"),
            (f"{self.expiring:,}", f"Certificates < {SOON_DAYS} days"),
            ("–" if share is None else f"{share:.0%}", "DMARC enforced"),
        )

    @property
    def shown_outcomes(self) -> list[tuple[str, int]]:
        """The commonest outcomes; the rest as one."""
        shown, rest = self.outcomes[:_MOST_OUTCOMES], self.outcomes[_MOST_OUTCOMES:]
        others = [("others", sum(count for _, count in rest))] if rest else []
        return [*shown, *others] or [("no endpoint", 0)]


def _percent(part: int, whole: int) -> str:
    return f" ({100 * part // whole} %)" if whole else ""


def summarize(staging: Staging, started_at: datetime) -> Summary:
    """The numbers of the staged run; ``started_at`` is the moment against which validity counts."""
    domains, score, looked_up = staging.one(
        "SELECT COUNT(*), AVG(score), COUNT(*) FILTER (WHERE mx_status NOT IN"
        " ('servfail', 'refused', 'timeout', 'bogus', 'malformed')) FROM domains"
    )
    endpoints, judged = staging.one("SELECT COUNT(*), COALESCE(SUM(judged), 0) FROM spoken")
    return Summary(
        domains=domains,
        looked_up=looked_up,
        endpoints=endpoints,
        judged=judged,
        score=score,
        failed=_failed(staging),
        unknown=staging.one("SELECT COUNT(*) FROM findings WHERE verdict = 'unknown'")[0],
        listeners=staging.count("listeners"),
        unlisted=staging.one("SELECT COUNT(*) FROM listeners WHERE NOT listed")[0],
        silent=staging.one("SELECT addresses FROM silent")[0],
        expiring=_expiring(staging, started_at),
        controls=controls(staging),
        roles=_roles(staging),
        outcomes=tuple(_outcomes(staging)),
        first=tuple(_first_to_fix(staging)),
    )


def _failed(staging: Staging) -> dict[Severity, int]:
    counts = dict(staging.rows("SELECT severity, COUNT(*) FROM findings WHERE verdict = 'fail' GROUP BY severity"))
    return {severity: counts.get(severity.value, 0) for severity in Severity}


def _expiring(staging: Staging, started_at: datetime) -> int:
    limit = started_at.isoformat()
    (count,) = staging.one(
        "SELECT COUNT(*) FROM certificates WHERE julianday(not_after) < julianday(?) + ?", (limit, SOON_DAYS)
    )
    return int(count)


def _roles(staging: Staging) -> dict[Role, int]:
    counts = dict(staging.rows("SELECT role, COUNT(*) FROM domains WHERE role IS NOT NULL GROUP BY role"))
    return {role: counts.get(role.value, 0) for role in Role}


def _outcomes(staging: Staging) -> Iterator[tuple[str, int]]:
    rows = staging.rows(
        "SELECT COALESCE(outcome, ?), COUNT(*) FROM endpoints GROUP BY 1 ORDER BY 2 DESC, 1", (NOT_CONTACTED,)
    )
    yield from ((outcome, count) for outcome, count in rows)


def _first_to_fix(staging: Staging) -> Iterator[FirstToFix]:
    rows = staging.rows(
        "SELECT d.target_, d.domain, d.score, x.critical, x.high, x.medium"
        " FROM domains d JOIN details x ON x.rowid = d.rowid WHERE d.failed > 0"
        " ORDER BY x.critical DESC, x.high DESC, x.medium DESC, d.score, d.domain LIMIT ?",
        (FIRST_TO_FIX,),
    )
    for row in rows:
        yield FirstToFix(*row)
