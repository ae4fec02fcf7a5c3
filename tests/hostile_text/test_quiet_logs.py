"""Logs of every level, of libraries too, and what is kept of a fault of ours: no control, and no forged record."""

import io
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import pytest

from auditor.cli.failures import OUR_FAULT, reported
from auditor.cli.logs import log_to_stderr
from auditor.report.cells import log_text
from tests.hostile_text.screen import ROOT, loud
from tests.report.strangers import strangers_texts

TEXTS = strangers_texts()
RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [a-z.]+: ")
_RECORD = "2026-01-01 00:00:00,000 ERROR auditor.net: all is lost"
FORGED = "".join(f"first{end}{_RECORD}" for end in ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"))


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What the log of ``-vv`` writes to standard error; pytest, whose reports hold no surrogates, does not listen."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    root.handlers.clear()  # so that those of pytest are not closed
    with redirect_stderr(io.StringIO()) as written:
        log_to_stderr(2)
        try:
            yield written
        finally:
            root.handlers[:] = kept
            root.setLevel(level)


def test_no_control_reaches_a_log_whoever_writes_it() -> None:
    with logged() as written:
        for name in ("auditor.net", "some.library"):
            for text in TEXTS:
                logging.getLogger(name).debug("%s", text)
                logging.getLogger(name).warning(text.replace("%", "%%"))
    assert loud(written.getvalue()) == []
    assert len(RECORD.findall(written.getvalue())) == 4 * len(TEXTS)


def test_no_line_in_a_record_passes_for_a_record() -> None:
    with logged() as written:
        logging.getLogger("auditor.net").error("%s", FORGED)
        logging.getLogger("auditor.net").error("%s", FORGED, exc_info=LookupError(FORGED), stack_info=True)
    lines = written.getvalue().splitlines()
    assert [bool(RECORD.match(line)) for line in lines].count(True) == 2
    assert all(line.startswith("    ") for line in lines if not RECORD.match(line))
    assert loud(written.getvalue()) == []


def test_lines_of_a_record_are_told_from_records() -> None:
    assert log_text("one\ntwo\r\n\x1b") == "one\n    two\\x0d\n    \\x1b"
    assert log_text(log_text("one\ntwo")).split("\n")[0] == "one"


@pytest.mark.parametrize("text", ["\x1b]0;x\x07", "\udcff\ud800", FORGED, "\u202e%s{}", *TEXTS[::200]])
def test_a_fault_of_ours_is_kept_in_plain_text(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["auditor", text])
    with pytest.raises(SystemExit) as ended, reported():
        raise ExceptionGroup(text, [LookupError(text)])
    assert ended.value.code == OUR_FAULT
    (log,) = tmp_path.iterdir()
    assert loud(log.read_text(encoding="utf-8")) == []
    said = capsys.readouterr().err
    assert loud(said) == []
    assert said.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_encoding_of_a_terminal_ends_a_command(encoding: str) -> None:
    command = [sys.executable, "-m", "auditor", "explain", "MX003"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "§" in done.stdout.decode(encoding) or b"\\xa7" in done.stdout
