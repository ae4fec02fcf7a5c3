"""Nothing a stranger wrote gets through: every octet, every category of Unicode, hostile texts."""

import csv
import html
import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from auditor.report.cells import (
    CELL_LIMIT,
    csv_text,
    html_text,
    is_formula_like,
    plain,
    plain_lines,
    terminal_text,
    workbook_text,
)

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
any_text = st.text(st.characters(exclude_categories=()), max_size=60)
nasty = st.text("=+-@\t\r\n '\";,\x00\x1b\x7f\x9b\u202e\ud800\ufffe<>&|_x0041abc\U0001f4e7", max_size=30)


def one_of_each_category() -> list[str]:
    found: dict[str, str] = {}
    for point in range(sys.maxunicode + 1):
        found.setdefault(unicodedata.category(chr(point)), chr(point))
    return list(found.values())


def is_quiet(text: str) -> bool:
    return all(unicodedata.category(one) not in {"Cc", "Cs", "Zl", "Zp"} for one in text) and not any(
        one in text for one in BIDIRECTIONAL
    )


@pytest.mark.parametrize("octet", range(256))
def test_every_octet_is_shown_and_none_is_obeyed(octet: int) -> None:
    text = bytes([octet]).decode("latin-1")
    shown = plain(f"a{text}b")
    printable = 0x20 <= octet < 0x7F or octet >= 0xA0
    assert shown == (f"a{text}b" if printable else f"a\\x{octet:02x}b")
    assert csv_text(f"a{text}b") == terminal_text(f"a{text}b") == shown
    assert workbook_text(f"a{text}b") == (f"a{text}b" if octet == 10 else shown)


@pytest.mark.slow
def test_every_category_of_unicode_is_quiet_and_can_be_encoded() -> None:
    for character in one_of_each_category():
        for safe in (plain, csv_text, terminal_text):
            shown = safe(f"a{character}")
            assert is_quiet(shown), hex(ord(character))
            assert shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\ud800", "\\ud800"),
        ("\udcff", "\\udcff"),
        ("\ufffe\uffff", "\\ufffe\\uffff"),
        ("\U0001ffff", "\\U0001ffff"),
        ("\ufdd0", "\\ufdd0"),
        ("\u202eevil", "\\u202eevil"),
        ("\u2028", "\\u2028"),
        ("\ufeff", "\\ufeff"),
        ("bücher.example 📧", "bücher.example 📧"),
        ("نامه\u200cای", "نامه\u200cای"),
    ],
)
def test_what_is_escaped_and_what_stays(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_line_feeds_stay_where_lines_are_meant() -> None:
    assert plain_lines("a\nb\r\x00") == "a\nb\\x0d\\x00"


@given(any_text)
def test_plain_is_one_quiet_line_and_changes_nothing_twice(text: str) -> None:
    shown = plain(text)
    assert is_quiet(shown)
    assert plain(shown) == shown
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize("start", [*"=+-@\t\r＝＋－＠"])
@pytest.mark.parametrize("before", ["", " ", "  ", '"', "'", ";", ",", "\u00a0", ' "'])
def test_a_formula_gets_an_apostrophe(start: str, before: str) -> None:
    assert csv_text(f"{before}{start}1+1") == "'" + plain(f"{before}{start}1+1")


@pytest.mark.parametrize("text", ["", "a=1", "v=spf1 -all", "mx.example", "250-SIZE", "1-2", "(=)"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert csv_text(text) == text
    assert not is_formula_like(text)


@given(any_text | nasty)
def test_the_apostrophe_can_be_taken_away_again(text: str) -> None:
    cell = csv_text(text)
    undone = cell[1:] if cell.startswith("'") and is_formula_like(cell[1:]) else cell
    assert undone == plain(text)


@given(st.lists(any_text | nasty, min_size=1, max_size=5))
def test_csv_holds_a_row_in_one_line_and_gives_it_back(texts: list[str]) -> None:
    file = io.StringIO()
    cells = [csv_text(text) for text in texts]
    csv.writer(file, lineterminator="\n").writerow([*cells, "end"])
    assert file.getvalue().count("\n") == 1
    assert next(csv.reader(io.StringIO(file.getvalue()))) == [*cells, "end"]


@given(any_text | nasty)
def test_a_workbook_takes_any_text(text: str) -> None:
    cell = workbook_text(text)
    assert not ILLEGAL_CHARACTERS_RE.search(cell)
    assert cell.encode("utf-8").decode("utf-8") == cell


def test_a_workbook_does_not_read_its_own_escapes_into_a_text() -> None:
    assert workbook_text("a_x0041_b _x00zz_ _x000D_") == "a_x005F_x0041_b _x00zz_ _x005F_x000D_"


@pytest.mark.parametrize("character", ["a", "é", "📧", "\x00"])
@pytest.mark.parametrize("length", [CELL_LIMIT - 1, CELL_LIMIT, CELL_LIMIT + 1, 3 * CELL_LIMIT])
def test_a_long_text_is_cut_within_the_limit_and_says_so(character: str, length: int) -> None:
    cell = workbook_text(character * length)
    units = len(cell.encode("utf-16-le")) // 2
    whole = plain(character * length)
    assert units <= CELL_LIMIT
    if len(whole.encode("utf-16-le")) // 2 > CELL_LIMIT:
        assert cell.endswith(f"…[cut, {len(whole)}]")
        assert units >= CELL_LIMIT - 1
    else:
        assert cell == whole


@given(any_text | nasty)
def test_html_holds_no_markup(text: str) -> None:
    shown = html_text(text)
    assert not set("<>\"'") & set(shown)
    assert html.unescape(shown) == plain_lines(text)


@given(any_text | nasty, st.integers(0, 40))
def test_a_terminal_line_is_no_wider_than_asked(text: str, width: int) -> None:
    shown = terminal_text(text, width)
    assert is_quiet(shown)
    wide = sum(
        2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in shown if unicodedata.category(one)[0] != "M"
    )
    assert wide <= max(width, 0) or not shown.isascii()
    if plain(text).isascii():
        assert len(shown) <= width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("日本語", 6, "日本語"),
        ("日本語だ", 6, "日本…"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("\x1b[31mred", 8, "\\x1b[31…"),
        ("abc", 0, ""),
    ],
)
def test_terminal_widths(text: str, width: int, shown: str) -> None:
    assert terminal_text(text, width) == shown
