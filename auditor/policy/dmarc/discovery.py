"""DMARC for one name: which record applies to its mail, by both ways of discovery, and where reports go."""

from auditor.model.dmarc import Discovery, DmarcAudit, DmarcRecord, DmarcStatus
from auditor.model.dns import Answer
from auditor.policy.dmarc.found import Findings, Found, found_at, found_in, location, txt_question
from auditor.policy.dmarc.reports import report_addresses
from auditor.policy.dmarc.suffix import by_suffix
from auditor.policy.dmarc.tree import by_tree, walk, walked
from auditor.policy.drive import Evaluation
from auditor.policy.public_suffix import organizational_domain


def audit_dmarc(domain: str, *, exists: bool = True, control: str) -> Evaluation[DmarcAudit]:
    """Yields the questions of the whole walk at once, then those to outsiders that get reports; returns what is found.

    Parents are asked although the domain may have a record: the organizational domain, and what is in effect
    below the domain, hang on them.

    Args:
        domain: a name in lower case without trailing dot.
        exists: False where the DNS has no such name (NXDOMAIN), so that np is meant for it.
        control: a made-up label, at which there is nothing but what a wildcard puts there.

    """
    findings, made_up = yield from _look_up(domain, control)
    tree, suffix = by_tree(domain, findings, exists=exists), by_suffix(domain, findings)
    record = _applying(tree) or _applying(suffix)
    reports = () if record is None else (yield from report_addresses(record))
    own = found_in(findings, domain)
    reached = {name: found_in(findings, name) for name in walked(domain, findings)}
    status, reason = _status(domain, tree, reached)
    return DmarcAudit(
        domain=domain,
        status=status,
        reason=reason,
        tree=tree,
        suffix=suffix,
        walked=tuple(found.location for found in reached.values()),
        several=tuple(found.location for found in reached.values() if len(found.records) > 1),
        reports=reports,
        wildcard=_is_wildcard(own, made_up),
        look_alikes=own.look_alikes,
    )


def _look_up(domain: str, control: str) -> Evaluation[tuple[Findings, Answer | None]]:
    """What is found for all domains that matter to either way, and the answer for a made-up name, if one can be."""
    domains = dict.fromkeys((*walk(domain), organizational_domain(domain)))
    names = {name: location(name) for name in domains} | {"": f"{control}.{domain}"}
    questions = {name: question for name, asked in names.items() if (question := txt_question(asked)) is not None}
    answers = dict(zip(questions, (yield tuple(questions.values())), strict=True)) if questions else {}
    made_up = answers.pop("", None)
    findings = {name: found_at(names[name], answer) for name, answer in answers.items()}
    return findings, made_up


def _is_wildcard(own: Found, made_up: Answer | None) -> bool | None:
    """Whether a record stands at a made-up name too; ``None`` where a lookup gave no fact."""
    if not own.records:
        return False if own.known else None
    if made_up is None or not made_up.status.known:
        return None
    return any(record.text in made_up.records for record in own.records)


def _applying(discovery: Discovery | None) -> DmarcRecord | None:
    """The record that is discovered, if receivers apply it."""
    return None if discovery is None or discovery.policy is None else discovery.record


def _status(domain: str, tree: Discovery | None, reached: Findings) -> tuple[DmarcStatus, str]:
    """What the tree walk comes to in a word, and why."""
    failures = "; ".join(found.failure for found in reached.values() if found.failure)
    if tree is None:
        return DmarcStatus.UNKNOWN, failures
    if tree.record is not None:
        why = _why_disregarded(tree.record)
        return (DmarcStatus.INVALID, why) if why else (DmarcStatus.VALID, failures)
    home = organizational_domain(domain)  # what stands further up is not the owner's fault
    for name, found in reached.items():
        if len(found.records) > 1 and len(name) >= len(home):
            why = f"{len(found.records)} records at {found.location}, of which none counts (RFC 9989 §4.10)"
            return DmarcStatus.INVALID, why
    return DmarcStatus.NONE, ""


def _why_disregarded(record: DmarcRecord) -> str:
    """Why receivers disregard a record, empty if they do not."""
    if record.applies:
        return ""
    if record.repeated:
        return f"tag {', '.join(record.repeated)} more than once at {record.location} (RFC 6376 §3.2)"
    bad = ", ".join(record.bad_policies)
    return f"no policy in {bad} at {record.location}, and no rua that can be read (RFC 9989 §4.10.1)"
