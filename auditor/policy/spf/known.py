"""The answers that an audit works with: obtained level by level, each once, and not without end."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import Evaluation
from auditor.policy.spf.lookups import MOST_NAMES, exchanges_in, is_name, target_name
from auditor.policy.spf.record import parse_record, spf_texts
from auditor.policy.spf.terms import Term

MOST_QUESTIONS = 60
"""For one domain; evaluation of a sender asks 10 terms, some of which are several questions."""

MOST_TERMS = 5000
"""In all records together, beyond which none is followed; one reply can hold six thousand, made to keep one busy."""

Result = TypeVar("Result")


class Known:
    """Answers by question."""

    def __init__(self, domain: str) -> None:
        """The domain is the one whose mail is looked at: what the macro ``o`` stands for."""
        self._domain = domain
        self._answers: dict[Question, Answer] = {}
        self._terms = 0

    def get(self, name: str, record_type: str) -> Answer | None:
        """The answer; ``None`` where the question was one too many, or has not been put."""
        return self._answers.get(Question(name, record_type))

    def target(self, term: Term, domain: str) -> str | None:
        """The target-name of a term in a record of ``domain``, empty for what is no name.

        ``None`` where it depends on the sender: on other macros than ``d`` and ``o``.
        """
        if term.target is None:
            return domain
        if term.target.letters - {"d", "o"}:
            return None
        return target_name(term.target.expand({"d": domain, "o": self._domain}))

    def gather(self) -> Evaluation[None]:
        """Asks for the domain's record and all that it leads to; each batch is what the last one's answers name."""
        due = [Question(self._domain, "TXT")]
        while questions := self._admitted(due):
            answers = yield questions
            self._answers.update(zip(questions, answers, strict=True))
            # Should there be more than may be asked, records tell more than addresses.
            due = sorted((one for answer in answers for one in self._leads_to(answer)), key=_is_no_record)

    def recalled(self, evaluation: Evaluation[Result]) -> Evaluation[Result]:
        """The evaluation's result, from what is known; asks what is not, and has it refused where that is too much."""
        try:
            questions = next(evaluation)
            while True:
                if due := self._admitted(questions):
                    self._answers.update(zip(due, (yield due), strict=True))
                questions = evaluation.send(tuple(self._answers.get(one) or _not_asked(one) for one in questions))
        except StopIteration as stop:
            result: Result = stop.value
            return result

    def _admitted(self, questions: Iterable[Question]) -> tuple[Question, ...]:
        """Those not answered yet, each once, as many as may still be asked."""
        room = MOST_QUESTIONS - len(self._answers)
        return tuple(question for question in dict.fromkeys(questions) if question not in self._answers)[:room]

    def _leads_to(self, answer: Answer) -> Iterator[Question]:
        if answer.question.type == "MX":
            names = exchanges_in(answer)
            if len(names) <= MOST_NAMES:
                yield from (Question(name, kind) for name in names if is_name(name) for kind in ("A", "AAAA"))
        elif answer.question.type == "TXT" and len(texts := spf_texts(answer)) == 1:
            terms = parse_record(texts[0]).reachable if self._terms < MOST_TERMS else ()
            self._terms += len(terms)
            for term in terms:
                if name := self.target(term, answer.question.name):
                    yield from (Question(name, kind) for kind in _TYPES.get(term.name, ()))


_TYPES = {
    "include": ("TXT",),
    "redirect": ("TXT",),
    "a": ("A", "AAAA"),
    "mx": ("MX",),
    "exists": ("A",),
}
"""What a term asks for whoever the sender is."""


def _is_no_record(question: Question) -> bool:
    return question.type != "TXT"


def _not_asked(question: Question) -> Answer:
    return Answer(
        question=question, status=DnsStatus.REFUSED, error=f"not asked: it is more than {MOST_QUESTIONS} questions"
    )
