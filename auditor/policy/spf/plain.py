"""The result for a sender by a tree in which nothing can go wrong, as in most: by its networks alone, without a lookup.

Any other tree is evaluated as RFC 7208 §4.6 has it (:mod:`auditor.policy.spf.evaluate`), to the same result.
"""

from auditor.model.spf import SpfAudit, SpfResult, SpfStatus
from auditor.policy.spf.lookups import MOST_VOIDS, Address
from auditor.policy.spf.tree import Branch


def is_plain(audit: SpfAudit) -> bool:
    """Whether no sender meets an error, a limit, or a term that depends on more than an address (§4.6.4)."""
    voids = max(audit.voids_ipv4, audit.voids_ipv6)
    known = not (audit.lower_bound or audit.discouraged)
    return audit.status is SpfStatus.VALID and known and voids <= MOST_VOIDS


def result_for(address: Address, branch: Branch) -> SpfResult:
    """What a plain tree says of a sender: by the first term that matches the address, else the redirect (§4.6.2)."""
    for step in branch.steps:
        if step.branch is not None:
            found = result_for(address, step.branch)
            if step.term.name == "redirect":
                return found
            matches = found is SpfResult.PASS
        else:
            matches = step.everybody or any(address in network for network in step.networks)
        if matches:
            return step.term.result
    return SpfResult.NEUTRAL
