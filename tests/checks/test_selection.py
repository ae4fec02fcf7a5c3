"""Which checks are judged: by id, name and prefix, in any case."""

import pytest

from auditor.checks import CATALOGUE, Judge, Selection, judge
from auditor.errors import UsageError
from tests.checks.builders import good

IDS = [check.id for check in CATALOGUE]


def chosen(*include: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [check.id for check in Selection(include, exclude).of(CATALOGUE)]


def refusal(*words: str) -> str:
    with pytest.raises(UsageError) as raised:
        Selection(words).of(CATALOGUE)
    return str(raised.value)


def test_without_a_word_all_are_chosen() -> None:
    assert chosen() == IDS


@pytest.mark.parametrize("check", CATALOGUE, ids=IDS)
def test_an_id_and_a_name_choose_one_check_in_any_case(check: object) -> None:
    one, name = check.id, check.name  # type: ignore[attr-defined]
    for word in (one, one.lower(), name, name.upper()):
        assert chosen(word) == [one]


@pytest.mark.parametrize("family", ["MX", "DNS", "SMTP", "TLS", "SPF", "DMARC", "DKIM", "STS", "DANE", "PARK", "CROSS"])
def test_a_prefix_chooses_a_family_or_a_part_of_it(family: str) -> None:
    assert chosen(family) == chosen(family.lower()) == [one for one in IDS if one.startswith(family)]
    assert chosen(f"{family}00") == [one for one in IDS if one.startswith(f"{family}00")]


def test_the_beginning_of_a_name_chooses_nothing() -> None:
    assert "no such check" in refusal("mx-ali")


def test_the_catalogue_gives_the_order_and_nothing_comes_twice() -> None:
    assert chosen("TLS001", "mx-alias", "MX003", "MX00") == [*[one for one in IDS if one.startswith("MX00")], "TLS001"]


def test_what_is_excluded_is_out_even_if_named() -> None:
    assert chosen(exclude=("SMTP", "TLS", "mx-alias")) == [
        one for one in IDS if not one.startswith(("SMTP", "TLS")) and one != "MX003"
    ]
    assert chosen("MX003", "MX004", exclude=("mx003",)) == ["MX004"]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("mx-alais", "did you mean mx-alias?"),
        ("tsl001", "did you mean TLS001?"),
        ("MX-ALAIS", "did you mean mx-alias?"),
        ("starttls-not-offerd", "did you mean starttls-not-offered?"),
        ("completely unlike", "auditor explain lists them"),
    ],
)
def test_a_word_that_names_nothing_is_refused_with_the_nearest(word: str, hint: str) -> None:
    assert refusal(word) == f"{word}: no such check; {hint}"


def test_an_empty_word_names_nothing_rather_than_everything() -> None:
    assert refusal("") == "an empty word: no such check; auditor explain lists them"
    with pytest.raises(UsageError):
        Selection(exclude=("",)).of(CATALOGUE)


def test_the_first_word_that_names_nothing_is_told_whichever_list_it_is_in() -> None:
    assert refusal("MX003", "nonsense-1", "nonsense-2").startswith("nonsense-1:")
    with pytest.raises(UsageError, match="nonsense-2"):
        Selection(("MX003",), ("nonsense-2",)).of(CATALOGUE)


def test_a_judge_refuses_at_once_and_judges_only_what_is_chosen() -> None:
    with pytest.raises(UsageError):
        Judge(Selection(("nonsense",)))
    judged = judge(good(), Selection(("TLS",), ("TLS02",))).judged
    assert {one.check.id for one in judged} == set(chosen("TLS", exclude=("TLS02",)))


def test_with_nothing_left_there_is_nothing_to_say() -> None:
    judgement = judge(good(), Selection(("MX003",), ("MX",)))
    assert (judgement.judged, judgement.findings, judgement.score, judgement.coverage) == ((), (), None, None)
