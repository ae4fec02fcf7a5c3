"""DMARC: records read, found, and their effect worked out (RFC 9989; RFC 7489 beside it)."""

from auditor.policy.dmarc.discovery import audit_dmarc
from auditor.policy.dmarc.record import parse_record

__all__ = ["audit_dmarc", "parse_record"]
