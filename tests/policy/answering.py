"""The DNS as a mapping, which answers an evaluation and keeps what it asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import Evaluation

Result = TypeVar("Result")
Records = Mapping[str, Sequence[str] | DnsStatus | Answer]
"""Records by ``name TYPE``; a status in their place says how that lookup ends, and an answer is given as it is."""

FAILURES = [status for status in DnsStatus if not status.known]


@dataclass
class Zone:
    """Answers from ``records``; a name at and below which nothing stands does not exist (RFC 8020 §2)."""

    records: Records
    batches: list[tuple[Question, ...]] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        """Every question as ``name TYPE``, in order."""
        return [f"{question.name} {question.type}" for batch in self.batches for question in batch]

    def answer(self, question: Question) -> Answer:
        found = self.records.get(f"{question.name} {question.type}", ())
        if isinstance(found, Answer):
            return found
        if isinstance(found, DnsStatus):
            return Answer(question=question, status=found, error="" if found.known else "in words")
        if found:
            return Answer(question=question, status=DnsStatus.ANSWERED, records=tuple(found))
        exists = any(f".{key.split()[0]}".endswith(f".{question.name}") for key in self.records)
        return Answer(question=question, status=DnsStatus.NODATA if exists else DnsStatus.NXDOMAIN)

    def evaluate(self, evaluation: Evaluation[Result]) -> Result:
        try:
            batch = next(evaluation)
            while True:
                self.batches.append(batch)
                batch = evaluation.send(tuple(map(self.answer, batch)))
        except StopIteration as stop:
            result: Result = stop.value
            return result
