"""``auditor probe`` at ports of one's own, against a server in a thread."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Auditor = Callable[..., CompletedProcess[str]]

ANSWERS = {
    "a1 CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK done\r\n",
    "a2 LOGOUT": b"* BYE\r\na2 OK done\r\n",
}

pytestmark = pytest.mark.slow


class Imap(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            self.wfile.write(ANSWERS.get(line.decode().strip(), b"* BAD what\r\n"))


@pytest.fixture
def port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_port_is_what_the_user_says(auditor: Auditor, port: int, tmp_path: Path) -> None:
    words = ("probe", f"127.0.0.1:{port}", "--isolated", "--allow-net", "127.0.0.0/8", "--service", "imap")
    done = auditor(*words, "--transcript", "seen.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "C: a1 CAPABILITY" in done.stdout
    assert "ACC007 high" in done.stdout
    assert (tmp_path / "seen.txt").read_text(encoding="utf-8") == done.stdout


def test_a_transcript_is_never_written_over_a_file(auditor: Auditor, port: int, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    words = ("probe", f"127.0.0.1:{port}", "--isolated", "--allow-net", "127.0.0.0/8", "--transcript", "mine.txt")
    done = auditor(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "auditor: --transcript mine.txt: is there already\n"
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_another_protocol_says_is_told(auditor: Auditor, port: int, tmp_path: Path) -> None:
    done = auditor("probe", f"127.0.0.1:{port}", "--isolated", "--allow-net", "127.0.0.0/8", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "SMTP005 high" in done.stdout


def test_a_script_can_hold_a_session(auditor: Auditor, port: int, tmp_path: Path) -> None:
    words = ("probe", f"127.0.0.1:{port}", "--isolated", "--allow-net", "127.0.0.0/8", "--service", "imap")
    typed = "a1 CAPABILITY\n/help\nx LOGIN me secret\na2 LOGOUT\n"
    done = auditor(
        *words, "--interactive", "--transcript", "t.txt", "--command-timeout", "0.5", cwd=tmp_path, stdin=typed
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        f"*: connected to 127.0.0.1 port {port}; /help helps",
        "S: * OK ready",
        "C: a1 CAPABILITY",
        "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN",
        "S: a1 OK done",
    ]
    assert "C: x LOGIN (not shown)" in lines
    assert "*: careful: this goes in clear text" in lines
    assert "*: no whole answer within 0.5 s" in lines  # the server knows no LOGIN
    assert "S: a2 OK done" in lines
    assert (tmp_path / "t.txt").read_text(encoding="utf-8") == done.stdout
    assert "secret" not in done.stdout


@pytest.mark.parametrize("more", [("--json",), ("--domain", "x.example")])
def test_a_session_by_hand_is_with_one_server(auditor: Auditor, more: tuple[str, ...], tmp_path: Path) -> None:
    name = () if "--domain" in more else ("127.0.0.1",)
    done = auditor("probe", *name, "--interactive", "--isolated", *more, cwd=tmp_path)
    assert done.returncode == 2
    assert "--interactive is for one server" in done.stderr


def test_a_server_that_is_not_there_is_told(auditor: Auditor, tmp_path: Path) -> None:
    words = ("--interactive", "--isolated", "--allow-net", "127.0.0.0/8")
    done = auditor("probe", "127.0.0.1:9", *words, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == "*: refused: ECONNREFUSED: Connection refused\n"


def test_how_long_each_step_takes(auditor: Auditor, port: int, tmp_path: Path) -> None:
    words = ("probe", f"127.0.0.1:{port}", "--isolated", "--allow-net", "127.0.0.0/8", "--service", "imap")
    done = auditor(*words, "--count", "3", "--interval", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"127.0.0.1/127.0.0.1:{port}"
    assert [line.split()[0] for line in lines[2:]] == ["connect", "greeting", "hello", "total"]
    assert all(line.endswith("in 3 of 3") for line in lines[2:])
    data = json.loads(auditor(*words, "--count", "2", "--interval", "0", "--json", cwd=tmp_path).stdout)
    (seen,) = data.values()
    assert (seen["rounds"], seen["completed"], seen["differences"]) == (2, 2, [])
    assert set(seen["milliseconds"]) == {"connect", "greeting", "hello", "total"}


def test_counting_shows_no_conversation_to_keep(auditor: Auditor, port: int, tmp_path: Path) -> None:
    words = ("probe", f"127.0.0.1:{port}", "--isolated", "--count", "2", "--transcript", "t.txt")
    done = auditor(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing for --transcript" in done.stderr
    assert not (tmp_path / "t.txt").exists()
