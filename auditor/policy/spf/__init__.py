"""SPF: records evaluated for a sender, and audited as a whole (RFC 7208)."""

from auditor.policy.spf.audit import audit_spf
from auditor.policy.spf.evaluate import check_host

__all__ = ["audit_spf", "check_host"]
