"""SPF: records evaluated for a sender, and audited as a whole (RFC 7208)."""

from collections.abc import Sequence

from auditor.model.spf import SpfAudit
from auditor.policy.drive import Evaluation
from auditor.policy.spf.evaluate import check_host

__all__ = ["audit_spf", "check_host"]


def audit_spf(domain: str, addresses: Sequence[str]) -> Evaluation[SpfAudit]:
    """The domain's SPF record with all it refers to; ``addresses`` are those of its exchanges."""
    raise NotImplementedError
    yield ()
