"""The sheet Method: how the run was done, what the words mean, and every check."""

from collections.abc import Iterator, Mapping

from auditor.report.about import About
from auditor.report.summary import Summary
from auditor.report.writers.palette import GREY, SEVERITY_FILLS
from auditor.report.writers.words import LIMITS, SEVERITIES, WORDS, roles_of, vantage_of
from auditor.report.writers.xlsx_book import Book, hide_grid, set_widths
from auditor.report.writers.xlsx_style import HEADER, HEADING, LABEL, TITLE, WORD, Look

TITLE_OF_SHEET = "Method"
_MOST_VALUES = 4

Line = tuple[tuple[str, Look], ...]


def method_lines(about: About, summary: Summary) -> list[Line]:
    """The sheet's lines: cells from column A on, each a text with its look."""
    return [
        ((f"Method of run {about.name}", TITLE),),
        *_section("Run", _run(about)),
        *_section("Scope", _scope(about, summary)),
        *_section("Vantage", vantage_of(about)),
        *_section(
            "Roles: as the list says, or else as MX and SPF let one suppose (Domains: Role, why)", roles_of(summary)
        ),
        *_section(
            "Settings that are not the default", {name: _words(value) for name, value in about.options_set.items()}
        ),
        *_section("Words", WORDS),
        *_severity_lines(),
        *_section("Limits", {str(number): text for number, text in enumerate(LIMITS, start=1)}),
        *_check_lines(about),
    ]


def check_rows(lines: list[Line]) -> dict[str, int]:
    """In which row each check of the catalogue stands."""
    return {cells[0][0]: row for row, cells in enumerate(lines, start=1) if len(cells) == len(_CHECK_HEADINGS)}


def write_method(book: Book, lines: list[Line]) -> None:
    """Writes the sheet."""
    sheet = book.new_sheet(TITLE_OF_SHEET, GREY)
    hide_grid(sheet)
    set_widths(sheet, (26, 34, 12, 66, 48))
    for row, line in enumerate(lines):
        if line and line[0][1] is TITLE:
            sheet.set_row(row, 32)
        elif len(line) == 2:
            sheet.set_row(row, 14)
        for column, (text, look) in enumerate(line):
            book.put(sheet, (row, column), text, look)


def _section(heading: str, entries: Mapping[str, str]) -> Iterator[Line]:
    yield ()
    yield ((heading, HEADING),)
    if not entries:
        yield (("none", LABEL),)
    for what, text in entries.items():
        yield ((what, LABEL), (text, Look()))


def _run(about: About) -> dict[str, str]:
    finished = about.finished_at
    return {
        "Started (UTC)": f"{about.started_at:%Y-%m-%d %H:%M:%S}",
        "Finished (UTC)": "" if finished is None else f"{finished:%Y-%m-%d %H:%M:%S}",
        "State": about.state,
        "Tool": f"auditor {about.tool_version}",
        "Rules": about.rules_version,
    }


def _scope(about: About, summary: Summary) -> dict[str, str]:
    ports = ", ".join(map(str, about.options.get("port", ())))
    return {
        "Targets": f"{summary.domains:,}, of which {summary.looked_up:,} could be looked up",
        "Endpoints": f"{summary.endpoints:,}, of which {summary.judged:,} could be judged",
        "Ports": ports,
        "Contact": "DNS only; no mail server was contacted"
        if about.options.get("dns_only")
        else "DNS and mail servers",
    }


def _words(value: object) -> str:
    """A setting in a line that can be printed; ``run.json`` has it whole."""
    if not isinstance(value, list):
        return str(value)
    more = (f"and {len(value) - _MOST_VALUES} more",) if len(value) > _MOST_VALUES else ()
    return ", ".join((*map(str, value[:_MOST_VALUES]), *more))


def _severity_lines() -> Iterator[Line]:
    yield ()
    yield (("Severities", HEADING),)
    for severity, meaning in SEVERITIES.items():
        yield (severity.value, WORD.filled(SEVERITY_FILLS[severity])), (meaning, Look())


_CHECK_HEADINGS = ("Check", "Name", "Severity", "What it says", "Reference")


def _check_lines(about: About) -> Iterator[Line]:
    yield ()
    yield ((f"Checks (rules {about.rules_version})", HEADING),)
    yield tuple((heading, HEADER) for heading in _CHECK_HEADINGS)
    for one in about.checks:
        severity = (one.severity.value, WORD.filled(SEVERITY_FILLS[one.severity]))
        yield (one.check, LABEL), (one.name, Look()), severity, (one.title, Look()), (one.reference, Look())
