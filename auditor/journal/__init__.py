"""The SQLite journal: every observation of a run, appended in batches, replayable."""
