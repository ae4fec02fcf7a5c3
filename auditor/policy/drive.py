"""Running an evaluation that asks for DNS answers: a generator that yields questions and is sent answers."""

from collections.abc import Awaitable, Callable, Generator
from itertools import chain
from typing import Any, TypeVar

from auditor.model.dns import Answer, Question

Result = TypeVar("Result")
Evaluation = Generator[tuple[Question, ...], tuple[Answer, ...], Result]
"""Yields a batch of questions, is sent their answers in the same order, and returns a result."""


def together(*evaluations: Evaluation[Any]) -> Evaluation[tuple[Any, ...]]:
    """The results of several evaluations, in their order, whose questions go out side by side.

    In each batch stand the next questions of all that are not done yet; no question is asked twice.
    """
    answers: dict[Question, Answer] = {}
    results: list[Any] = [None] * len(evaluations)

    def asks(place: int, heard: tuple[Answer, ...] | None) -> tuple[Question, ...]:
        """What one asks, having heard that, until a question of it was not answered yet; nothing once it is done."""
        one = evaluations[place]
        try:
            questions = one.send(heard)  # type: ignore[arg-type] # nothing was heard yet by one that begins
            while all(map(answers.__contains__, questions)):
                questions = one.send(tuple(map(answers.__getitem__, questions)))
        except StopIteration as stop:
            results[place] = stop.value
            return ()
        return questions

    try:
        waiting = {place: asked for place in range(len(evaluations)) if (asked := asks(place, None))}
        while waiting:
            every = chain.from_iterable(waiting.values())
            batch = tuple(dict.fromkeys(question for question in every if question not in answers))
            answers.update(zip(batch, (yield batch), strict=True))
            heard = {place: tuple(map(answers.__getitem__, asked)) for place, asked in waiting.items()}
            waiting = {place: asked for place, each in heard.items() if (asked := asks(place, each))}
    finally:
        for one in evaluations:
            one.close()
    return tuple(results)


def knowing(evaluation: Evaluation[Result], answer_of: Callable[[Question], Answer | None]) -> Evaluation[Result]:
    """The same evaluation, which asks only what ``answer_of`` does not answer; no batch of it is empty."""
    try:
        questions = next(evaluation)
        while True:
            answers = {question: answer for question in questions if (answer := answer_of(question)) is not None}
            asked = tuple(dict.fromkeys(question for question in questions if question not in answers))
            if asked:
                answers.update(zip(asked, (yield asked), strict=True))
            questions = evaluation.send(tuple(answers[question] for question in questions))
    except StopIteration as stop:
        result: Result = stop.value
        return result
    finally:
        evaluation.close()


def replay(generator: Evaluation[Result], answer_of: Callable[[Question], Answer | None]) -> Result | None:
    """The result from recorded answers; ``None`` when one that is asked for is missing."""
    try:
        questions = next(generator)
        while True:
            answers = tuple(answer for question in questions if (answer := answer_of(question)) is not None)
            if len(answers) < len(questions):
                generator.close()
                return None
            questions = generator.send(answers)
    except StopIteration as stop:
        result: Result = stop.value
        return result


async def drive(
    generator: Evaluation[Result], ask_all: Callable[[tuple[Question, ...]], Awaitable[tuple[Answer, ...]]]
) -> Result:
    """The result from answers that ``ask_all`` obtains, one batch at a time."""
    try:
        questions = next(generator)
        while True:
            questions = generator.send(await ask_all(questions))
    except StopIteration as stop:
        result: Result = stop.value
        return result
