"""One file a format; each is imported when it is first asked for."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from auditor.errors import UsageError
from auditor.report.about import Report

Writer = Callable[[Report], list[Path]]
"""Writes its files into the report's folder and says which."""


def _late(name: str) -> Writer:
    def write(report: Report) -> list[Path]:
        writer: Writer = import_module(f"{__name__}.{name}").write
        return writer(report)

    return write


FORMATS: Mapping[str, Writer] = {name: _late(name) for name in ("xlsx", "csv", "html", "jsonl")}
"""Every format there is, by the name users give."""


WORKBOOK = "xlsx"
MOST_OF_A_WORKBOOK = 100_000
"""Targets up to which a workbook is written beside other formats: it costs ten times the CSV files, and few open it."""


def affordable(names: Iterable[str], targets: int) -> tuple[tuple[str, ...], str]:
    """The formats that are written of so many targets, and what the user should know of that; mostly nothing.

    A workbook that nobody asked for by itself is left out where it would have millions of rows.
    """
    chosen = chosen_formats(names)
    if WORKBOOK not in chosen or len(chosen) == 1 or targets <= MOST_OF_A_WORKBOOK:
        return chosen, ""
    note = f"no workbook is written of {targets:,} targets unless it is asked for alone: auditor report --format xlsx"
    return tuple(name for name in chosen if name != WORKBOOK), note


def chosen_formats(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, in their order.

    Raises:
        UsageError: for a name that is no format.
    """
    chosen = tuple(dict.fromkeys(name.strip().lower() for name in names))
    for name in chosen:
        if name not in FORMATS:
            near = get_close_matches(name, FORMATS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UsageError(f"no report format {name!r}{hint} (there are: {', '.join(FORMATS)})")
    return chosen
