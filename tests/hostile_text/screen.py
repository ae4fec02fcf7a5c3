"""The command line on a terminal and into a pipe, and what no reader of either must meet."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 80
_SECONDS = 90
_LOUD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
# What rich sends of itself: colours; lines drawn over one another; a cursor hidden and shown again.
_OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[[0-9]*A|\x1b\[2K|\x1b\[\?25[lh]|\r")


@dataclass(frozen=True)
class Shown:
    """What came of a command: its exit code and all that it wrote."""

    exit_code: int
    text: str


def loud(text: str) -> list[str]:
    """The controls in a text, each with what stands around it."""
    return [text[max(0, found.start() - 30) : found.end() + 30] for found in _LOUD.finditer(text)]


def loud_on_terminal(text: str) -> list[str]:
    """Those that are not our own."""
    return loud(visible(text))


def visible(text: str) -> str:
    """What a terminal shows, without our own colours and movements."""
    return _OURS.sub("", text)


def piped(*arguments: str, cwd: Path, stdin: bytes = b"", **environment: str) -> Shown:
    """What a command writes into a pipe, standard error behind standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *arguments],
        cwd=cwd,
        env=_environment(environment),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=False,
    )
    return Shown(done.returncode, done.stdout.decode())


def on_terminal(*arguments: str, cwd: Path, **environment: str) -> Shown:
    """What a command writes to a terminal of 80 columns that shows all colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "auditor", *arguments]
    of_terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
    process = subprocess.Popen(
        command, cwd=cwd, env=_environment(of_terminal), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    octets = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return Shown(process.wait(timeout=_SECONDS), octets.decode())


def _environment(more: dict[str, str]) -> dict[str, str]:
    ours = ("AUDITOR_", "NO_COLOR", "COLUMNS", "FORCE_COLOR", "PYTHONIOENCODING")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # EIO: nobody has the other end any more
        return b""
