"""Running an evaluation that asks for DNS answers: a generator that yields questions and is sent answers."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

from auditor.model.dns import Answer, Question

Result = TypeVar("Result")
Evaluation = Generator[tuple[Question, ...], tuple[Answer, ...], Result]
"""Yields a batch of questions, is sent their answers in the same order, and returns a result."""


def together(*evaluations: Evaluation[Any]) -> Evaluation[tuple[Any, ...]]:
    """The results of several evaluations, in their order, whose questions go out side by side.

    In each batch stand the next questions of all that are not done yet, each once.
    """
    results: list[Any] = [None] * len(evaluations)
    waiting: dict[int, tuple[Question, ...]] = {}
    answers: dict[Question, Answer] = {}

    def advance(place: int, questions: tuple[Question, ...] | None) -> None:
        one = evaluations[place]
        try:
            sent = None if questions is None else tuple(answers[question] for question in questions)
            waiting[place] = next(one) if sent is None else one.send(sent)
        except StopIteration as stop:
            results[place] = stop.value

    for place in range(len(evaluations)):
        advance(place, None)
    while waiting:
        asked = tuple(dict.fromkeys(question for questions in waiting.values() for question in questions))
        answers = dict(zip(asked, (yield asked), strict=True))
        batch, waiting = waiting, {}
        for place, questions in batch.items():
            advance(place, questions)
    return tuple(results)


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
