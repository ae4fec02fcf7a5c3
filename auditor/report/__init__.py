"""From a journal to tables, and from tables to files; opens no socket.

What takes its time is imported on use: the command line needs ``cells`` alone to start.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.report.recorded import left_out, read_tables, surveys_of, write_reports

__all__ = ["left_out", "read_tables", "surveys_of", "write_reports"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """One of ``__all__``, from :mod:`auditor.report.recorded` (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module("auditor.report.recorded"), name)
