"""From a journal to tables, and from tables to files; opens no socket."""

from auditor.report.recorded import read_tables, routes_of, write_reports

__all__ = ["read_tables", "routes_of", "write_reports"]
