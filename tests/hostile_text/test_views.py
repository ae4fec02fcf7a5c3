"""Whatever anybody writes, in every view of the command line: one line where one is meant, as wide as it may be."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from auditor.api.letters import _address
from auditor.cli import boxes, console, doctor_view, progress_bar
from auditor.cli.probe_count import lines as rounds_in_lines
from auditor.cli.probe_view import _shown
from auditor.config import Config
from auditor.engine.progress import Progress
from auditor.errors import UsageError
from auditor.model.session import TranscriptLine
from auditor.model.vantage import VantageLine, VantageState
from auditor.report.cells import CSV_LIMIT, csv_text, is_formula_like, plain
from auditor.report.writers.csv import _safe_texts
from auditor.report.writers.xlsx_book import _footer
from tests.hostile_text.disguise import Disguise
from tests.hostile_text.screen import COLUMNS, loud, loud_on_terminal, visible
from tests.report.literal import FakeRun, about_of, certificate_of, exchange_of, facts_of, route_of, session_of
from tests.report.published import fully_published
from tests.report.strangers import strangers_texts

TEXTS = strangers_texts()
nasty = st.one_of(
    st.sampled_from(TEXTS),
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.lists(st.sampled_from([*TEXTS[:200], " " * 90, "\u3000" * 50, "\n", "\x1b[2J"]), max_size=4).map("".join),
)
few = settings(max_examples=60, deadline=None, derandomize=True, database=None)
Terminal = Callable[[], str]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """What was printed on a terminal since it was asked for last."""
    screen = Console(
        file=io.StringIO(), width=COLUMNS, force_terminal=True, markup=False, highlight=False, emoji=False,
        soft_wrap=True, legacy_windows=False,
    )  # fmt: skip
    for module in (console, doctor_view, boxes):
        monkeypatch.setattr(module, "coloured_out", lambda: screen)

    def taken() -> str:
        assert isinstance(screen.file, io.StringIO)
        text = screen.file.getvalue()
        screen.file = io.StringIO()
        return text

    return taken


@pytest.fixture(scope="module")
def everywhere() -> list[Text]:
    """The lines of a domain and its server in which every text is a stranger's, whichever of them."""
    shown: list[Text] = []
    for turn in range(0, len(TEXTS), 40):
        disguise = Disguise(texts=[*TEXTS[turn:], *TEXTS])
        certificate = certificate_of("mx.a.example")
        route = route_of("a.example", exchange_of("mx.a.example", "192.0.2.1"))
        talk = tuple(TranscriptLine(1.0, who, f"line {number}") for number, who in enumerate("SC*S"))
        session = session_of(route.endpoints[0], certificate, error="it broke", deviations=("odd",), transcript=talk)
        facts = facts_of(
            route, session, certificates={certificate.sha256: certificate}, published=fully_published("a.example")
        )
        disguise.worn |= {certificate.sha256: certificate.sha256} | {who: who for who in "SC*"}
        shown += _shown(disguise.of(facts), Config())
    return shown


@pytest.mark.slow
def test_what_is_shown_of_a_domain_is_lines_without_controls(everywhere: list[Text]) -> None:
    assert len(everywhere) > 1_000
    assert [line.plain for line in everywhere if loud(line.plain.removeprefix("\n")) or "\n" in line.plain[1:]] == []


@few
@given(nasty, nasty)
@example("", " " * 1_000 + "end")
@example("", "\u3000" * 500 + "end")
def test_a_line_of_a_terminal_shows_what_it_should_however_it_begins(first: str, second: str) -> None:
    screen = Console(file=io.StringIO(), width=COLUMNS, force_terminal=True, markup=False, soft_wrap=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console, "coloured_out", lambda: screen)
        console.print_wrapped(Text(f"     {console.safe(first)}{console.safe(second)}"))
    assert isinstance(screen.file, io.StringIO)
    shown = screen.file.getvalue()
    assert loud_on_terminal(shown) == []
    assert all(line.startswith("        ") for line in visible(shown).splitlines()[1:])
    assert all(cell_len(line) <= COLUMNS for line in visible(shown).splitlines())
    expected = f"{console.safe(first)}{console.safe(second)}"
    assert "".join(visible(shown).split()) == "".join(expected.split())


def test_the_doctor_shows_all_its_words_in_safety(terminal: Terminal) -> None:
    lines = [VantageLine(one, VantageState.WARN, one, one) for one in TEXTS if len(one) < 500]
    doctor_view.show(lines)
    assert loud_on_terminal(terminal()) == []
    assert [line for line in doctor_view._plain(lines) if loud(line) or "\n" in line] == []


def test_frames_keep_what_is_in_them(terminal: Terminal) -> None:
    for text in TEXTS[::7]:
        framed = list(boxes.boxed("Certificate", [text, f"{text}{text}"]))
        assert [one.plain for one in framed if loud(one.plain)] == []
        assert len({one.cell_len for one in framed}) == 1
    assert terminal() == ""


@few
@given(nasty)
def test_a_bar_takes_the_lines_it_takes_whatever_was_learnt(latest: str) -> None:
    shown = _bar_of(latest)
    assert loud_on_terminal(shown) == []
    assert shown.count("\n") == _bar_of("ordinary").count("\n")


def _bar_of(latest: str) -> str:
    screen = Console(file=io.StringIO(), width=COLUMNS, force_terminal=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress_bar, "err", lambda: screen)
        with progress_bar.bar() as see:
            see(Progress(at_seconds=1.0, domains_done=1, domains_total=2, latest=latest))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@few
@given(nasty)
def test_rounds_are_told_in_lines(text: str) -> None:
    route = route_of("a.example", exchange_of("mx.a.example", "192.0.2.1"))
    usual = session_of(route.endpoints[0])
    strange = Disguise(texts=[f"{text}1", f"{text}2"]).of(usual)
    assert [line for line in map(console.safe, rounds_in_lines([usual, strange])) if loud(line) or "\n" in line] == []


@few
@given(nasty)
def test_a_footer_is_within_what_a_footer_holds(name: str) -> None:
    for long in (name, name * 20, "&" * 200 + name):
        footer = _footer(replace(about_of(FakeRun()), name=long))
        assert len(footer) <= 255
        assert not loud(footer)
        assert "&" not in footer.replace("&&", "").removeprefix("&L&8").removesuffix("&R&8&A · page &P of &N")


@few
@given(nasty, st.integers(1, 300))
@example("=\x00", 40_000)
@example("a" * 1_000, 140)
def test_a_csv_cell_is_no_longer_than_it_can_be_read(text: str, times: int) -> None:
    cell = csv_text(text * times)
    assert len(cell) <= CSV_LIMIT + 1
    assert cell.startswith("'") or not is_formula_like(cell)
    whole = plain(text * times)
    assert _safe_texts([whole]) == [cell]
    assert cell in {whole, f"'{whole}"} or cell.endswith(f"…[cut, {len(whole)}]")


def test_an_address_for_a_message_is_printable_and_short() -> None:
    for text in (*(f"a{one}b@x.example" for one in TEXTS), *(f"a@{one}.example" for one in TEXTS), "a" * 65 + "@b.c"):
        try:
            address = _address(text)
        except UsageError:
            continue
        assert str(address.addr_spec).isprintable()
        assert str(address.addr_spec).isascii()
        assert len(address.username) <= 64
    with pytest.raises(UsageError):
        _address("a" * 65 + "@b.example")
