"""A made-up DNS that an input fills: whatever is asked, something comes."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import TypeVar
from zlib import crc32

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import Evaluation, replay

Result = TypeVar("Result")
MOST_QUESTIONS = 500
"""After which an evaluation is one without end."""
_FAILURES = {f"!{status}": status for status in DnsStatus}
_NAME = r"(?:->)?[!-\[\]-~]+"
_FORMS = {
    "A": re.compile(""),
    "AAAA": re.compile(""),
    "MX": re.compile(rf"[0-9]{{1,4}} {_NAME}|->{_NAME}"),
    "SOA": re.compile(rf"{_NAME} {_NAME}(?: [0-9]{{1,9}}){{5}}"),
    **dict.fromkeys(("NS", "PTR", "CNAME"), re.compile(_NAME)),
}
_ADDRESSES = ("192.0.2.1", "192.0.2.130", "8.8.4.4", "10.1.2.3")
_ADDRESSES_6 = ("2001:db8::1", "2606:4700::1", "::ffff:192.0.2.1")


def _is_record(kind: str, record: str) -> bool:
    """Whether that may stand in an answer: whatever a server sends, readers of replies give nothing else."""
    if record in _FAILURES or kind not in _FORMS:
        return True
    if kind in {"A", "AAAA"}:
        with suppress(ValueError):
            return str(ip_address(record)) == record and (":" in record) == (kind == "AAAA")
        return record.startswith("->")
    return _FORMS[kind].fullmatch(record) is not None


class Zone:
    """Answers by the lines of a text ``name TYPE record``; a name without a line has others' records, or none.

    ``!servfail`` in place of a record is how the lookup ends; ``->name`` leads on to that name.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.asked: list[Question] = []
        self._records: dict[tuple[str, str], list[str]] = {}
        for line in lines:
            name, _, rest = line.partition(" ")
            kind, _, record = rest.partition(" ")
            if _is_record(kind, record):
                self._records.setdefault((name, kind), []).append(record)
        self._all: Mapping[str, list[str]] = {
            kind: [one for (_, other), records in self._records.items() if other == kind for one in records]
            for kind in ("TXT", "MX", "PTR", "NS", "TLSA", "CAA")
        }

    def run(self, evaluation: Evaluation[Result]) -> Result:
        """What an evaluation comes to."""
        result = replay(evaluation, self.answer)
        assert result is not None
        return result

    def answer(self, question: Question) -> Answer:
        """The same for the same question."""
        self.asked.append(question)
        assert len(self.asked) < MOST_QUESTIONS
        records = self._records.get((question.name, question.type))
        return self._made(question, self._others(question) if records is None else records)

    def _made(self, question: Question, records: list[str]) -> Answer:
        first = records[0] if records else "!nxdomain"
        status = _FAILURES.get(first, DnsStatus.ANSWERED)
        aliases = (first.removeprefix("->"),) if first.startswith("->") else ()
        plain = {one for one in records if one not in _FAILURES and not one.startswith("->")}
        kept = tuple(sorted(plain)) if status is DnsStatus.ANSWERED and not aliases else ()
        known = {DnsStatus.ANSWERED: DnsStatus.ANSWERED if kept else DnsStatus.NODATA}
        return Answer(
            question=question,
            status=known.get(status, status),
            records=kept,
            aliases=aliases,
            canonical_name=aliases[-1] if aliases else question.name,
            authenticated=True,
            error="" if status.known else "in words",
        )

    def _others(self, question: Question) -> list[str]:
        """For a name that has no line: by its own letters some of what other names have, so that much leads on."""
        number = crc32(question.name.encode(errors="replace"))
        choices = {"A": _ADDRESSES, "AAAA": _ADDRESSES_6}.get(question.type) or self._all.get(question.type, ())
        if not choices or number % 3 == 0:
            return []
        return [choices[number % len(choices)]]
