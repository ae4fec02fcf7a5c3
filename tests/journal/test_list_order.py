"""In which order the targets and rejects of several runs come together."""

import hashlib

import pytest

from auditor.journal.list_order import combined
from auditor.model.target import Target
from tests.journal.conftest import Runs, reject, target


def test_lines_come_in_the_order_of_the_list(runs: Runs) -> None:
    runs.add(target("a.example", 1), target("d.example", 4), reject(5))
    runs.add(reject(2), target("c.example", 3), target("e.example", 6))
    merged = runs.merged()
    assert [one.input_line for one in merged.targets()] == [1, 3, 4, 6]
    assert [one.line for one in merged.rejects()] == [2, 5]


def test_lists_come_in_the_order_of_the_runs_though_each_leaves_out_some(runs: Runs) -> None:
    runs.add(target("a.example", 9, "one.txt"), target("c.example", 1, "three.txt"))
    runs.add(target("b.example", 5, "two.txt"), target("d.example", 2, "three.txt"))
    assert [one.domain[0] for one in runs.merged().targets()] == ["a", "b", "c", "d"]


def test_a_list_may_lie_elsewhere_on_each_machine(runs: Runs) -> None:
    runs.add(target("a.example", 1, "/here/list.txt"), target("c.example", 3, "/here/list.txt"))
    runs.add(target("b.example", 2, "/there/list.txt"))
    assert [one.domain[0] for one in runs.merged().targets()] == ["a", "b", "c"]


def test_two_lists_of_one_name_in_a_run_stay_two(runs: Runs) -> None:
    runs.add(target("a.example", 2, "x/list.txt"), target("c.example", 1, "y/list.txt"))
    runs.add(target("b.example", 3, "x/list.txt"), target("d.example", 2, "y/list.txt"))
    assert [one.domain[0] for one in runs.merged().targets()] == ["a", "b", "c", "d"]


def test_the_addresses_of_a_range_come_in_their_order(runs: Runs) -> None:
    def server(address: str) -> Target:
        return target(address, 1, direct=True, sought=True)

    runs.add(server("192.0.2.9"), server("192.0.2.100"))
    runs.add(server("192.0.2.10"), target("mx.example", 2, direct=True, port=25), target("a.example", 3))
    seen = [one.domain for one in runs.merged().targets()]
    assert seen == ["192.0.2.9", "192.0.2.10", "192.0.2.100", "mx.example", "a.example"]


def test_a_target_of_several_runs_is_there_once_and_the_other_line_says_why(runs: Runs) -> None:
    runs.add(target("a.example", 1), target("b.example", 2))
    runs.add(target("b.example", 7, "other.txt"), target("c.example", 8, "other.txt"))
    merged = runs.merged()
    assert [one.domain[0] for one in merged.targets()] == ["a", "b", "c"]
    assert [(one.source, one.line, one.reason) for one in merged.rejects()] == [
        ("other.txt", 7, "duplicate of line 2 of list.txt, in another of the merged runs")
    ]
    assert merged.meta("list") == {"accepted": 3, "rejected": 0, "duplicates": 1}


def test_any_deal_of_a_list_comes_together_as_it_was(runs: Runs) -> None:
    whole = [target(f"{number}.example", number) for number in range(1, 400)]
    dealt = [hashlib.sha256(one.key.encode()).digest()[0] % 3 for one in whole]
    for part in (2, 0, 1):
        runs.add(*(one for one, number in zip(whole, dealt, strict=True) if number == part))
    assert list(runs.merged().targets()) == whole


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [
        ([], []),
        ([["a", "b"], ["a", "b"]], ["a", "b"]),
        ([["a", "c"], ["b", "c"]], ["a", "b", "c"]),
        ([["a", "c"], ["a", "b"], ["b", "c"]], ["a", "c", "b"]),  # the second alone does not say where b belongs
        ([["b"], ["a", "b", "c"]], ["a", "b", "c"]),
        ([["a", "b"], ["b", "a"]], ["a", "b"]),
    ],
)
def test_one_order_out_of_several(sequences: list[list[str]], expected: list[str]) -> None:
    assert combined(sequences) == expected
