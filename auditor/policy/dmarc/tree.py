"""Discovery by the DNS tree walk (RFC 9989 §4.10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.dmarc import Discovery, Disposition, DmarcRecord
from auditor.policy.dmarc.found import Findings, found_in, name_below
from auditor.policy.names import upwards

_MOST_QUERIES = 8  # a name of eight labels or more goes on at seven (§4.10, step 4)
_ONE_STEP_LOWER = {
    Disposition.REJECT: Disposition.QUARANTINE,
    Disposition.QUARANTINE: Disposition.NONE,
    Disposition.NONE: Disposition.NONE,
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which record applies to mail from a domain."""

    organizational_domain: str
    record: DmarcRecord | None
    own: bool
    """Whether the record is the domain's own, rather than one further up."""

    def policy(self, *, exists: bool) -> Disposition | None:
        """What it asks for, by p, sp or np (§4.10.1)."""
        if self.record is None:
            return None
        if self.own:
            return _policy(self.record, ("p",))
        return _policy(self.record, ("sp", "p") if exists else ("np", "sp", "p"))


def walk(domain: str) -> tuple[str, ...]:
    """The domains of a walk that nothing stops, from the domain itself to the top level (§4.10, steps 3 to 7)."""
    _, *above = upwards(domain)
    return (domain, *above[1 - _MOST_QUERIES :])


def walked(domain: str, findings: Findings) -> tuple[str, ...]:
    """The domains up to the first with psd=y or psd=n, where the walk stops (§4.10, steps 2 and 6)."""
    reached: list[str] = []
    for name in walk(domain):
        reached.append(name)
        record = found_in(findings, name).record
        if record is not None and record.psd in {"y", "n"}:
            break
    return tuple(reached)


def by_tree(domain: str, findings: Findings, *, exists: bool) -> Discovery | None:
    """What the walk comes to for a domain; ``None`` where a lookup on the way gave no fact.

    Args:
        domain: the author's.
        findings: for all domains of the walk.
        exists: False where the DNS has no such domain, so that np is meant for it.

    """
    choice = _choose(domain, findings)
    if choice is None:
        own = found_in(findings, domain).record
        return None if own is None else _own_alone(own)
    below = _choose(name_below(domain), findings)
    return Discovery(
        organizational_domain=choice.organizational_domain,
        record=choice.record,
        policy=choice.policy(exists=exists),
        subdomain_policy=None if below is None else below.policy(exists=True),
        nonexistent_policy=None if below is None else below.policy(exists=False),
        complete=below is not None,
    )


def _own_alone(record: DmarcRecord) -> Discovery:
    """What a domain's own record settles, when not all of what is further up is known."""
    return Discovery(
        organizational_domain="",
        record=record,
        policy=_policy(record, ("p",)),
        subdomain_policy=None,
        nonexistent_policy=None,
        complete=False,
    )


def _choose(domain: str, findings: Findings) -> _Choice | None:
    """The record of the domain, else of its organizational domain, else of its public suffix domain (§4.10.1)."""
    reached = walked(domain, findings)
    if not all(found_in(findings, name).known for name in reached):
        return None
    records = [(name, record) for name in reached if (record := found_in(findings, name).record) is not None]
    organizational_domain = _organizational_domain(domain, records)
    by_name = dict(records)
    for name in (domain, organizational_domain, *list(by_name)[-1:]):
        if name in by_name:
            return _Choice(organizational_domain, by_name[name], own=name == domain)
    return _Choice(organizational_domain, None, own=False)


def _organizational_domain(domain: str, records: Sequence[tuple[str, DmarcRecord]]) -> str:
    """The organizational domain by the records on the walk, from the longest name to the shortest (§4.10.2)."""
    for name, record in records:
        if record.psd == "n":
            return name
        if record.psd == "y" and name != domain:
            one_more = name.count(".") + 2
            return ".".join(domain.split(".")[-one_more:])
    return records[-1][0] if records else domain


def _policy(record: DmarcRecord, tags: Sequence[str]) -> Disposition | None:
    """The first policy of these tags, none if there is none; ``None`` where the record does not apply."""
    if not record.applies:
        return None
    if record.bad_policies:
        return Disposition.NONE  # as if it said p=none and no more (§4.10.1)
    stated: dict[str, Disposition | None] = {"p": record.p, "sp": record.sp, "np": record.np}
    policy = next((stated[tag] for tag in tags if stated[tag] is not None), None) or Disposition.NONE
    return _ONE_STEP_LOWER[policy] if record.testing else policy
