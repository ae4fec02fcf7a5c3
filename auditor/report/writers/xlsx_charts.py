"""The charts of the first sheet, and the hidden sheet ``_data`` that they draw."""

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.chart import Chart

from auditor.report.summary import Summary
from auditor.report.writers.palette import CONTROL_BARS, SEVERITY_BARS, outcome_bar
from auditor.report.writers.xlsx_book import Book, PlainSheet
from auditor.report.writers.xlsx_style import TEXT

_DATA = "_data"
_SEVERITIES, _CONTROLS, _OUTCOMES = 0, 3, 9
"""First columns of the blocks of ``_data``: names, and what is counted beside them."""
_SIZE = {"width": 502, "height": 325}  # pixels
_TITLE = {"size": 14, "bold": False}
_GRID = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


def add_charts(book: Book, sheet: PlainSheet, summary: Summary, places: Mapping[str, tuple[int, int]]) -> None:
    """Adds the charts to a sheet, each at its row and column, and writes their data to a sheet of its own."""
    outcomes = [name for name, _ in summary.shown_outcomes]
    _write_data(book, summary)
    charts = {
        "severities": _bars(
            book, "Failed findings by severity", _SEVERITIES, list(SEVERITY_BARS.values()), across=False
        ),
        "controls": _shares(book, len(summary.controls)),
        "outcomes": _bars(
            book, "Outcomes of endpoints", _OUTCOMES, [outcome_bar(one) for one in outcomes], across=True
        ),
    }
    for name, chart in charts.items():
        sheet.insert_chart(*places[name], chart)


def _write_data(book: Book, summary: Summary) -> None:
    blocks: dict[int, list[Sequence[str | int]]] = {
        _SEVERITIES: [("severity", "findings"), *((one.value, count) for one, count in summary.failed.items())],
        _CONTROLS: [("control", *CONTROL_BARS), *((one.name, *one.counts) for one in summary.controls)],
        _OUTCOMES: [("outcome", "endpoints"), *summary.shown_outcomes],
    }
    sheet = book.bare_sheet(_DATA)
    sheet.hide()
    for row in range(max(map(len, blocks.values()))):
        for first, lines in blocks.items():
            for number, value in enumerate(lines[row] if row < len(lines) else ()):
                book.put(sheet, (row, first + number), value, TEXT)


def _column(column: int, count: int) -> list[Any]:
    """Where the ``count`` values of a column of ``_data`` stand, as the library takes it."""
    return [_DATA, 1, column, count, column]


def _chart(book: Book, title: str, kind: Mapping[str, str], axis: Mapping[str, Any]) -> Chart:
    """A chart whose values run along an axis with these settings."""
    chart = book.workbook.add_chart(dict(kind))
    chart.set_title({"name": title, "name_font": _TITLE})
    chart.set_size(_SIZE)
    values = {"major_gridlines": _GRID, "major_tick_mark": "none", "line": {"none": True}, **axis}
    names = {"major_gridlines": {"visible": False}, "major_tick_mark": "none"}
    if kind["type"] == "bar":  # the first is to be on top
        chart.set_x_axis(values)
        chart.set_y_axis({**names, "reverse": True})
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(values)
    return chart


def _bars(book: Book, title: str, first: int, colours: Sequence[str], *, across: bool) -> Chart:
    chart = _chart(book, title, {"type": "bar" if across else "column"}, {"num_format": "#,##0"})
    chart.add_series(
        {
            "name": title,
            "categories": _column(first, max(1, len(colours))),
            "values": _column(first + 1, max(1, len(colours))),
            "points": [{"fill": {"color": f"#{colour}"}} for colour in colours],
            "data_labels": {"value": True, "num_format": "#,##0"},
            "gap": 55,
        }
    )
    chart.set_legend({"none": True})
    return chart


def _shares(book: Book, controls: int) -> Chart:
    kind = {"type": "bar", "subtype": "percent_stacked"}
    chart = _chart(book, "Controls, share of domains", kind, {"num_format": "0%", "min": 0, "max": 1})
    for number, (state, colour) in enumerate(CONTROL_BARS.items(), start=1):
        chart.add_series(
            {
                "name": state,
                "categories": _column(_CONTROLS, controls),
                "values": _column(_CONTROLS + number, controls),
                "fill": {"color": f"#{colour}"},
                "gap": 55,
            }
        )
    chart.set_legend({"position": "bottom"})
    return chart
