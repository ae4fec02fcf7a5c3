"""DKIM keys in the DNS: records read, selectors guessed, and what both come to for a domain (RFC 6376 §3.6)."""

from auditor.policy.dkim.audit import audit_dkim
from auditor.policy.dkim.key import parse_key
from auditor.policy.dkim.selectors import selectors_of

__all__ = ["audit_dkim", "parse_key", "selectors_of"]
