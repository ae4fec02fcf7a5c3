"""``report.html``: one file that needs no other, for a browser or for paper."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.model.finding import Severity
from auditor.report.about import About, Report
from auditor.report.cells import html_text
from auditor.report.files import whole_file
from auditor.report.staging import Staging, order_term
from auditor.report.summary import Summary, summarize
from auditor.report.tables import FINDINGS
from auditor.report.writers.html_charts import bar_chart, share_chart
from auditor.report.writers.html_page import page_foot, page_head
from auditor.report.writers.palette import BAD, FAIR, GOOD, SEVERITY_BARS, WORD_FILLS, outcome_bar, word_fills
from auditor.report.writers.words import LIMITS, roles_of, vantage_of

MOST_DOMAINS = 5_000
"""Rows a browser filters with ease; the rest stands in the other reports."""
MOST_OF_ONE_CHECK = 200

_CLASSES = {GOOD: "good", FAIR: "fair", BAD: "bad"}
_BY_SEVERITY = order_term(FINDINGS.column("severity"))
_GROUPS = (
    'SELECT "check", name, severity, MIN(remediation), MIN(reference), MIN(reproduce),'  # noqa: S608 - a term of ours
    " COUNT(*) FILTER (WHERE verdict = 'fail'), COUNT(*) FILTER (WHERE verdict = 'unknown')"
    ' FROM findings GROUP BY "check", severity ORDER BY ' + _BY_SEVERITY + ', "check"'
)


def write(report: Report) -> list[Path]:
    """Writes the page."""
    path = report.folder / "report.html"
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(page(report))
    return [path]


def page(report: Report) -> Iterator[str]:
    """The page, piece by piece."""
    summary = summarize(report.staging, report.about.started_at)
    yield page_head(f"Mail domain audit {report.about.name}")
    yield from _top(report.about, summary)
    yield from _domains(report.staging, summary)
    yield from _findings(report.staging)
    yield from _method(report.about, summary)
    yield page_foot()


def _top(about: About, summary: Summary) -> Iterator[str]:
    yield "<h1>Mail domain audit</h1>\n"
    yield f'<p class="dim">Run {html_text(about.name)} · {about.started_at:%d %B %Y, %H:%M} UTC · '
    yield f"{summary.endpoints:,} endpoints · {html_text(about.state)}</p>\n"
    yield f'<p class="dim">{html_text(summary.coverage_line.replace("; see Coverage", ""))}</p>\n<div class="tiles">'
    for number, (value, label) in enumerate(summary.tiles):
        yield f'<div class="tile t{number}"><b>{html_text(value)}</b>{html_text(label)}</div>'
    yield '</div>\n<div class="charts">\n'
    severities = [(one.value, count, SEVERITY_BARS[one]) for one, count in summary.failed.items()]
    yield bar_chart("Failed findings by severity", severities)
    yield share_chart("Controls, share of domains", summary.controls)
    yield bar_chart("Outcomes of endpoints", [(name, n, outcome_bar(name)) for name, n in summary.shown_outcomes])
    yield "</div>\n"


def _word(word: str | None, fills: Mapping[str, str] = WORD_FILLS) -> str:
    if not word:
        return ""
    kind = word if word in SEVERITY_BARS else _CLASSES.get(fills.get(word, ""), "")
    return f'<span class="w {kind}">{html_text(word)}</span>'


def _number(number: float | None) -> str:
    return f'<td class="n">{"" if number is None else number}</td>'


_STATES = {
    "mx_status": "MX",
    "smtp": "SMTP",
    "starttls": "STARTTLS",
    "cert_trust": "Certificates",
    "spf": "SPF",
    "spf_all": "SPF all",
    "dkim": "DKIM",
    "dmarc": "DMARC",
    "dmarc_policy": "DMARC p",
    "mta_sts": "MTA-STS",
    "mta_sts_mode": "MTA-STS mode",
    "tls_rpt": "TLS-RPT",
    "dane": "DANE",
    "dnssec": "DNSSEC",
}
"""Columns of ``domains`` that hold a word, by heading."""
_FILLS = [word_fills(f"domains.{name}") for name in _STATES]
_DOMAIN_HEADINGS = (
    *("Domain", "Role", "Score", "Judged", "Worst", "Failed", "Unknown"),
    *(*_STATES.values(), "Days left", "MX hosts"),
)
_ROWS = (
    "SELECT d.domain, d.role, d.score, d.coverage, d.worst_severity, d.failed, d.unknown,"  # noqa: S608 - names of ours
    f" {', '.join(f'd.{name}' for name in _STATES)}, x.cert_days_left, d.mx_hosts"
    " FROM domains d JOIN details x ON x.rowid = d.rowid"
    " ORDER BY x.critical DESC, x.high DESC, x.medium DESC, x.low DESC, d.score, d.rowid LIMIT ?"
)


def _domains(staging: Staging, summary: Summary) -> Iterator[str]:
    options = "".join(f"<option>{severity}</option>" for severity in Severity)
    yield (
        '<h2>Domains</h2>\n<div class="bar"><input id="text" type="search" placeholder="Filter, such as: example none" '
        'aria-label="Filter"><select id="worst" aria-label="Worst severity"><option value="">any severity</option>'
        f'{options}</select><span id="shown" class="dim"></span></div>\n'
    )
    if summary.domains > MOST_DOMAINS:
        yield f'<p class="dim">The {MOST_DOMAINS:,} most urgent of {summary.domains:,}; csv/domains.csv has all.</p>\n'
    yield '<div class="scroll"><table id="domains">' + _head_row(_DOMAIN_HEADINGS) + "<tbody>\n"
    for row in staging.rows(_ROWS, (MOST_DOMAINS,)):
        yield _domain_row(row)
    yield "</tbody></table></div>\n"


def _head_row(headings: Sequence[str]) -> str:
    return "<thead><tr>" + "".join(f"<th>{heading}</th>" for heading in headings) + "</tr></thead>"


def _domain_row(row: Sequence[Any]) -> str:
    domain, role, score, coverage, worst, failed, unknown, *words, days, hosts = row
    judged = "" if coverage is None else f"{coverage:.0%}"
    cells = "".join(f"<td>{_word(word, fills)}</td>" for word, fills in zip(words, _FILLS, strict=True))
    return (
        f'<tr data-worst="{html_text(worst or "")}"><td>{html_text(domain)}</td><td>{_word(role)}</td>'
        f"{_number(score)}"
        f'<td class="n">{judged}</td><td>{_word(worst)}</td>{_number(failed)}{_number(unknown)}{cells}{_number(days)}'
        f"<td>{html_text((hosts or '').replace('|', ', '))}</td></tr>\n"
    )


def _findings(staging: Staging) -> Iterator[str]:
    staging.run(
        'CREATE INDEX IF NOT EXISTS findings_by_check ON findings ("check", severity, verdict, domain, subject)'
    )
    yield "<h2>Findings</h2>\n"
    for group in staging.rows(_GROUPS):
        yield from _group(staging, group)
    if not staging.count("findings"):
        yield '<p class="dim">No check failed, and none was left unjudged.</p>\n'


def _group(staging: Staging, group: Sequence[Any]) -> Iterator[str]:
    check, name, severity, remediation, reference, reproduce, failed, unknown = group
    yield f"<details><summary>{_word(severity)}<b>{html_text(check)}</b>{html_text(name)} "
    yield f'<span class="dim">· {failed:,} failed · {unknown:,} unknown</span></summary>\n'
    yield f'<p>{html_text(remediation)} <span class="dim">({html_text(reference)})</span></p>\n'
    yield f"<p>See it yourself, for example:</p><pre>{html_text(reproduce)}</pre>\n"
    yield "<table>" + _head_row(("Domain", "Subject", "Verdict", "Evidence")) + "<tbody>\n"
    rows = staging.rows(
        'SELECT domain, subject, verdict, evidence FROM findings WHERE "check" = ? AND severity = ?'
        " ORDER BY verdict, domain, subject LIMIT ?",
        (check, severity, MOST_OF_ONE_CHECK),
    )
    for domain, subject, verdict, evidence in rows:
        yield f"<tr><td>{html_text(domain)}</td><td>{html_text(subject)}</td><td>{_word(verdict)}</td>"
        yield f"<td>{html_text(evidence)}</td></tr>\n"
    yield "</tbody></table>\n"
    if failed + unknown > MOST_OF_ONE_CHECK:
        yield f'<p class="dim">{failed + unknown - MOST_OF_ONE_CHECK:,} more are in csv/findings.csv.</p>\n'
    yield "</details>\n"


def _method(about: About, summary: Summary) -> Iterator[str]:
    entries = {
        "Started": f"{about.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "Tool": f"auditor {about.tool_version}, rules {about.rules_version}",
        **vantage_of(about),
        **{f"--{name.replace('_', '-')}": _setting(value) for name, value in about.options_set.items()},
    }
    yield "<h2>Method</h2>\n<dl>"
    yield from _entries(entries)
    yield "</dl>\n<h3>Roles: as the list says, or else as MX and SPF let one suppose (role_reason says why)</h3>\n<dl>"
    yield from _entries(roles_of(summary))
    yield (
        '</dl>\n<h3>Limits</h3>\n<p class="dim">Unknown means that something could not be judged from here; it counts '
        "neither as failed nor as passed.</p>\n<ul>"
    )
    yield from (f'<li class="dim">{html_text(limit)}</li>' for limit in LIMITS)
    yield "</ul>\n"


def _entries(entries: Mapping[str, str]) -> Iterator[str]:
    for what, text in entries.items():
        yield f"<dt>{html_text(what)}</dt><dd>{html_text(text)}</dd>"


def _setting(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
