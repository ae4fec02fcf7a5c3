"""Which DNS answers stand: of two to one question the first, for that is what the run is judged by."""

from auditor.engine.jobs import DomainSurveyed
from auditor.journal import Journal
from auditor.journal.codec import decode
from auditor.journal.rows import gist
from auditor.model.dns import Answer, Question
from auditor.net.recent import Recent

_KEPT_GISTS = 20_000  # of questions that surveys share, and so ask for again and again


class Standing:
    """The answers of a run as its journal has them.

    Where several resolvers serve a run, two may be told different things. A survey that rests on what the journal
    does not have would lead, when it is judged, to questions that nobody asked; it is made again on what stands.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._gists = Recent[Question, str](_KEPT_GISTS)

    def answer(self, question: Question) -> Answer | None:
        """The answer, if the question need not be asked again in this part of the run."""
        return self._journal.standing(question, self._journal.opened_at)

    def agree(self, survey: DomainSurveyed) -> tuple[Answer, ...]:
        """Take down a survey's answers; those that stand, where it believes otherwise."""
        wrong = [question for question, believed in survey.rests_on if self._gist(question) != believed]
        instead = [one for one in self._journal.take_answers(survey.answers) if self._differs(one, survey)]
        return (*instead, *filter(None, map(self._journal.answer, wrong)))

    def _differs(self, standing: Answer, survey: DomainSurveyed) -> bool:
        """Whether something else follows from what stands than from what the survey was answered."""
        row = next(row for row in survey.answers if row[:3] == standing.question)
        return gist(decode(Answer, row.record)) != gist(standing)

    def _gist(self, question: Question) -> str | None:
        """The gist of what stands; ``None`` where there is nothing."""
        if (kept := self._gists.get(question)) is not None:
            return kept
        answer = self._journal.answer(question)
        if answer is None:
            return None
        self._gists.keep(question, gist(answer))
        return gist(answer)
