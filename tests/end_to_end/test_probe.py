"""``auditor probe`` at ports of one's own, against a server in a thread."""

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
