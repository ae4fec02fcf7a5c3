"""Driving an evaluation: by a dictionary, and by something that is awaited."""

from collections.abc import Generator

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import drive, replay

Batches = list[list[str]]


def ask_in_batches(batches: Batches) -> Generator[tuple[Question, ...], tuple[Answer, ...], list[str]]:
    """Asks for each batch of names and returns all that was answered, in order."""
    heard: list[str] = []
    for batch in batches:
        answers = yield tuple(Question(name, "A") for name in batch)
        heard += [answer.question.name for answer in answers]
    return heard


def answer_to(question: Question) -> Answer:
    return Answer(question=question, status=DnsStatus.NODATA)


batches_of_names = st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=5)


@given(batches_of_names)
def test_replay_sends_each_batch_its_answers_in_order(batches: Batches) -> None:
    assert replay(ask_in_batches(batches), answer_to) == [name for batch in batches for name in batch]


@given(batches_of_names, st.sampled_from("abcdef"))
def test_replay_yields_nothing_exactly_when_an_answer_is_missing(batches: Batches, missing: str) -> None:
    recorded = {name: answer_to(Question(name, "A")) for name in "abcdef" if name != missing}
    is_asked = any(missing in batch for batch in batches)
    result = replay(ask_in_batches(batches), lambda question: recorded.get(question.name))
    assert (result is None) is is_asked


def test_replay_closes_an_evaluation_that_it_gives_up() -> None:
    evaluation = ask_in_batches([["a"]])
    assert replay(evaluation, lambda _: None) is None
    assert list(evaluation) == []


@given(batches_of_names)
async def test_drive_agrees_with_replay(batches: Batches) -> None:
    async def ask_all(questions: tuple[Question, ...]) -> tuple[Answer, ...]:
        return tuple(map(answer_to, questions))

    assert await drive(ask_in_batches(batches), ask_all) == replay(ask_in_batches(batches), answer_to)
