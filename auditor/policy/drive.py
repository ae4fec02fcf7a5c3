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
    asking = [knowing(one, answers.get) for one in evaluations]
    waiting: dict[int, tuple[Question, ...]] = {}
    results: list[Any] = [None] * len(asking)

    def advance(place: int) -> None:
        asked = waiting.pop(place, None)
        try:
            one = asking[place]
            waiting[place] = next(one) if asked is None else one.send(tuple(answers[question] for question in asked))
        except StopIteration as stop:
            results[place] = stop.value

    try:
        for place in range(len(asking)):
            advance(place)
        while waiting:
            batch = tuple(dict.fromkeys(chain.from_iterable(waiting.values())))
            answers.update(zip(batch, (yield batch), strict=True))
            for place in list(waiting):
                advance(place)
    finally:
        for one in asking:
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
