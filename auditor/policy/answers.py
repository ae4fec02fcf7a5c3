"""What several DNS answers say when they are taken together."""

from collections.abc import Sequence

from auditor.model.dns import Answer, Dnssec, DnsStatus

_BY_WEIGHT = (
    DnsStatus.BOGUS,
    DnsStatus.SERVFAIL,
    DnsStatus.MALFORMED,
    DnsStatus.REFUSED,
    DnsStatus.TIMEOUT,
    DnsStatus.NOT_ASKED,
)
"""Failures, the one that tells most about the zone first and the one that tells nothing last."""


def most_telling(answers: Sequence[Answer]) -> Answer | None:
    """The failure that says most: bogus, servfail, malformed, refused, timeout, not-asked; ``None`` if none failed."""
    failures = [answer for answer in answers if not answer.status.known]
    return min(failures, key=lambda answer: _BY_WEIGHT.index(answer.status), default=None)


def complaint(answer: Answer) -> str:
    """A failed lookup in words, such as ``AAAA: timeout`` or ``A: servfail (alias loop)``."""
    detail = f" ({answer.error})" if answer.error and answer.status is not DnsStatus.TIMEOUT else ""
    return f"{answer.question.type}: {answer.status}{detail}"


def dnssec_of(answers: Sequence[Answer], trust_ad: bool) -> Dnssec:
    """The security status of answers that stand or fall together (RFC 4033 §5).

    The AD bit counts only where the resolver is trusted (RFC 6840 §5.8).
    """
    if any(answer.status is DnsStatus.BOGUS for answer in answers):
        return Dnssec.BOGUS
    if not answers or not trust_ad or not all(answer.status.known for answer in answers):
        return Dnssec.INDETERMINATE
    return Dnssec.SECURE if all(answer.authenticated for answer in answers) else Dnssec.INSECURE
