"""Every command against servers and zones that say whatever hurts a terminal: on one, and into a pipe."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.hostile_text.conftest import LabUp
from tests.hostile_text.screen import loud, loud_on_terminal, on_terminal, piped, visible
from tests.hostile_text.world import DOMAINS

pytestmark = pytest.mark.slow
NOT_FIT, NOT_SENT = 3, 3


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_conversation_is_shown_on_a_terminal(domain: str, lab_of_texts: LabUp) -> None:
    shown = on_terminal("probe", "--domain", domain, *lab_of_texts.options, cwd=lab_of_texts.folder)
    assert shown.exit_code == 0, shown.text
    assert loud_on_terminal(shown.text) == []
    assert "\\x1b" in shown.text or "\\027" in shown.text


def test_what_is_seen_is_told_as_json(lab_of_texts: LabUp) -> None:
    shown = piped("probe", "--domain", DOMAINS[0], "--json", *lab_of_texts.options, cwd=lab_of_texts.folder)
    assert loud(shown.text) == []
    (session,) = json.loads(shown.text)["sessions"]
    assert len(session["greeting"]["lines"]) > 30
    assert any("\x1b" in line for line in session["greeting"]["lines"])


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_plan_names_whom_it_would_contact(more: tuple[str, ...], lab_of_texts: LabUp) -> None:
    shown = on_terminal("plan", *DOMAINS, *more, *lab_of_texts.options, cwd=lab_of_texts.folder)
    assert shown.exit_code == 0, shown.text
    assert loud_on_terminal(shown.text) == []


def test_the_doctor_reads_what_servers_say(lab_of_texts: LabUp) -> None:
    shown = on_terminal("doctor", *DOMAINS[:2], *lab_of_texts.options, cwd=lab_of_texts.folder)
    assert shown.exit_code == NOT_FIT
    assert loud_on_terminal(shown.text) == []
    assert "\\x00\\x01" in "".join(visible(shown.text).split())  # which goes on in the next line


def test_a_session_by_hand(lab_of_texts: LabUp) -> None:
    options = (*lab_of_texts.options, "--transcript", "by-hand.txt", "--command-timeout", "2")
    typed = b"EHLO \xff\x1b[31m\n\x00\xc2\x9b\nQUIT\n"
    shown = piped(
        "probe", "mx.spoken.example", "--interactive", *options, cwd=lab_of_texts.folder, stdin=typed, PYTHONUTF8="0"
    )
    assert shown.exit_code == 0, shown.text
    assert loud(shown.text) == []
    assert loud((lab_of_texts.folder / "by-hand.txt").read_text(encoding="utf-8")) == []
    assert "C: EHLO \\" in shown.text


def test_a_message_is_sent_and_its_steps_shown(lab_of_texts: LabUp) -> None:
    words = ("probe", "mx.spoken.example", "--send-test", "a@spoken.example", "--sure")
    shown = on_terminal(*words, *lab_of_texts.options, cwd=lab_of_texts.folder)
    assert shown.exit_code == NOT_SENT
    assert loud_on_terminal(shown.text) == []
    assert "not sent" in shown.text


def test_a_run_with_its_log_on_a_terminal(lab_of_texts: LabUp) -> None:
    words = ("scan", *DOMAINS, *lab_of_texts.options, "-vv", "-o", "runs", "--name", "seen", "--format", "csv")
    shown = on_terminal(*words, cwd=lab_of_texts.folder)
    assert shown.exit_code == 0, shown.text
    assert loud_on_terminal(shown.text) == []
    assert "Findings" in shown.text
    assert "━" in shown.text


@pytest.fixture(scope="module")
def run_of_texts(lab_of_texts: LabUp) -> Path:
    """The folder of a run over the lab, with every format."""
    (lab_of_texts.folder / "list.csv").write_bytes(
        b"domain,=x\x1b[31m,<script>\n"
        + b"".join(b'%b,"=cmd|\x07\n\xc2\x9b",\xff\n' % one.encode() for one in DOMAINS)
        + b"no\x1bname,=1,\xe2\x80\xae\n"
    )
    words = ("scan", "list.csv", *lab_of_texts.options, "-vv", "-o", "runs", "--name", "all")
    shown = piped(*words, "--format", "xlsx,csv,html,jsonl", cwd=lab_of_texts.folder)
    assert shown.exit_code == 0, shown.text
    assert loud(shown.text) == []
    return lab_of_texts.folder / "runs" / "all"


def test_no_file_of_a_run_holds_a_control(run_of_texts: Path) -> None:
    texts = [path for path in run_of_texts.rglob("*") if path.suffix in {".csv", ".json", ".jsonl"}]
    assert len(texts) > 20
    for path in texts:
        assert loud(path.read_bytes().decode()) == [], path.name
    assert "\\x1b" in (run_of_texts / "csv" / "endpoints.csv").read_text(encoding="utf-8")
    assert "no\\x1bname" in (run_of_texts / "rejected.csv").read_text(encoding="utf-8")


def test_the_workbook_of_a_run_has_text_alone(run_of_texts: Path) -> None:
    book = openpyxl.load_workbook(run_of_texts / "audit.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert not [cell.coordinate for cell in cells if isinstance(cell.value, str) and loud(cell.value)]


def test_runs_are_merged_and_judged_again_in_silence(run_of_texts: Path, lab_of_texts: LabUp) -> None:
    short = ("-o", "runs", "--name", "short", "--format", "csv", "-q")
    assert piped("scan", DOMAINS[2], *lab_of_texts.options, *short, cwd=lab_of_texts.folder).exit_code == 0
    other = run_of_texts.with_name("short").rename(run_of_texts.with_name("other\x1b[31m\n"))
    words = ("-o", str(run_of_texts.parent), "--isolated", "--format", "csv")
    merged = on_terminal("merge", "all", other.name, *words, "--name", "both", cwd=lab_of_texts.folder)
    assert (merged.exit_code, loud_on_terminal(merged.text)) == (0, []), merged.text
    again = on_terminal("report", other.name, *words, cwd=lab_of_texts.folder)
    assert (again.exit_code, loud_on_terminal(again.text)) == (0, [])
    assert "other\\x1b[31m\\x0a" in visible(again.text)
    assert loud((run_of_texts.with_name("both") / "run.json").read_text(encoding="utf-8")) == []
