"""Lists of tags: what is read, and what is complained of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.tags import parse_tags

GOOD = {
    "v=DKIM1": (("v", "DKIM1"),),
    "v=DKIM1;": (("v", "DKIM1"),),
    "v=DKIM1; ": (("v", "DKIM1"),),
    "v=DKIM1;p=": (("v", "DKIM1"), ("p", "")),
    " a = 1 ;\r\n b\t=\t2 ": (("a", "1"), ("b", "2")),
    "p=MIG=fMA==": (("p", "MIG=fMA=="),),
    "n=two  words": (("n", "two  words"),),
    "a=1; A=2": (("a", "1"), ("A", "2")),
    "a_1=x": (("a_1", "x"),),
}

BAD = {
    "": ((), "nothing between two semicolons"),
    ";": ((), "nothing between two semicolons"),
    "a=1;;": ((("a", "1"),), "nothing between two semicolons"),
    "a=1;;b=2": ((("a", "1"), ("b", "2")), "nothing between two semicolons"),
    "a=1; ;b=2": ((("a", "1"), ("b", "2")), "nothing between two semicolons"),
    ";a=1": ((("a", "1"),), "nothing between two semicolons"),
    "a=1; oops": ((("a", "1"),), "no equals sign in 'oops'"),
    "=1": ((("", "1"),), "no name of a tag: ''"),
    "1a=x": ((("1a", "x"),), "no name of a tag: '1a'"),
    "_a=x": ((("_a", "x"),), "no name of a tag: '_a'"),
    "a-b=x": ((("a-b", "x"),), "no name of a tag: 'a-b'"),
    "a b=x": ((("a b", "x"),), "no name of a tag: 'a b'"),
    "a=\xe9": ((("a", "\xe9"),), "a character in a that may not stand in a value"),
    "a=\x00": ((("a", "\x00"),), "a character in a that may not stand in a value"),
    "a=1; a=1": ((("a", "1"), ("a", "1")), "tag a more than once"),
}


@pytest.mark.parametrize("text", GOOD)
def test_good_lists_are_read_without_a_fault(text: str) -> None:
    tags = parse_tags(text)
    assert (tags.pairs, tags.faults, tags.repeated) == (GOOD[text], (), ())


@pytest.mark.parametrize("text", BAD)
def test_bad_lists_are_read_as_far_as_they_go(text: str) -> None:
    pairs, fault = BAD[text]
    assert (parse_tags(text).pairs, parse_tags(text).faults) == (pairs, (fault,))


def test_get_gives_the_first_value_and_tells_empty_from_absent() -> None:
    tags = parse_tags("a=1; b=; a=2")
    assert (tags.get("a"), tags.get("b"), tags.get("c"), tags.get("A")) == ("1", "", None, None)


def test_every_repeated_name_is_listed_once_in_order() -> None:
    assert parse_tags("b=1; a=1; a=2; b=2; a=3; c=1").repeated == ("b", "a")


def test_names_are_told_apart_by_case_unless_that_is_ignored() -> None:
    assert parse_tags("P=x; p=y").repeated == ()
    assert parse_tags("P=x; p=y", ignore_case=True).repeated == ("p",)
    assert parse_tags("P=X", ignore_case=True).pairs == (("p", "X"),)


def test_faults_stand_in_the_order_of_the_text() -> None:
    assert parse_tags("a=1; oops; 2=3; a=2").faults == (
        "no equals sign in 'oops'",
        "no name of a tag: '2'",
        "tag a more than once",
    )


@given(st.text())
def test_any_text_is_read_without_raising_and_nothing_is_invented(text: str) -> None:
    tags = parse_tags(text)
    assert all(name in text and value in text for name, value in tags.pairs)
    assert len(tags.pairs) <= text.count("=")


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
values = st.from_regex(r"[\x21-\x3a\x3c-\x7e]{0,9}", fullmatch=True)
blanks = st.text(" \t\r\n", max_size=2)


@given(st.dictionaries(names, values, min_size=1), blanks, st.booleans())
def test_what_is_written_by_the_grammar_is_read_back(tags: dict[str, str], blank: str, ended: bool) -> None:
    written = ";".join(f"{blank}{name}{blank}={blank}{value}{blank}" for name, value in tags.items())
    read = parse_tags(written + ";" * ended)
    assert (read.pairs, read.faults) == (tuple(tags.items()), ())
