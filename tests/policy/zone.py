"""A made-up DNS for evaluations that ask for published records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import Evaluation, replay

Result = TypeVar("Result")
Content = tuple[str, ...] | DnsStatus | str
"""Records; or how the lookup ends; or, beginning with ``->``, the name that this one is an alias of."""


@dataclass
class Zone:
    """What stands at names, whatever the type that is asked for; every other name has ``otherwise``."""

    names: Mapping[str, Content]
    otherwise: DnsStatus = DnsStatus.NXDOMAIN
    asked: list[str] = field(default_factory=list)
    """The names asked for, in order."""

    def run(self, evaluation: Evaluation[Result]) -> Result:
        result = replay(evaluation, self._answer)
        assert result is not None
        return result

    def _answer(self, question: Question) -> Answer:
        self.asked.append(question.name)
        name, aliases = question.name, []
        content = self.names.get(name, self.otherwise)
        while isinstance(content, str) and not isinstance(content, DnsStatus):
            name = content.removeprefix("->")
            aliases.append(name)
            content = self.names.get(name, DnsStatus.NXDOMAIN)
        status = content if isinstance(content, DnsStatus) else DnsStatus.ANSWERED
        records = () if isinstance(content, DnsStatus) else content
        return Answer(question=question, status=status, records=records, canonical_name=name, aliases=tuple(aliases))


def txt(*records: str, status: DnsStatus = DnsStatus.ANSWERED) -> Answer:
    return Answer(question=Question("example.com", "TXT"), status=status, records=records)
