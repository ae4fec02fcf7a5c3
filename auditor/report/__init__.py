"""From a journal to tables, and from tables to files; opens no socket."""

from typing import TYPE_CHECKING

from auditor.late import late

if TYPE_CHECKING:
    from auditor.report.recorded import left_out, read_tables, surveys_of, write_reports
    from auditor.report.written_apart import reports_begun, write_reports_apart

__all__ = ["left_out", "read_tables", "reports_begun", "surveys_of", "write_reports", "write_reports_apart"]

if not TYPE_CHECKING:
    __getattr__ = late(
        dict.fromkeys(__all__, "auditor.report.recorded")
        | dict.fromkeys(("reports_begun", "write_reports_apart"), "auditor.report.written_apart")
    )
