"""The SQLite journal: every observation of a run, appended in batches, replayable."""

from auditor.journal.journal import Journal

__all__ = ["Journal"]
