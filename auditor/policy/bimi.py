"""BIMI records."""

from auditor.model.dns import Answer
from auditor.model.published import BimiRecord


def read_bimi(answer: Answer) -> BimiRecord:
    """The record in an answer for ``default._bimi`` TXT."""
    raise NotImplementedError
