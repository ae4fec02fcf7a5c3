"""A domain's SPF record with all it refers to, whoever the sender is (RFC 7208)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.model.spf import SpfAll, SpfAudit, SpfNode, SpfResult, SpfStatus
from auditor.policy.drive import Evaluation, together
from auditor.policy.spf.client import Client
from auditor.policy.spf.evaluate import evaluate
from auditor.policy.spf.known import Known
from auditor.policy.spf.lookups import MOST_LOOKUPS, MOST_VOIDS, sender_address, why_no_domain
from auditor.policy.spf.networks import is_cut, listed
from auditor.policy.spf.plain import is_plain, result_for
from auditor.policy.spf.record import is_meant_as_record, spf_texts
from auditor.policy.spf.terms import nothing_there
from auditor.policy.spf.tree import LEFT_OUT, Branch, Step, grow, named, words_of
from auditor.policy.words import bounded, shown

_STATUS = {
    SpfResult.NONE: SpfStatus.NONE,
    SpfResult.PERMERROR: SpfStatus.PERMERROR,
    SpfResult.TEMPERROR: SpfStatus.TEMPERROR,
}


def audit_spf(domain: str, addresses: Sequence[str]) -> Evaluation[SpfAudit]:
    """The domain's SPF record with all it refers to.

    Args:
        domain: as :class:`Question` has names.
        addresses: those of the domain's exchanges, each of which is tried as a sender of mail from it.

    """
    if problem := why_no_domain(domain):
        return SpfAudit(domain=domain, status=SpfStatus.NONE, reason=problem)
    known = Known(domain)
    yield from known.gather()
    tree = grow(known, domain)
    if tree.record is None:
        return _without_record(known, tree)
    audit = _audit(tree)
    if is_plain(audit):
        results = tuple((address, result_for(sender_address(address), tree)) for address in addresses)
        return replace(audit, exchanges=results)
    clients = [Client.of(address, f"postmaster@{domain}", helo=domain) for address in addresses]
    evaluations = (evaluate(client, domain, explain=False) for client in clients)
    outcomes = yield from known.recalled(together(*evaluations))
    results = tuple((address, one.result) for address, one in zip(addresses, outcomes, strict=True))
    return replace(audit, exchanges=results)


def _without_record(known: Known, tree: Branch) -> SpfAudit:
    """There is no record, or more than one, or it could not be obtained."""
    answer = known.get(tree.domain, "TXT")
    texts = spf_texts(answer) if answer is not None else ()
    status = _STATUS[tree.result or SpfResult.NONE]
    return SpfAudit(
        domain=tree.domain,
        status=status,
        reason=tree.problem,
        record=" | ".join(texts),
        look_alikes=() if answer is None or texts else bounded(map(shown, filter(is_meant_as_record, answer.records))),
    )


def _audit(tree: Branch) -> SpfAudit:
    """The audit of a record that is there, without what it says of exchanges."""
    root = tree.node()
    steps = tuple(tree.all_steps())
    networks, overlapping = listed(tree)
    families = _families(networks)
    status, reason = _judged(tree, root, families)
    return SpfAudit(
        domain=tree.domain,
        status=status,
        reason=reason,
        record=root.record,
        root=root,
        all=_all_of(tree),
        lookups=root.lookups,
        voids_ipv4=root.voids_ipv4,
        voids_ipv6=root.voids_ipv6,
        empty_ipv4=sum(step.voids[0] for _, step in steps),
        empty_ipv6=sum(step.voids[1] for _, step in steps),
        families=families,
        lower_bound=is_cut(networks) or any(step.hidden or step.rounds for _, step in steps),
        networks=networks,
        overlaps=bounded(overlapping),
        dead=bounded(f"{named(step.term, branch, tree)}: {step.dead}" for branch, step in steps if step.dead),
        ignored=bounded(_ignored(tree, tree)),
        discouraged=bounded(named(step.term, branch, tree) for branch, step in steps if step.term.name == "ptr"),
        authorises=bool(networks) or _may_pass(tree),
    )


def _families(networks: Sequence[str]) -> tuple[int, ...]:
    """The IP versions of senders that are known to pass.

    What goes wrong for the other alone harms nobody that is known of: its senders would not pass in any case.
    """
    return tuple(sorted({6 if ":" in network else 4 for network in networks})) or (4, 6)


def _judged(tree: Branch, root: SpfNode, families: Sequence[int]) -> tuple[SpfStatus, str]:
    """What the record is worth, and why it is not valid.

    A permanent error stays when a temporary one is over; so it goes first.  Of several, the first that
    evaluation comes to is told; errors in a record come before its evaluation (§4.6).
    """
    faults = list(_faults(tree))
    fault = next((one for kind, one in faults if kind is SpfResult.PERMERROR), "")
    if words := fault or _limits(tree, root, families):
        return SpfStatus.PERMERROR, words
    if faults:
        return SpfStatus.TEMPERROR, faults[0][1]
    left_out = (named(step.term, branch, tree) for branch, step in tree.all_steps() if step.hidden == LEFT_OUT)
    return SpfStatus.VALID, next((f"{words} and more: {LEFT_OUT}" for words in left_out), "")


def _faults(branch: Branch) -> Iterator[tuple[SpfResult, str]]:
    """Errors of the records, permanent and temporary, in the order in which evaluation comes to them."""
    if branch.record is not None:
        yield from ((SpfResult.PERMERROR, f"{branch.domain}: {error}") for error in branch.record.errors)
    for step in branch.steps:
        at = f"{branch.domain}: "
        if step.error:
            yield SpfResult.PERMERROR, at + words_of(step, step.error)
        if step.failure:
            yield SpfResult.TEMPERROR, at + words_of(step, step.failure)
        if step.branch is not None:
            yield from _faults_of_reference(at, step, step.branch)


def _faults_of_reference(at: str, step: Step, branch: Branch) -> Iterator[tuple[SpfResult, str]]:
    if branch.result is None:
        yield from _faults(branch)
    elif branch.result is SpfResult.NONE:
        yield SpfResult.PERMERROR, at + words_of(step, nothing_there(step.term, branch.problem))
    else:
        yield branch.result, at + words_of(step, branch.problem)


def _limits(tree: Branch, root: SpfNode, families: Sequence[int]) -> str:
    """Which limit is exceeded, and where; empty when none is (§4.6.4)."""
    if root.lookups > MOST_LOOKUPS:
        beyond = next((one for one in tree.all_steps() if one[1].spent > MOST_LOOKUPS), None)
        where = f"; the eleventh is {named(beyond[1].term, beyond[0], tree)}" if beyond is not None else ""
        return f"{root.lookups} lookups, {MOST_LOOKUPS} are allowed (RFC 7208 §4.6.4){where}"
    for place, family, voids in ((0, 4, root.voids_ipv4), (1, 6, root.voids_ipv6)):
        if voids > MOST_VOIDS and family in families:
            where = _third_void(tree, place)
            words = f"{voids} void lookups for a sender with IPv{family}, more than {MOST_VOIDS} should end in an error"
            return f"{words} (RFC 7208 §4.6.4, a SHOULD); the third is at {where}"
    return ""


def _third_void(tree: Branch, place: int) -> str:
    voids = 0
    for branch, step in tree.all_steps():
        voids += step.voids[place] > 0
        if voids > MOST_VOIDS:
            return named(step.term, branch, tree)
    return ""


def _all_of(branch: Branch) -> SpfAll:
    """The result for a sender that matches nothing, through redirects (§5.1, §6.1)."""
    if branch.record is None:
        return SpfAll.UNKNOWN
    if branch.record.all is not None:
        return SpfAll(branch.record.all.result.value)
    if branch.record.redirect is None:
        return SpfAll.NONE
    redirected = next((step for step in branch.steps if step.term.name == "redirect"), None)
    if redirected is None or redirected.branch is None:
        return SpfAll.UNKNOWN
    return SpfAll.NONE if redirected.branch.result is SpfResult.NONE else _all_of(redirected.branch)


def _ignored(branch: Branch, root: Branch) -> Iterator[str]:
    """Terms that are never looked at, in every record of the tree."""
    if branch.record is not None:
        for term in branch.record.ignored:
            yield named(term, branch, root)
    for one in branch.branches:
        yield from _ignored(one, root)


def _may_pass(branch: Branch) -> bool:
    """Whether a term whose matches are not known as networks may let somebody pass."""
    for step in branch.steps:
        open_ended = step.hidden or step.failure or step.term.name == "ptr"
        reference = step.branch is not None and (step.branch.result is SpfResult.TEMPERROR or _may_pass(step.branch))
        if step.term.result is SpfResult.PASS and (open_ended or reference):
            return True
    return False
