"""The SQLite journal: every observation of a run, appended in batches, replayable."""

from auditor.journal.journal import Journal
from auditor.journal.reader import MERGED_FROM, VALIDATION

__all__ = ["MERGED_FROM", "VALIDATION", "Journal"]
