"""A network namespace in which every address is this machine's own, with a town in it and somebody who sees each packet."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

import pytest

from tests.contact.town import RESOLVER, Plan, Visit
from tests.contact.wire import Packet
from tests.real.processes import needs_root, program

ROOT = Path(__file__).resolve().parents[2]
_NUMBERS = count()
SCAN_SECONDS = 90


@dataclass
class Place:
    """The namespace while it is there."""

    name: str
    folder: Path
    stack: ExitStack
    programs: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command, run in there."""
        return [program("ip"), "netns", "exec", self.name, *command]

    def audit(self, *words: str) -> "subprocess.Popen[str]":
        """The command line, begun in there."""
        command = self.inside([sys.executable, "-m", "auditor", *words])
        text = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.folder, env=_environment(), **text)  # type: ignore[call-overload,no-any-return]

    def scan(self, *words: str, good: Sequence[int] = (0,), command: str = "scan") -> str:
        """A whole run, which ends with one of these exit codes; what it said."""
        with self.audit(command, *words, *usual(command)) as process:
            said, complaints = process.communicate(timeout=SCAN_SECONDS)
        assert process.returncode in good, complaints + said
        return complaints + said

    def start(self, module: str, argument: Path) -> None:
        """A program of these tests, up until :meth:`seen` is called."""
        command = self.inside([sys.executable, "-m", f"tests.contact.{module}", str(argument)])
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_environment(), cwd=ROOT)
        self.stack.enter_context(process)
        self.stack.callback(process.kill)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        self.programs.append(process)

    @cached_property
    def seen(self) -> "Seen":
        """All that was sent, and all visits; the town is closed then."""
        for process in reversed(self.programs):
            process.communicate(timeout=60)
            assert process.returncode == 0
        packets = [Packet(*one) for one in json.loads((self.folder / "packets.json").read_text())]
        visits = [Visit(**one) for one in json.loads((self.folder / "visits.json").read_text())]
        return Seen(packets, visits)


@dataclass(frozen=True)
class Seen:
    """What came of it, from the servers' side."""

    packets: list[Packet]
    visits: list[Visit]

    def contacted(self) -> set[tuple[str, int]]:
        """Who was sent anything that asks for something: (address, port); without the resolver and the way back."""
        sent = (one for one in self.packets if one.kind in {"syn", "udp"} and (one.source, one.source_port) != _DNS)
        places = {(one.address, one.port) for one in sent if one.source_port != 53}
        return places - {_DNS}


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
        made.start("wire", folder / "packets.json")
        made.start("town", folder)
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


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}
