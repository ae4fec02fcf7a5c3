"""The page of a run in strangers' words: the elements of an ordinary one, and no other."""

from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.hostile_text.reports import Written
from tests.hostile_text.screen import loud

pytestmark = pytest.mark.slow


class _Outline(HTMLParser):
    """Elements with the names of their attributes, and what stands in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, ...]] = Counter()
        self.ours: list[str] = []
        self.others: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.elements[tag, *(name for name, _ in attrs)] += 1

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        self.elements[f"/{tag}",] += 1

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"}:
            self.ours.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


@pytest.mark.parametrize("name", ["hostile", "marked_up"])
def test_a_page_has_the_elements_of_the_ordinary_one_and_no_other(
    name: str, ordinary: Written, request: pytest.FixtureRequest
) -> None:
    written: Written = request.getfixturevalue(name)
    usual, strange = (_Outline(one.text("report.html")) for one in (ordinary, written))
    assert strange.elements == usual.elements
    assert strange.ours == usual.ours
    assert strange.others == usual.others == ["DOCTYPE html"]
    assert loud(written.text("report.html")) == loud(ordinary.text("report.html"))
