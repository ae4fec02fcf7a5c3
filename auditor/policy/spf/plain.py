"""The result for a sender by a tree in which nothing can go wrong, as in most: by its networks alone, without a lookup.

Any other tree is evaluated as RFC 7208 §4.6 has it (:mod:`auditor.policy.spf.evaluate`), to the same result.
"""

from auditor.model.spf import SpfResult
from auditor.policy.spf.lookups import MOST_LOOKUPS, MOST_VOIDS, Address
from auditor.policy.spf.tree import Branch, Step


def is_plain(tree: Branch) -> bool:
    """Whether no term is an error, depends on more than the sender's address, or comes beyond a limit (§4.6.4)."""
    spent = voids_ipv4 = voids_ipv6 = 0
    for branch, step in tree.all_steps():
        if not _is_sound(branch) or not _is_settled(step):
            return False
        spent = step.spent
        voids_ipv4 += step.voids[0] > 0
        voids_ipv6 += step.voids[1] > 0
    return _is_sound(tree) and spent <= MOST_LOOKUPS and max(voids_ipv4, voids_ipv6) <= MOST_VOIDS


def _is_sound(branch: Branch) -> bool:
    return branch.record is not None and not branch.record.errors


def _is_settled(step: Step) -> bool:
    if step.error or step.failure or step.hidden or step.rounds or step.term.name == "ptr":
        return False
    return step.branch is None or _is_sound(step.branch)


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
