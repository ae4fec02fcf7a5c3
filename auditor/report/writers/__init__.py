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
