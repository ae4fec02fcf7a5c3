"""CAA records (RFC 8659)."""

from auditor.model.published import CaaSet
from auditor.policy.drive import Evaluation


def look_up_caa(domain: str) -> Evaluation[CaaSet]:
    """The records that apply to a domain: its own, or those of the closest parent that has some (§3)."""
    raise NotImplementedError
    yield ()
