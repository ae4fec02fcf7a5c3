"""Figures become tables, and a part of a page that leaves the rest alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.bench import Bench
from benchmarks.goals import GOALS, measure
from benchmarks.page import BEGIN, END, between, measured_part, write_page
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Goal, Reached, load, markdown_table, merged, plain_table, save, together, verdict
from benchmarks.timing import Comparison

YES, NO, NOT_MEASURED = Reached.YES, Reached.NO, Reached.NOT_MEASURED
GOAL = Goal(goal="G2", asked="less", figure="0.1 | 0.2", reached=YES, how="in turns", taken="today")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [((YES, YES), YES), ((YES, NOT_MEASURED), NOT_MEASURED), ((NO, NOT_MEASURED), NO), ((NO, YES), NO)],
)
def test_a_goal_of_parts(parts: tuple[Reached, ...], expected: Reached) -> None:
    assert verdict(parts) is expected


def test_parts_are_told_together() -> None:
    parts = (Figure("1", YES), Figure("", NOT_MEASURED, "none installed"))
    assert together(parts, "medians") == Figure("1", NOT_MEASURED, "medians; none installed")


def test_a_plain_table() -> None:
    assert plain_table([("a", "long cell", ""), ("bcd", "", "x")], ("h", "i", "j")).splitlines() == [
        "h    i          j",
        "a    long cell",
        "bcd             x",
    ]


def test_a_table_of_a_page() -> None:
    assert markdown_table([("1|2", "3")], ("a", "b")) == "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |"


def test_a_page_keeps_what_is_around_the_figures(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    write_page(page, "first")
    page.write_text("By hand, before.\n" + page.read_text() + "By hand, after.\n")
    write_page(page, "second")
    text = page.read_text()
    assert text.startswith("By hand, before.\n# Performance")
    assert text.endswith(f"{BEGIN}\n\nsecond\n\n{END}\nBy hand, after.\n")
    assert "first" not in text


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}\n{BEGIN}\n"])
def test_a_page_without_its_markers_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        between(page, "text")


def test_the_figures_of_a_page() -> None:
    missing = replace(GOAL, goal="G3", figure="", reached=NOT_MEASURED)
    text = measured_part({"Processor": "X"}, [GOAL, missing], [Comparison("a way", 0.001, 0.002)])
    assert "Of 2 goals 1 were measured, and 1 reached." in text
    assert "| G2 | less | 0.1 \\| 0.2 | yes |" in text
    assert "| G3 | less | – | not measured |" in text
    assert "- G2: in turns (today)" in text
    assert "| a way | 1.0 | 2.0 | 0.50 |" in text


def test_a_page_shows_where_the_time_went() -> None:
    seen = replace(GOAL, milliseconds={"checks": 1.0, "journal": 3.0})
    text = measured_part({}, [GOAL, seen], [])
    assert "sampled in the run of G2: 4.0 in all" in text
    assert text.index("| journal | 3.00 | 75% |") < text.index("| checks | 1.00 | 25% |")
    assert text.count("Where the CPU time goes") == 1


def test_records_are_kept(tmp_path: Path) -> None:
    goals = [replace(GOAL, milliseconds={"checks": 1.5})]
    save(tmp_path / "goals.json", goals)
    assert load(tmp_path / "goals.json") == goals
    assert load(tmp_path / "none.json") == []


def test_the_latest_figure_counts_and_none_pushes_out_none() -> None:
    other, later = replace(GOAL, goal="G10"), replace(GOAL, figure="0.3", reached=NO)
    missing = replace(GOAL, figure="", reached=NOT_MEASURED)
    assert merged([other, GOAL], [later]) == [later, other]
    assert merged([GOAL], [missing]) == [GOAL]
    assert merged([missing], [replace(missing, how="else")]) == [replace(missing, how="else")]


def test_a_goal_that_cannot_be_measured_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> Figure:
        raise CannotMeasureError("no such thing as /there/x")

    monkeypatch.setitem(GOALS, "G1", ("much", fails))
    assert measure("G1", Bench(work=Path("/there"), size=1)) == Goal(
        goal="G1", asked="much", figure="", reached=NOT_MEASURED, how="no such thing as WORK/x"
    )


def test_there_are_fifteen_goals() -> None:
    assert list(GOALS) == [f"G{number}" for number in range(1, 16)]
