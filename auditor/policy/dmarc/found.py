"""What the DNS said at the names where a DMARC record may stand."""

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.dmarc import DmarcRecord
from auditor.model.dns import Answer, Question
from auditor.policy.answers import complaint
from auditor.policy.dmarc.record import is_meant_as_record, parse_record
from auditor.policy.names import LONGEST_NAME


@dataclass(frozen=True, slots=True)
class Found:
    """The DMARC records at one name; none where no such name can be."""

    location: str
    records: tuple[DmarcRecord, ...] = ()
    look_alikes: tuple[str, ...] = ()
    failure: str = ""
    """The lookup that gave no fact, in words."""

    @property
    def known(self) -> bool:
        """Whether the DNS told what is there."""
        return not self.failure

    @property
    def record(self) -> DmarcRecord | None:
        """The record, if there is exactly one: several are all discarded (RFC 9989 §4.10)."""
        return self.records[0] if len(self.records) == 1 else None


Findings = Mapping[str, Found]
"""What was found, by the domain for which it was looked up; what is not in it has no record."""


def location(domain: str) -> str:
    """Where the record of a domain stands."""
    return f"_dmarc.{domain}"


def name_below(domain: str) -> str:
    """A name below the domain that has no record of its own, and that no public suffix is like."""
    return f"_.{domain}"


def txt_question(name: str) -> Question | None:
    """The question for a name's TXT records; ``None`` where the name is longer than any in the DNS."""
    return Question(name, "TXT") if len(name) <= LONGEST_NAME else None


def found_at(name: str, answer: Answer) -> Found:
    """The records among the texts at a name."""
    if not answer.status.known:
        return Found(name, failure=f"{name} {complaint(answer)}")
    read = (parse_record(name, text) for text in answer.records)
    return Found(
        name,
        records=tuple(record for record in read if record is not None),
        look_alikes=tuple(text for text in answer.records if is_meant_as_record(text)),
    )


def found_in(findings: Findings, domain: str) -> Found:
    """What was found for a domain."""
    return findings.get(domain) or Found(location(domain))
