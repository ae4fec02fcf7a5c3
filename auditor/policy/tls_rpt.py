"""TLS-RPT records (RFC 8460 §3)."""

from auditor.model.dns import Answer
from auditor.model.published import TlsRptRecord


def read_tls_rpt(answer: Answer) -> TlsRptRecord:
    """The record in an answer for ``_smtp._tls`` TXT."""
    raise NotImplementedError
