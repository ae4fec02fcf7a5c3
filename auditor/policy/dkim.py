"""DKIM keys in the DNS (RFC 6376 §3.6)."""

from collections.abc import Sequence

from auditor.model.dkim import DkimAudit
from auditor.policy.drive import Evaluation


def selectors_of(exchanges: Sequence[str], senders: Sequence[str]) -> tuple[str, ...]:
    """Selectors that the providers seen in exchanges and SPF are known to use."""
    raise NotImplementedError


def audit_dkim(domain: str, *, given: Sequence[str], derived: Sequence[str], control: str) -> Evaluation[DkimAudit]:
    """What stands at the selectors; ``control`` is a made-up label, at which only a wildcard puts something."""
    raise NotImplementedError
    yield ()
