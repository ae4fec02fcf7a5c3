"""Domain lists of every kind, read as a stream into targets and rejects; no network."""

from auditor.targets.options import ListOptions, parse_shard
from auditor.targets.reader import read_targets

__all__ = ["ListOptions", "parse_shard", "read_targets"]
