"""The first sheet: what a run adds up to, on one printed page.

Laid out without merged cells, which spreadsheets neither sort nor select well:
the cells of a tile share a colour, and its text is centred across them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.report.about import About
from auditor.report.summary import FIRST_TO_FIX, FirstToFix, Summary
from auditor.report.writers.palette import BAD, BLUE, FAIR, GOOD, GREEN, NAVY, OCHRE, ORANGE, RED
from auditor.report.writers.xlsx_book import Book, CellValue, PlainSheet, hide_grid, set_widths
from auditor.report.writers.xlsx_charts import add_charts
from auditor.report.writers.xlsx_style import HEADER, HEADING, LINKED, NUMBER, SUBTITLE, TITLE, Look

_TILE_COLUMNS = 12
_TILE_FILLS = (NAVY, BLUE, RED, ORANGE, OCHRE, GREEN)
_TITLE_ROW, _RUN_ROW, _COVERAGE_ROW, _VALUE_ROW, _LABEL_ROW, _CHART_ROW, _TABLE_ROW = 1, 2, 3, 5, 6, 8, 26
_HEIGHTS = {_TITLE_ROW: 32, _COVERAGE_ROW: 16, _VALUE_ROW: 36, _LABEL_ROW: 20} | dict.fromkeys(
    range(_TABLE_ROW, _TABLE_ROW + 2 + FIRST_TO_FIX), 16
)
_LEFT, _MIDDLE = 1, 7
"""Columns in which the halves of the page begin."""
_CENTRED = replace(NUMBER, vertical="center")

_Cells = Iterator[tuple[tuple[int, int], CellValue, Look]]


def write_summary(book: Book, about: About, summary: Summary) -> None:
    """Writes the sheets Summary and ``_data``, which holds what the charts draw."""
    sheet = book.new_sheet("Summary", NAVY)
    sheet.fit_to_pages(1, 1)
    hide_grid(sheet)
    sheet.center_horizontally()
    set_widths(sheet, [2, *[11.3] * _TILE_COLUMNS])
    for row, height in _HEIGHTS.items():
        sheet.set_row(row, height)
    for place, value, look in (*_head(about, summary), *_tiles(summary)):
        book.put(sheet, place, value, look)
    _write_first(book, sheet, summary.first)
    add_charts(book, sheet, summary, {"severities": (_CHART_ROW, _LEFT), "controls": (_CHART_ROW, _MIDDLE),
                                      "outcomes": (_TABLE_ROW, _LEFT)})  # fmt: skip


def _head(about: About, summary: Summary) -> _Cells:
    scope = f"{summary.domains:,} domains · {summary.endpoints:,} endpoints"
    words = f"Run {about.name} · {about.started_at:%d %B %Y, %H:%M} UTC · {scope} · {about.state}"
    yield (_TITLE_ROW, _LEFT), "Mail domain audit", TITLE
    yield (_RUN_ROW, _LEFT), words, SUBTITLE
    yield (_COVERAGE_ROW, _LEFT), summary.coverage_line, SUBTITLE


def _tiles(summary: Summary) -> _Cells:
    """Each tile two cells wide: a row of values, and a row of labels below it."""
    tile = Look(colour="FFFFFF", horizontal="center_across", vertical="center")
    of_row = {_VALUE_ROW: replace(tile, size=20, bold=True), _LABEL_ROW: replace(tile, size=9, vertical="top")}
    for part, (row, look) in enumerate(of_row.items()):
        for number, (words, fill) in enumerate(zip(summary.tiles, _TILE_FILLS, strict=True)):
            column, filled = _LEFT + 2 * number, replace(look, fill=fill)
            yield (row, column), words[part], filled
            yield (row, column + 1), None, replace(filled, gap=True)


def _write_first(book: Book, sheet: PlainSheet, first: Sequence[FirstToFix]) -> None:
    book.put(sheet, (_TABLE_ROW, _MIDDLE), "Ten domains to fix first", HEADING)
    centred = replace(HEADER, horizontal="center")
    headings = (
        ("Domain", HEADER),
        ("", HEADER),
        *((text, centred) for text in ("Score", "Critical", "High", "Medium")),
    )
    for number, (text, look) in enumerate(headings):
        book.put(sheet, (_TABLE_ROW + 1, _MIDDLE + number), text, look)
    for row, one in enumerate(first, start=_TABLE_ROW + 2):
        location = book.location("Domains", one.target)
        book.link(sheet, (row, _MIDDLE), one.domain, replace(LINKED, vertical="center"), location)
        book.put(sheet, (row, _MIDDLE + 2), one.score, _score_look(one.score))
        for number, count in enumerate((one.critical, one.high, one.medium), start=3):
            book.put(sheet, (row, _MIDDLE + number), count, _CENTRED)
    if not first:
        book.put(sheet, (_TABLE_ROW + 2, _MIDDLE), "No check failed.", SUBTITLE)


def _score_look(score: int | None) -> Look:
    if score is None:
        return _CENTRED
    return _CENTRED.filled(BAD if score < 50 else FAIR if score < 80 else GOOD)
