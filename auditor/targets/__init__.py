"""Domain lists of every kind, read as a stream into targets and rejects; no network."""
