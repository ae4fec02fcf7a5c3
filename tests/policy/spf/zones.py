"""A zone of a few lines, for tests that say all that the DNS holds."""

from collections.abc import Mapping, Sequence

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.spf import SpfAudit, SpfOutcome
from auditor.policy.drive import replay
from auditor.policy.spf import audit_spf, check_host

Zone = Mapping[str, Sequence[str] | DnsStatus]
"""Records by "name TYPE"; a status instead says how that lookup ends; what is not there is NXDOMAIN, or NODATA."""

DOMAIN = "example.com"


def spf(text: str, **more: str) -> dict[str, Sequence[str] | DnsStatus]:
    """The record of ``example.com``, and those of names below it, such as ``a="v=spf1 -all"``."""
    below = {f"{label}.{DOMAIN} TXT": [record] for label, record in more.items()}
    return {f"{DOMAIN} TXT": [text], **below}


def answer_from(zone: Zone, question: Question) -> Answer:
    found = zone.get(f"{question.name} {question.type}")
    if isinstance(found, DnsStatus):
        return Answer(question=question, status=found)
    if found is None:
        exists = any(key.split()[0] == question.name for key in zone)
        return Answer(question=question, status=DnsStatus.NODATA if exists else DnsStatus.NXDOMAIN)
    return Answer(question=question, status=DnsStatus.ANSWERED, records=tuple(found))


def audited(zone: Zone, addresses: Sequence[str] = (), domain: str = DOMAIN) -> SpfAudit:
    audit = replay(audit_spf(domain, addresses), lambda question: answer_from(zone, question))
    assert audit is not None
    return audit


def checked(zone: Zone, ip: str, sender: str = f"user@{DOMAIN}", helo: str = "mail.example.net") -> SpfOutcome:
    evaluation = check_host(ip, sender.rpartition("@")[2], sender, helo=helo)
    outcome = replay(evaluation, lambda question: answer_from(zone, question))
    assert outcome is not None
    return outcome


def batches(zone: Zone, domain: str = DOMAIN) -> list[list[str]]:
    """What an audit asks for, round by round."""
    asked: list[list[str]] = []
    evaluation = audit_spf(domain, ())
    try:
        questions = next(evaluation)
        while True:
            asked.append([f"{one.name} {one.type}" for one in questions])
            questions = evaluation.send(tuple(answer_from(zone, one) for one in questions))
    except StopIteration:
        return asked
