"""What was used last stays, the rest goes."""

from auditor.net.recent import Recent


def test_those_used_longest_ago_go_first() -> None:
    recent = Recent[str, int](2)
    recent.keep("one", 1)
    recent.keep("two", 2)
    assert (recent.has_forgotten, recent.get("one")) == (False, 1)
    recent.keep("three", 3)
    assert (recent.has_forgotten, recent.get("one")) == (True, 1)
    assert [recent.get(key) for key in ("one", "two", "three")] == [1, None, 3]
    assert len(recent) == 2


def test_a_value_kept_again_is_replaced_and_pushes_nobody_out() -> None:
    recent = Recent[str, int](2)
    for number in range(5):
        recent.keep("one", number)
        recent.keep("two", number)
    assert (recent.get("one"), recent.get("two")) == (4, 4)
    assert not recent.has_forgotten
