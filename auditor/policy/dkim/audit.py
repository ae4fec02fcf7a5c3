"""The selectors of a domain, asked for and summed up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.model.dkim import DkimAudit, DkimKey, DkimStatus
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.answers import complaint
from auditor.policy.dkim.key import parse_key
from auditor.policy.dkim.selectors import COMMON
from auditor.policy.drive import Evaluation


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the DNS said."""

    domain: str
    parent: Answer
    """Of ``_domainkey`` itself, where nothing need be, but which exists where selectors do."""
    made_up: Answer
    selectors: Mapping[str, Answer]

    @property
    def below(self) -> tuple[Answer, ...]:
        """What was said of names below ``_domainkey``."""
        return (self.made_up, *self.selectors.values())

    @property
    def denied(self) -> bool:
        """Whether ``_domainkey`` is said not to exist, which goes for all below it (RFC 8020 §2)."""
        return not _exists(self.parent) and self.parent.status.known

    @property
    def absent(self) -> bool:
        """Whether that is so, and no name that was seen below it shows the contrary."""
        return self.denied and not any(map(_exists, self.below))


def audit_dkim(domain: str, *, given: Sequence[str], derived: Sequence[str], control: str) -> Evaluation[DkimAudit]:
    """Yields the questions whether there may be keys at all, with the likeliest selectors; then the common ones.

    The likeliest stand in the first batch, because a server may deny ``_domainkey`` and have them nevertheless.
    The second is left out where there is nothing, and where no lookup of the first gave a fact.

    Args:
        domain: a name in lower case without trailing dot.
        given: selectors that the user names.
        derived: those of providers that the domain uses, see :func:`selectors_of`.
        control: a made-up label, at which there is nothing but what a wildcard puts there.

    """
    likely = tuple(dict.fromkeys(selector.lower() for selector in (*given, *derived)))
    parent, made_up, *answers = yield (
        Question(f"_domainkey.{domain}", "TXT"),
        *(_question(selector, domain) for selector in (control, *likely)),
    )
    seen = _Seen(domain, parent, made_up, dict(zip(likely, answers, strict=True)))
    rest = tuple(selector for selector in COMMON if selector not in seen.selectors)
    if rest and not seen.absent and any(answer.status.known for answer in (parent, *seen.below)):
        more = yield tuple(_question(selector, domain) for selector in rest)
        seen = replace(seen, selectors={**seen.selectors, **dict(zip(rest, more, strict=True))})
    return _sum_up(seen)


def _question(selector: str, domain: str) -> Question:
    return Question(f"{selector}._domainkey.{domain}", "TXT")


def _exists(answer: Answer) -> bool:
    """Whether the name asked for is there, if only as an alias of what is not."""
    return answer.status in {DnsStatus.ANSWERED, DnsStatus.NODATA} or bool(answer.aliases)


def _sum_up(seen: _Seen) -> DkimAudit:
    shared = _keys_at("", seen.made_up)
    dead = tuple(_dead(seen))
    keys = tuple(
        key
        for selector, answer in seen.selectors.items()
        if set(answer.records) != set(seen.made_up.records) and (key := _key_at(selector, answer)) is not None
    )
    audit = DkimAudit(
        domain=seen.domain,
        status=DkimStatus.PRESENT,
        keys=keys,
        wildcard="|".join(seen.made_up.records) if shared else "",
        wildcard_revoked=bool(shared) and all(key.revoked for key in shared),
        asked=tuple(seen.selectors),
        unanswered=tuple(_failures(seen)),
        wildcard_unknown=not seen.made_up.status.known,
        dead=dead,
    )
    status = _status(seen, audit)
    return replace(audit, status=status, reason=_reason(seen, audit, status))


def _keys_at(selector: str, answer: Answer) -> list[DkimKey]:
    """The key records among the texts of an answer."""
    read = (parse_key(selector, answer.question.name, text) for text in answer.records)
    return [key for key in read if key is not None]


def _key_at(selector: str, answer: Answer) -> DkimKey | None:
    """What stands at a selector; of several records the best is read, for a verifier may take that one."""
    best = max(_keys_at(selector, answer), key=lambda key: (key.usable, not key.revoked), default=None)
    if best is None:
        return None
    return replace(
        best,
        record="|".join(answer.records),
        canonical_name=answer.canonical_name if answer.aliases else "",
        several=len(answer.records) > 1,
    )


def _dead(seen: _Seen) -> Iterator[str]:
    """Selectors whose alias leads to nothing; a wildcard's alias says nothing of the selector."""
    for selector, answer in seen.selectors.items():
        leads_nowhere = answer.status in {DnsStatus.NXDOMAIN, DnsStatus.NODATA} and answer.aliases
        if leads_nowhere and answer.aliases != seen.made_up.aliases:
            yield f"{selector}: {answer.aliases[-1]}"


def _status(seen: _Seen, audit: DkimAudit) -> DkimStatus:
    """A lookup that failed may hide a key in use, so that it is not known then whether all are revoked."""
    if any(not key.revoked for key in audit.keys):
        return DkimStatus.PRESENT
    if seen.absent:
        return DkimStatus.ABSENT
    all_known = all(answer.status.known for answer in seen.selectors.values())
    revoked = all_known and (audit.keys or audit.wildcard_revoked)
    return DkimStatus.REVOKED if revoked else DkimStatus.UNKNOWN


def _reason(seen: _Seen, audit: DkimAudit, status: DkimStatus) -> str:
    """Why no key is known, in words; empty where some are."""
    parent = seen.parent.question.name
    if status is DkimStatus.ABSENT:
        return f"{parent} does not exist (NXDOMAIN), so that nothing does below it (RFC 8020 §2)"
    return "; ".join(_doubts(seen, audit)) if status is DkimStatus.UNKNOWN else ""


def _doubts(seen: _Seen, audit: DkimAudit) -> Iterator[str]:
    """What leaves it open whether there are keys."""
    if seen.denied:
        yield f"{seen.parent.question.name} is said not to exist, but names below it do (against RFC 8020 §2)"
    yield from audit.unanswered
    if audit.dead:
        yield f"aliases that lead to nothing: {', '.join(audit.dead)}"
    if audit.wildcard:
        yield "a made-up selector has the same record, by a wildcard"
    yield f"no selector of the {len(audit.asked)} asked for has a key of its own in use; others may"


def _failures(seen: _Seen) -> Iterator[str]:
    """The lookups that gave no fact, by what went wrong."""
    answers = {"_domainkey itself": seen.parent, "a made-up selector": seen.made_up, **seen.selectors}
    by_complaint: dict[str, list[str]] = {}
    for asked, answer in answers.items():
        if not answer.status.known:
            by_complaint.setdefault(complaint(answer), []).append(asked)
    for words, asked_so in by_complaint.items():
        yield f"{words} for {', '.join(asked_so)}"
