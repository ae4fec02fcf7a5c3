"""The first sheet: what a run adds up to, on one printed page.

Laid out without merged cells, which a sheet written row by row cannot have: the
cells of a tile share a colour, and its text is centred across them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.hyperlink import Hyperlink

from auditor.report.about import About
from auditor.report.cells import workbook_text
from auditor.report.summary import FIRST_TO_FIX, FirstToFix, Summary
from auditor.report.writers.palette import (
    BAD,
    BLUE,
    CONTROL_BARS,
    FAIR,
    GOOD,
    GREEN,
    NAVY,
    OCHRE,
    ORANGE,
    RED,
    SEVERITY_BARS,
    outcome_bar,
)
from auditor.report.writers.xlsx_sheet import Book, set_widths
from auditor.report.writers.xlsx_style import HEADER, HEADING, LINKED, NUMBER, SUBTITLE, TITLE, AnySheet, Look, Looks

_TILE_COLUMNS = 12
_TILE_FILLS = (NAVY, BLUE, RED, ORANGE, OCHRE, GREEN)
_CHART_ROW, _TABLE_ROW = 9, 27
_CENTRED = replace(NUMBER, vertical="center")
_CHART_SIZE = (12.9, 8.6)  # centimetres


def write_summary(book: Book, about: About, summary: Summary) -> None:
    """Writes the sheets Summary and ``_data``, which holds what the charts draw."""
    sheet: AnySheet = book.new_sheet("Summary", NAVY)
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_view.showGridLines = False
    sheet.print_options.horizontalCentered = True
    set_widths(sheet, [2, *[11.3] * _TILE_COLUMNS])
    table = dict.fromkeys(range(_TABLE_ROW, _TABLE_ROW + 2 + FIRST_TO_FIX), 16)
    for number, height in {2: 32, 4: 16, 6: 36, 7: 20, **table}.items():
        sheet.row_dimensions[number].height = height
    looks = Looks(sheet)
    for row in _rows(looks, book, about, summary):
        sheet.append(row)
    for place, chart in _charts(_data_sheet(book, summary), summary):
        sheet.add_chart(chart, place)


def _rows(looks: Looks, book: Book, about: About, summary: Summary) -> list[list[Cell | None]]:
    scope = f"{summary.domains:,} domains · {summary.endpoints:,} endpoints"
    words = f"Run {about.name} · {about.started_at:%d %B %Y, %H:%M} UTC · {scope} · {about.state}"
    top: list[list[Cell | None]] = [
        [],
        [None, looks.cell("Mail domain audit", TITLE)],
        [None, looks.cell(workbook_text(words), SUBTITLE)],
        [None, looks.cell(workbook_text(summary.coverage_line), SUBTITLE)],
        [],
        [None, *_tile_cells(looks, summary, of_value=True)],
        [None, *_tile_cells(looks, summary, of_value=False)],
    ]
    return top + [[] for _ in range(len(top), _TABLE_ROW - 1)] + _first_rows(looks, book, summary.first)


def _tile_cells(looks: Looks, summary: Summary, *, of_value: bool) -> list[Cell]:
    cells = []
    for (value, label), fill in zip(summary.tiles, _TILE_FILLS, strict=True):
        look = Look(fill=fill, colour="FFFFFF", horizontal="centerContinuous", vertical="center")
        look = replace(look, size=20, bold=True) if of_value else replace(look, size=9, vertical="top")
        cells += [looks.cell(value if of_value else label, look), looks.cell(None, replace(look, gap=True))]
    return cells


def _first_rows(looks: Looks, book: Book, first: Sequence[FirstToFix]) -> list[list[Cell | None]]:
    before = [None] * (1 + _TILE_COLUMNS // 2)
    centred = replace(HEADER, horizontal="center")
    headings = [*(looks.cell(text, HEADER) for text in ("Domain", "")),
                *(looks.cell(text, centred) for text in ("Score", "Critical", "High", "Medium"))]  # fmt: skip
    rows = [[*before, looks.cell("Ten domains to fix first", HEADING)], [*before, *headings]]
    for one in first:
        name = looks.cell(workbook_text(one.domain), replace(LINKED, vertical="center"))
        name.hyperlink = Hyperlink(ref="A1", location=book.location("Domains", one.target))
        numbers = [looks.cell(value, _CENTRED) for value in (one.critical, one.high, one.medium)]
        rows.append([*before, name, None, looks.cell(one.score, _score_look(one.score)), *numbers])
    if not first:
        rows.append([*before, looks.cell("No check failed.", SUBTITLE)])
    return rows


def _score_look(score: int | None) -> Look:
    if score is None:
        return _CENTRED
    return _CENTRED.filled(BAD if score < 50 else FAIR if score < 80 else GOOD)


def _data_sheet(book: Book, summary: Summary) -> AnySheet:
    """The hidden sheet: severities in A:B, controls in D:H, outcomes in J:K, from row 2 on."""
    sheet: AnySheet = book.workbook.create_sheet("_data")
    sheet.sheet_state = "hidden"
    severities = [[severity.value, count] for severity, count in summary.failed.items()]
    controls = [[one.name, *one.counts] for one in summary.controls]
    outcomes = [list(one) for one in summary.shown_outcomes]
    sheet.append(["severity", "findings", None, "control", *CONTROL_BARS, None, "outcome", "endpoints"])
    for number in range(max(len(severities), len(controls), len(outcomes))):
        sheet.append([*_at(severities, number, 2), None, *_at(controls, number, 5), None, *_at(outcomes, number, 2)])
    return sheet


def _at(rows: list[list[Any]], number: int, width: int) -> list[Any]:
    return rows[number] if number < len(rows) else [None] * width


def _charts(data: AnySheet, summary: Summary) -> list[tuple[str, BarChart]]:
    outcomes = [name for name, _ in summary.shown_outcomes]
    return [
        (f"B{_CHART_ROW}", _bars(data, "Failed findings by severity", 1, list(SEVERITY_BARS.values()), across=False)),
        (f"H{_CHART_ROW}", _shares(data, len(summary.controls))),
        (f"B{_TABLE_ROW}", _bars(data, "Outcomes of endpoints", 10, list(map(outcome_bar, outcomes)), across=True)),
    ]


def _chart(title: str, *, across: bool) -> BarChart:
    chart = BarChart()
    chart.type = "bar" if across else "col"
    chart.title = title
    chart.width, chart.height = _CHART_SIZE  # type: ignore[assignment]  # fractions are fine
    chart.gapWidth = 55
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.majorTickMark = chart.y_axis.majorTickMark = "none"
    if across:
        chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="D9D9D9", w=6350)))
    return chart


def _bars(data: AnySheet, title: str, column: int, colours: Sequence[str], *, across: bool) -> BarChart:
    chart = _chart(title, across=across)
    last = len(colours) + 1
    series = Series(Reference(data, min_col=column + 1, min_row=2, max_row=last), title=title)
    for number, colour in enumerate(colours):
        point = DataPoint(idx=number)
        point.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.dPt.append(point)
    series.dLbls = DataLabelList()
    series.dLbls.showVal = True
    series.dLbls.showSerName = series.dLbls.showCatName = series.dLbls.showLegendKey = series.dLbls.showPercent = False
    chart.append(series)
    chart.set_categories(Reference(data, min_col=column, min_row=2, max_row=last))
    chart.legend = None
    chart.y_axis.number_format = "#,##0"
    return chart


def _shares(data: AnySheet, controls: int) -> BarChart:
    chart = _chart("Controls, share of domains", across=True)
    chart.grouping, chart.overlap = "percentStacked", 100
    for number, (state, colour) in enumerate(CONTROL_BARS.items()):
        series = Series(Reference(data, min_col=5 + number, min_row=2, max_row=controls + 1), title=state)
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        chart.append(series)
    chart.set_categories(Reference(data, min_col=4, min_row=2, max_row=controls + 1))
    chart.legend = Legend()
    chart.legend.position = "b"
    chart.y_axis.number_format = "0%"
    chart.y_axis.scaling.max, chart.y_axis.scaling.min = 1, 0
    return chart
