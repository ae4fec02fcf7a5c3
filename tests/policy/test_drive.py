"""Evaluations side by side, and evaluations of which part is known."""

from collections.abc import Generator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import Evaluation, knowing, replay, together

Batches = list[list[str]]


def question(name: str) -> Question:
    return Question(name, "A")


def answer_to(asked: Question) -> Answer:
    return Answer(question=asked, status=DnsStatus.NODATA)


def asking(batches: Batches) -> Generator[tuple[Question, ...], tuple[Answer, ...], list[str]]:
    """Asks for each batch of names and returns all that was answered, in order."""
    heard: list[str] = []
    for batch in batches:
        answers = yield tuple(map(question, batch))
        heard += [answer.question.name for answer in answers]
    return heard


def heard(batches: Batches) -> list[str]:
    return [name for batch in batches for name in batch]


def rounds(evaluation: Evaluation[object]) -> tuple[list[list[str]], object]:
    """The names of every batch that is asked, and the result."""
    seen: list[list[str]] = []
    try:
        batch = next(evaluation)
        while True:
            seen.append([asked.name for asked in batch])
            batch = evaluation.send(tuple(map(answer_to, batch)))
    except StopIteration as stop:
        return seen, stop.value


def test_batches_go_out_together_and_each_evaluation_hears_its_own_answers() -> None:
    one, other = [["a", "b"], ["c"], ["d"]], [["b", "e"], ["f", "b"]]
    seen, results = rounds(together(asking(one), asking(other)))
    assert seen == [["a", "b", "e"], ["c", "f"], ["d"]]
    assert results == (heard(one), heard(other))


def test_an_evaluation_that_ends_early_holds_up_none_and_is_held_up_by_none() -> None:
    seen, results = rounds(together(asking([]), asking([["a"], ["b"]]), asking([["c"]])))
    assert seen == [["a", "c"], ["b"]]
    assert results == ([], ["a", "b"], ["c"])


def test_what_was_answered_in_an_earlier_batch_costs_no_round() -> None:
    seen, results = rounds(together(asking([["a"], ["b"]]), asking([["c"], ["a"], ["c", "d"], []])))
    assert seen == [["a", "c"], ["b", "d"]]
    assert results == (["a", "b"], ["c", "a", "c", "d"])


@pytest.mark.parametrize("batches", [[], [[]], [[], []]])
def test_without_questions_nothing_is_asked(batches: Batches) -> None:
    assert rounds(together(*[asking(batches)] * 1, asking(batches))) == ([], ([], []))
    assert rounds(together()) == ([], ())


batches_of_names = st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=5)


@given(st.lists(batches_of_names, max_size=4))
def test_together_they_come_to_what_each_comes_to_alone(all_of_them: list[Batches]) -> None:
    seen, results = rounds(together(*map(asking, all_of_them)))
    assert results == tuple(replay(asking(batches), answer_to) for batches in all_of_them)
    assert all(seen)
    names = heard(seen)
    assert sorted(names) == sorted({name for batches in all_of_them for name in heard(batches)})
    assert len(seen) <= max(map(len, all_of_them), default=0)


@given(st.lists(batches_of_names, max_size=3), batches_of_names)
def test_evaluations_side_by_side_may_be_nested(inner: list[Batches], batches: Batches) -> None:
    _, results = rounds(together(together(*map(asking, inner)), asking(batches)))
    assert results == (tuple(map(heard, inner)), heard(batches))


def failing(after: int) -> Iterator[tuple[Question, ...]]:
    for number in range(after):
        yield (question(f"f{number}"),)
    raise LookupError(after)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_error_of_one_comes_out_and_ends_the_others(after: int) -> None:
    others = [asking([["a"], ["b"], ["c"], ["d"]]) for _ in range(2)]
    broken: Evaluation[object] = failing(after)  # type: ignore[assignment] # it returns nothing, for it raises
    with pytest.raises(LookupError):
        rounds(together(others[0], broken, others[1]))
    assert next(others[0], None) is None


def test_who_gives_up_ends_all_of_them() -> None:
    ended: list[str] = []

    def noting(name: str) -> Evaluation[None]:
        try:
            yield (question(name),)
        finally:
            ended.append(name)

    evaluation = together(noting("a"), knowing(noting("b"), lambda _: None))
    next(evaluation)
    evaluation.close()
    assert ended == ["a", "b"]


def test_too_few_answers_are_an_error() -> None:
    evaluation = together(asking([["a", "b"]]))
    next(evaluation)
    with pytest.raises(ValueError, match="shorter"):
        evaluation.send((answer_to(question("a")),))


@given(batches_of_names, st.sets(st.sampled_from("abcdef")))
def test_only_what_is_not_known_is_asked(batches: Batches, known: set[str]) -> None:
    answers = {question(name): answer_to(question(name)) for name in known}
    seen, result = rounds(knowing(asking(batches), answers.get))
    assert result == heard(batches)
    unknown = [list(dict.fromkeys(name for name in batch if name not in known)) for batch in batches]
    assert seen == [batch for batch in unknown if batch]
