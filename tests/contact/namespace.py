"""A network namespace in which every address is this machine's own, with a town in it, and each packet seen."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.contact.town import RESOLVER, Plan, Visit
from tests.contact.wire import Packet
from tests.real.processes import needs_root, program

ROOT = Path(__file__).resolve().parents[2]
_NUMBERS = count()
RUN_SECONDS = 90


@dataclass
class Place:
    """The namespace while it is there."""

    name: str
    folder: Path
    stack: ExitStack
    programs: "dict[str, subprocess.Popen[str]]" = field(default_factory=dict)

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command, run in there."""
        return [program("ip"), "netns", "exec", self.name, *command]

    def audit(self, *words: str) -> "subprocess.Popen[str]":
        """The command line, begun in there."""
        command = self.inside([sys.executable, "-m", "auditor", *words])
        text = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.folder, env=environment(), **text)  # type: ignore[call-overload,no-any-return]

    def run(self, *words: str, command: str = "scan", good: Sequence[int] = (0,)) -> "Seen":
        """A whole run, which ends with one of these exit codes, and what came of it."""
        self.seen()
        with self.audit(command, *words, *usual(command)) as process:
            said, complaints = process.communicate(timeout=RUN_SECONDS)
        assert process.returncode in good, complaints + said
        return self.seen(complaints + said)

    def start(self, module: str) -> None:
        """A program of these tests."""
        command = self.inside([sys.executable, "-m", f"tests.contact.{module}", str(self.folder)])
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment(), cwd=ROOT)
        self.stack.enter_context(process)
        self.stack.callback(process.kill)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        self.programs[module] = process

    def seen(self, said: str = "") -> "Seen":
        """What was sent, and who came, since this was asked last."""
        packets, visits = self._told("wire"), self._told("town")
        return Seen([Packet(*one) for one in packets], [Visit(**one) for one in visits], said)

    def _told(self, module: str) -> Any:
        process = self.programs[module]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())


@dataclass(frozen=True)
class Seen:
    """What came of a run, from the servers' side."""

    packets: list[Packet]
    visits: list[Visit]
    said: str = ""
    """By the command."""

    def contacted(self) -> set[tuple[str, int]]:
        """Who was sent anything that asks for something: (address, port), but for the resolver."""
        return {(one.address, one.port) for one in self.packets if one.kind not in {"fin", "rst"} and not _is_dns(one)}

    def addresses(self) -> set[str]:
        """Theirs."""
        return {address for address, _ in self.contacted()}


def _is_dns(packet: Packet) -> bool:
    """Whether this is a question to the resolver, or an answer to any."""
    return packet.kind == "udp" and ((packet.address, packet.port) == _DNS or packet.source_port == _DNS[1])


_DNS = (RESOLVER, 53)


@contextmanager
def place(folder: Path, plan: Plan) -> Iterator[Place]:
    """The namespace with its town, up until the block ends."""
    needs_root()
    name = f"auditor-contact-{os.getpid()}-{next(_NUMBERS)}"
    with ExitStack() as stack:
        _ip("netns", "add", name)
        stack.callback(_ip, "netns", "delete", name)
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "route", "add", "local", "0.0.0.0/0", "dev", "lo")
        _ip("-n", name, "-6", "route", "add", "local", "::/0", "dev", "lo")
        made = Place(name, folder, stack)
        (folder / "plan.json").write_text(json.dumps(asdict(plan)))
        made.start("wire")
        made.start("town")
        yield made


def usual(command: str) -> tuple[str, ...]:
    """The options of every run."""
    shown = ("-q", "--format", "csv", "-o", "out") if command == "scan" else ()
    patience = ("--connect-timeout", "3", "--retries", "0", "--vantage-guard", "0")
    names = ("--isolated", "--resolver", RESOLVER, "--trust-ad", "--helo", "auditor.example")
    return (*names, *shown, *patience, "--ca-file", "ca.pem", "--only-ca-file")


def _ip(*words: str) -> None:
    done = subprocess.run([program("ip"), *words], capture_output=True, text=True, check=False)
    if done.returncode and words[:2] == ("netns", "add"):
        pytest.skip(f"no network namespaces here: {done.stderr.strip()}")
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}
