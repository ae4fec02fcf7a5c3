"""Three networks: the hub, where the lab, a Dask scheduler and the command are, and two with a worker each."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.end_to_end.lab_runs import options_of
from tests.real.processes import program, running
from tests.real.scanning import ROOT

HUB = "10.77.0.1"
SCHEDULER = f"tls://{HUB}:8786"
RESOLVER = "192.0.2.53"
"""The lab's nameserver, where workers reach it."""
START_SECONDS = 60.0


@dataclass
class Networks:
    """The namespaces, and what runs in them."""

    folder: Path
    stack: ExitStack
    prefix: str = field(default_factory=lambda: f"auditor-{os.getpid()}")
    environment: dict[str, str] = field(default_factory=dict)
    lab: "subprocess.Popen[str] | None" = None

    def inside(self, namespace: str, command: Sequence[str]) -> list[str]:
        return [program("ip"), "netns", "exec", f"{self.prefix}-{namespace}", *command]

    def build(self) -> None:
        """Make the namespaces, with a pair of interfaces between the hub and each worker's."""
        for name in ("hub", "w1", "w2"):
            self._ip("netns", "add", f"{self.prefix}-{name}")
            self.stack.callback(self._ip, "netns", "delete", f"{self.prefix}-{name}")
            self._ip("-n", f"{self.prefix}-{name}", "link", "set", "lo", "up")
        hub = f"{self.prefix}-hub"
        self._ip("-n", hub, "address", "add", f"{HUB}/32", "dev", "lo")
        for number in (1, 2):
            worker = f"{self.prefix}-w{number}"
            self._ip("-n", hub, "link", "add", f"to{number}", "type", "veth", "peer", "name", "up0", "netns", worker)
            for address in (f"10.77.{number}.1/24", f"fd77:{number}::1/64"):
                self._ip("-n", hub, "address", "add", address, "dev", f"to{number}", *_at_once(address))
            self._ip("-n", hub, "link", "set", f"to{number}", "up")
            for address in (f"{one}/{64 if ':' in one else 24}" for one in addresses(number)):
                self._ip("-n", worker, "address", "add", address, "dev", "up0", *_at_once(address))
            self._ip("-n", worker, "link", "set", "up0", "up")
            self._ip("-n", worker, "route", "add", "default", "via", f"10.77.{number}.1")
            self._ip("-n", worker, "-6", "route", "add", "default", "via", f"fd77:{number}::1")

    def _ip(self, *words: str) -> None:
        done = subprocess.run([program("ip"), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"

    def secure(self) -> None:
        """Have Dask's own configuration name certificates made for this test alone."""
        pytest.importorskip("distributed")
        from tests.real.dask_tls import dask_over_tls  # noqa: PLC0415 - Dask may not be there

        self.environment |= {
            **dask_over_tls(self.folder),
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "NO_COLOR": "1",
        }

    def start(self, name: str, namespace: str, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        """A program in a namespace, ended with the rest."""
        given = [f"{key}={value}" for key, value in self.environment.items()]
        wrapped = self.inside(namespace, ["env", "-i", *given, *command])
        return self.stack.enter_context(running(wrapped, self.folder / f"{name}.log"))

    def scheduler(self) -> None:
        command = [*_dask("scheduler"), "--host", HUB, "--port", "8786", "--protocol", "tls"]
        self.start("scheduler", "hub", [*command, "--no-dashboard", "--no-show"])

    def worker(self, number: int, name: str = "") -> "subprocess.Popen[bytes]":
        """A worker in its own namespace, with one process and one thread, and an egress of that name."""
        fixed = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--protocol", "tls"]
        own = ["--host", addresses(number)[0], "--resources", f"egress:w{number}=1"]
        command = [*_dask("worker"), SCHEDULER, *fixed, *own, "--local-directory", str(self.folder)]
        return self.start(name or f"worker{number}", f"w{number}", command)

    def wait_for(self, log: str, words: str) -> None:
        """Until a program's log says so."""
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            if words in (self.folder / f"{log}.log").read_text(errors="replace"):
                return
            time.sleep(0.1)
        raise TimeoutError((self.folder / f"{log}.log").read_text(errors="replace")[-2000:])

    def open_lab(self) -> list[str]:
        """Start the lab; the options that reach it."""
        command = self.inside("hub", [sys.executable, "-m", "tests.real.cluster_hub", str(self.folder)])
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        self.lab = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=ROOT)
        self.stack.enter_context(self.lab)
        self.stack.callback(self.lab.kill)
        assert self.lab.stdout is not None
        assert self.lab.stdout.readline() == "up\n"
        settings = json.loads((self.folder / "settings.json").read_text())
        return [*options_of(settings), "--resolver", RESOLVER]

    def visitors(self) -> list[tuple[str, str, str]]:
        """End the lab; who visited whom: (server, its address, the client's address)."""
        assert self.lab is not None
        output, _ = self.lab.communicate(timeout=60)
        return [(server, address, client) for server, address, client in json.loads(output)]

    def scan(self, options: Sequence[str], name: str) -> "subprocess.Popen[bytes]":
        """The command in the hub, begun."""
        return self._audit([str(self.folder / "domains.csv"), *options, "--name", name], name)

    def resume(self, options: Sequence[str], name: str) -> "subprocess.Popen[bytes]":
        """The command that goes on with a run, begun."""
        return self._audit(["--resume", name, *options], f"{name}-resumed")

    def _audit(self, arguments: Sequence[str], log: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "auditor", "scan", *arguments, "-o", str(self.folder / "out"), "-q"]
        return self.start(log, "hub", command)


def addresses(worker: int) -> tuple[str, str]:
    """Those of a worker's own network."""
    return f"10.77.{worker}.2", f"fd77:{worker}::2"


def _at_once(address: str) -> tuple[str, ...]:
    """An IPv6 address is used without a look whether another has it."""
    return ("nodad",) if ":" in address else ()


def _dask(command: str) -> list[str]:
    return [str(Path(sys.executable).with_name("dask")), command]


@contextmanager
def networks(folder: Path) -> Iterator[Networks]:
    """The three networks, and nothing in them yet."""
    with ExitStack() as stack:
        made = Networks(folder, stack)
        made.secure()
        made.build()
        yield made
